"""Discovery and assessment of real hosts over ssh, from the command line to the verdict."""

from __future__ import annotations

import json

import pytest

from playbooks.migration.assess.assessment import Assessment
from playbooks.migration.assess.rule import Strategy
from playbooks.migration.discover.estate import load
from playbooks.migration.discover.model import State
from tests.hosts import machines
from tests.hosts.lan import settings
from tests.sen.cli.conftest import config_folder, sen

__all__ = ["config_folder", "sen"]

pytestmark = [pytest.mark.hosts, pytest.mark.xdist_group("hosts")]

SECRETS = ("portal-says-open", "mail-says-open", "report-says-open", "worker-says-open")


@pytest.fixture(autouse=True)
def state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def discovered(sen, room, tmp_path, hosts, *more, config=None):
    inventory = room.inventory("asked", hosts)
    words = ("--ssh-config", config or room.ssh_config, "--out", tmp_path / "out", *more)
    said = sen("migrate", "discover", inventory, *words)
    estate = load(tmp_path / "out" / "estate.json")
    return said, estate, {each.name: each for each in estate.hosts}


def test_a_portal_and_its_database_are_found_with_what_flows_between_them(sen, room, tmp_path):
    web, db = (room.machines[each].name for each in ("legacy-web", "legacy-db"))
    machines.inside(web, "truncate -s 10G /etc/portal/debug.conf; touch /run/before; sleep 0.01")
    hosts = {each: room.entry(each, sen_agency="H26") for each in ("legacy-web", "legacy-db")}

    said, estate, found = discovered(sen, room, tmp_path, hosts)

    assert said.code == 0, said.err
    assert [each.state for each in found.values()] == [State.COMPLETE, State.COMPLETE]
    flow = next(each for each in estate.flows if each.port == 3306)
    assert (flow.source, flow.target, flow.client, flow.server) == (
        "legacy-web",
        "legacy-db",
        "portal-worker.service",
        "mariadb.service",
    )
    assert {"client", "server", "config", "job"} <= set(flow.ways)
    assert flow.count >= 2
    assert {name for each in found["legacy-web"].sites for name in each.names} == {
        "dichvucong.example.vn",
        "mot-cua.example.vn",
    }
    assert [
        (each.name, each.charset, dict(each.storage)) for each in found["legacy-db"].databases
    ] == [("portal", "latin1", {"InnoDB": 1, "MyISAM": 1})]
    assert found["legacy-web"].certificates[0].path == "/etc/portal/ssl/portal.crt"
    assert found["legacy-web"].large_files == ("/etc/portal/debug.conf (10.0 GiB)",)
    assert ("db_password", 4) in {(each.key, each.line) for each in found["legacy-web"].places}
    kept = "".join(each.read_text("utf-8") for each in tmp_path.rglob("*") if each.is_file())
    assert not [each for each in SECRETS if each in kept + said.out + said.err]
    assert "migration.discover.host" in kept
    newer = "find /etc /var/www /home /opt /usr /tmp /var/tmp /root -newer /run/before -type f"
    assert machines.inside(web, newer) == ""
    assert db


def test_the_portal_is_one_system_to_replatform_and_the_plan_reads_its_graph(sen, room, tmp_path):
    hosts = {each: room.entry(each, sen_agency="H26") for each in ("legacy-web", "legacy-db")}
    discovered(sen, room, tmp_path, hosts)
    out = tmp_path / "assessment"

    said = sen("migrate", "assess", tmp_path / "out" / "estate.json", "--out", out, "-o", "json")
    planned = sen("migrate", "plan", "--graph", out / "graph.json", "-o", "json")

    row = json.loads(said.out)[0]
    assert (row["hosts"], row["strategy"]) == ("legacy-db, legacy-web", "replatform")
    reasons = (
        Assessment.model_validate_json((out / "assessment.json").read_bytes()).systems[0].reasons
    )
    assert {"old-characters", "tables-without-transactions", "credentials-in-files"} <= {
        each.rule for each in reasons
    }
    assert json.loads(planned.out)["unplaced"][0]["reason"] == "there is no window"


def test_a_neglected_host_that_nobody_owns_or_uses_is_retired_with_evidence(sen, room, tmp_path):
    found = assessed(sen, room, tmp_path)

    assert found.strategy is Strategy.RETIRE
    assert {"nobody-uses-it", "owner-unknown"} <= {each.rule for each in found.reasons}
    assert "still_needed" in found.open_questions


def test_the_same_host_with_work_by_the_clock_and_files_for_others_is_rehosted(sen, room, tmp_path):
    name = room.machines["neglected"].name
    job = "0 3 * * * root tar cf /srv/share/mail.tar /var/mail"
    machines.inside(
        name, f"echo '{job}' > /etc/cron.d/copy; echo '/srv/share *(ro)' > /etc/exports"
    )
    try:
        found = assessed(sen, room, tmp_path)
    finally:
        machines.inside(name, "rm /etc/cron.d/copy /etc/exports")

    assert found.strategy is Strategy.REHOST
    assert {"own-jobs", "gives-files", "owner-unknown"} <= {each.rule for each in found.reasons}


def assessed(sen, room, tmp_path):
    discovered(sen, room, tmp_path, {"neglected": room.entry("neglected")})
    out = tmp_path / "assessment"
    sen("migrate", "assess", tmp_path / "out" / "estate.json", "--out", out)
    return Assessment.model_validate_json((out / "assessment.json").read_bytes()).systems[0]


def test_each_way_not_to_be_let_in_is_told_by_its_own_words(sen, room, tmp_path):
    web, other = room.machines["legacy-web"], room.machines["legacy-db"]
    config = settings(
        room.folder,
        "changed",
        {
            web.address: other.key,
            other.address: other.key,
            room.machines["neglected"].address: room.machines["neglected"].key,
        },
    )
    hosts = {
        "changed": room.entry("legacy-web"),
        "refused": room.entry("legacy-db", "nobody-here"),
        "visitor": room.entry("legacy-db", "visitor"),
        "clerk": room.entry("neglected", "clerk"),
    }

    said, _, found = discovered(sen, room, tmp_path, hosts, config=config)

    keys = {name: [each.key for each in host.reasons] for name, host in found.items()}
    assert said.code == 1
    assert keys["changed"] == ["host-key-changed"]
    assert keys["refused"] == ["host-login-refused"]
    assert keys["visitor"][0] in {"discover-sudo-password", "discover-no-root"}
    assert keys["clerk"][0] == "discover-sudo-tty"
    assert "discover-wrong-locale" in keys["clerk"]
    assert found["visitor"].system.hostname == "legacy-db"
    assert found["changed"].state is State.UNREACHABLE


def test_a_host_seen_a_moment_ago_is_not_asked_again(sen, room, tmp_path):
    hosts = {"neglected": room.entry("neglected")}

    _, before, _ = discovered(sen, room, tmp_path, hosts)
    said, after, _ = discovered(sen, room, tmp_path, hosts)
    again, asked, _ = discovered(sen, room, tmp_path, hosts, "--fresh-for", "0")

    assert "neglected: complete, seen before" in said.err
    assert after.hosts == before.hosts
    assert "seen before" not in again.err
    assert len(asked.hosts[0].loads) == 2 * len(before.hosts[0].loads)
