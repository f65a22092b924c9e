"""Before a switch: a fresh backup that a rehearsal restored, and flows that are open."""

from __future__ import annotations

import datetime as dt
import socket
import sys

import pytest

from playbooks.migration.cutover.gates import Rehearsal
from playbooks.migration.order import WaveOrder
from playbooks.migration.order.journeys import Asked, gates, parts
from playbooks.migration.order.rehearse import rehearse
from playbooks.migration.steps import Journal, Run
from stacks.problem import ProblemError
from tests.ports import free_port
from tests.ssh import ssh_leads_here

NOW = dt.datetime(2026, 12, 5, 16, tzinfo=dt.UTC)
ENDPOINT = {"ask": ["side"], "old": ["side", "old"], "closed": ["side", "closed"], "new": ["s"]}
FILES = {
    "name": "kho",
    "source": {"host": "old", "path": "/srv/kho"},
    "target": {"host": "new", "path": "/srv/kho"},
}
AGREEMENT = "agency-h26/kho"


def printing(text: str) -> list[str]:
    return [sys.executable, "-c", f"print({text!r})"]


def system(**more):
    given = {"system": "kho", "tenant": "h26-kho-production", "files": [FILES]}
    hours = {"start": NOW.isoformat(), "end": (NOW + dt.timedelta(hours=6)).isoformat()}
    order = WaveOrder.model_validate(
        {"wave": "w1", **hours, "systems": [{**given, "endpoint": ENDPOINT, **more}]}
    )
    return order, order.systems[0]


def backup(taken="2026-12-05T20:00:00+07:00", restore=None, **more):
    words = {"age": printing(taken), "restore": restore or printing("12 tables")}
    return {"kind": "program", "name": "nightly", **words, **more}


def why_not(folder, said, agreement=lambda _name: None) -> dict[str, str]:
    """Ask all gates but those on people and rehearsals; give which are closed, and why."""
    good = [Rehearsal(NOW, passed=True, downtime=1.0, plan=said[0].digest())]
    asked = Asked(
        folder, lambda *_: None, lambda: NOW, list, lambda _name: good, agreement=agreement
    )
    return {each.name: reason for each in gates(*said, asked) if (reason := each.closed())}


@pytest.mark.parametrize(
    ("taken", "hours", "closed"),
    [
        ("2026-12-05T20:00:00+07:00", 26, None),
        ("2026-12-04T13:59:00+00:00", 26, "the newest is 26 hours old"),
        ("2026-12-05T14:00:00+00:00", 1, "the newest is 2 hours old"),
    ],
)
def test_an_old_backup_keeps_the_switch_from_beginning(tmp_path, taken, hours, closed):
    found = why_not(tmp_path, system(backups=[backup(taken, hours=hours)]))

    assert found == ({"backup nightly": closed} if closed else {})


@pytest.mark.parametrize("said", ["yesterday", "2026-12-05T20:00:00", ""])
def test_a_backup_that_tells_no_time_is_told(tmp_path, said):
    with pytest.raises(ProblemError, match="nobody knows when"):
        why_not(tmp_path, system(backups=[backup(said)]))


def test_a_rehearsal_restores_and_records_what_the_backup_held(tmp_path):
    _, one = system(backups=[backup()])
    records = []
    only = [each for each in parts(one, tmp_path) if each.name == "nightly"]

    waited = rehearse("w1/kho", only, lambda *said: records.append(said))

    assert waited == 0.0
    assert [facts["said"] for _, _, facts in records if "said" in facts] == ["12 tables"]


def test_a_rehearsal_fails_with_its_backup(tmp_path):
    broken = [sys.executable, "-c", "import sys; sys.exit('repository is locked')"]
    _, one = system(backups=[backup(restore=broken)])
    only = [each for each in parts(one, tmp_path) if each.name == "nightly"]

    with pytest.raises(ProblemError, match="repository is locked"):
        rehearse("w1/kho", only, lambda *_: None)


@pytest.mark.parametrize("words", [["no-such-program"], [sys.executable, "-c", "input()"]])
def test_a_program_that_is_not_there_or_asks_a_person_is_told(tmp_path, words):
    _, one = system(backups=[backup() | {"age": words}])
    (steps,) = [each.fill() for each in parts(one, tmp_path) if each.name == "nightly"]

    with pytest.raises(ProblemError, match="nobody knows when"):
        Run("w1/kho", steps, Journal(tmp_path / "j.jsonl"), lambda *_: None).forward()


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def flow(port, **more):
    return {"name": "mail", "source": {"host": "new"}, "address": "127.0.0.1", "port": port, **more}


def test_a_flow_that_is_not_open_keeps_the_switch_from_beginning(tmp_path, monkeypatch, listening):
    ssh_leads_here(tmp_path, monkeypatch)
    shut = free_port()

    assert why_not(tmp_path, system(flows=[flow(listening)])) == {}
    closed = why_not(tmp_path, system(flows=[flow(shut)]))
    assert closed == {"flow mail": f"new to 127.0.0.1:{shut}: refused"}


def test_a_flow_without_its_agreement_is_closed_though_it_is_open(tmp_path, monkeypatch, listening):
    ssh_leads_here(tmp_path, monkeypatch)
    said = system(flows=[flow(listening, agreement=AGREEMENT)])

    assert why_not(tmp_path, said) == {}
    assert why_not(tmp_path, said, lambda name: f"{name} ended") == {
        "flow mail": f"{AGREEMENT} ended"
    }


@pytest.mark.parametrize(
    "odd",
    [
        {"backups": [backup(name="kho")]},
        {"backups": [{"kind": "tape", "name": "t"}]},
        {"backups": [backup(hours=0)]},
        {"flows": [flow(80, address="a b; reboot")]},
        {"flows": [flow(80, agreement="no-namespace")]},
    ],
)
def test_what_is_wrong_in_an_order_is_refused(odd):
    with pytest.raises(ValueError, match=r"own|tag|greater|pattern"):
        system(**odd)
