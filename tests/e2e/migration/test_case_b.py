"""Case (b): two hosts of a system and a third that depends on them move while people write."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.migration.case_b import CLERK, NAME, UPLOADS, Town, longest_pause, until
from tests.hosts import machines
from tests.hosts.lan import lan
from tests.hosts.machines import Machine
from tests.hosts.required import require_hosts

HOSTS = ("old-db", "new-db", "old-app", "portal")
pytestmark = [pytest.mark.hosts, pytest.mark.xdist_group("hosts")]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    require_hosts()
    with lan(tmp_path_factory.mktemp("town")) as net:
        for last, called in enumerate(HOSTS, 21):
            more = ("--no-hosts", "--dns", "127.0.0.8")
            net.begin(called, last, machines.image("modern-db"), *more)
        net.ready()
        _prepare(net.machines, net.folder)
        found = {name.replace("-", "_"): each for name, each in net.machines.items()}
        yield Town(**found, folder=net.folder)


def _prepare(started: dict[str, Machine], folder: Path) -> None:
    """Set passwords and names; old hosts know the old database, new ones the new."""
    (folder / "secret").write_text(secrets.token_hex(16), "ascii")
    for name, each in started.items():
        database = started["new-db" if name.startswith("new") else "old-db"]
        machines.inside(each.name, f"echo '{database.address} {NAME}' > /etc/hosts")
        machines.inside(each.name, "cat > /root/clerk.sh && chmod +x /root/clerk.sh", given=CLERK)
    for name in ("old-db", "new-db"):
        words = f"alter role postgres password '{(folder / 'secret').read_text()}';"
        more = "create role clerk login password 'clerk';" if name == "old-db" else ""
        machines.inside(started[name].name, "runuser -u postgres psql", given=words + more)


def test_forth_and_back_without_a_lost_row_and_with_a_short_pause(town, capsys):
    old, new = town.system("hoso", rows=20_000)
    job = town.job("hoso", files=True)
    town.work(town.portal, "hoso")
    town.work(town.old_app, "hoso", UPLOADS)
    town.more(town.old_app, "hoso")

    town.move(job, "fill", "cut_over")
    town.more(town.portal, "hoso")
    for each in (town.portal, town.old_app):
        assert town.lost(each, new) == set()
    town.work(town.new_db, "hoso", UPLOADS)
    town.more(town.new_db, "hoso")
    forth = longest_pause(town.noted(town.portal, "hoso"))
    assert town.uploaded(town.old_app, "hoso") <= _uploads(town.new_db)

    town.rest(town.new_db, "hoso")
    town.move(job, "roll_back")
    town.more(town.portal, "hoso")
    town.rest(town.portal, "hoso")
    town.rest(town.old_app, "hoso")
    for each in (town.portal, town.old_app, town.new_db):
        assert town.noted(each, "hoso")
        assert town.lost(each, old) == set()
        assert town.uploaded(each, "hoso") <= _uploads(town.old_app) or each is town.portal
    back = longest_pause(town.noted(town.portal, "hoso")[-200:])
    with capsys.disabled():
        print(f"\ncase (b): pause {forth:.1f} s forth, {back:.1f} s back")  # noqa: T201


def test_dead_hosts_a_cut_cable_and_a_killed_mover_lose_nothing(town):
    old, new = town.system("loi", rows=20_000)
    job, moments = town.job("loi"), random.Random(20261122)  # noqa: S311 - when to kill
    town.work(town.portal, "loi")
    town.more(town.portal, "loi")

    _filled_past_a_dead_target(town, job)
    machines.cut(town.old_db, town.new_db.address)
    town.killed_after(job, "cut_over", 8)
    machines.mend(town.old_db)
    if not any(town.killed_after(job, "cut_over", moments.uniform(1, 5)) for _ in range(2)):
        town.persist(job, "cut_over")
    town.more(town.portal, "loi")
    assert town.lost(town.portal, new) == set()

    machines.cut_power(town.old_db)
    town.more(town.portal, "loi")
    machines.switch_on(town.old_db)
    if not any(town.killed_after(job, "roll_back", moments.uniform(1, 5)) for _ in range(2)):
        town.persist(job, "roll_back")
    town.more(town.portal, "loi")
    town.rest(town.portal, "loi")
    assert town.lost(town.portal, old) == set()
    assert verify_rows(town, old)


def _filled_past_a_dead_target(town, job: str) -> None:
    filling = town.begin(job, "fill")
    until(lambda: town.reached("loi", "fill", "rows"))
    machines.cut_power(town.new_db)
    filling.kill()
    filling.communicate()
    machines.switch_on(town.new_db)
    town.persist(job, "fill")


def verify_rows(town, old) -> bool:
    """Count what the ledger says apart from what was noted: no row came twice or from nowhere."""
    numbers = [row[0] for row in old.ask("select number from ledger order by number")]
    return numbers == list(range(1, len(numbers) + 1))


def _uploads(machine: Machine) -> set[str]:
    return set(machines.inside(machine.name, f"ls {UPLOADS}").split())
