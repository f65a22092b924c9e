"""What is waited for is refused, cut, stalled or never there: each ends with a reason."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace

import pytest

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb_replica import copying, flow
from playbooks.migration.mariadb_replica.patience import PATIENCE, Patience
from stacks.problem import Problem, ProblemError
from tests.playbooks.migration.mariadb_replica.test_move import move

PLACE = MariadbPlace("127.0.0.1", 3306, "so", "root")


@dataclass
class Flow:
    """A flow whose words are given."""

    said: dict[str, object] = field(default_factory=dict)
    connected: int = 0

    def status(self) -> dict[str, object]:
        return {"Slave_IO_Running": "Yes", "Last_SQL_Errno": 0, **self.said}

    def connect(self) -> None:
        self.connected += 1

    def failed(self, key: str, code: int) -> ProblemError:
        return ProblemError(Problem(key, "x", {"source": "y", "code": code}))


def test_a_flow_that_was_cut_is_connected_anew_and_a_refused_one_is_told():
    cut = Flow({"Slave_IO_Running": "Connecting"})
    refused = Flow({"Last_SQL_Errno": 1062})

    Patience().heed(cut, 1)
    with pytest.raises(ProblemError) as caught:
        Patience().heed(refused, 1)

    assert (cut.connected, refused.connected) == (1, 0)
    assert caught.value.problems[0].key == "follow-refused"


def test_a_flow_in_which_nothing_moves_is_told_after_minutes():
    now = [0.0]
    patience, waited = Patience(lambda: now[0]), Flow()
    for progress in (9, 8):
        patience.heed(waited, progress)
        now[0] += PATIENCE
    patience.heed(waited, 7)
    now[0] += PATIENCE + 1

    with pytest.raises(ProblemError) as caught:
        patience.heed(waited, 7)

    assert caught.value.problems[0].key == "follow-stalled"


def test_a_program_that_fails_is_told_without_values_of_rows():
    said = io.BytesIO("ERROR 1062: Duplicate entry 'Nguyễn' for key 'PRIMARY'\n".encode())

    with pytest.raises(ProblemError) as caught:
        copying._succeeded(PLACE, "mariadb", 1, said)

    assert "Duplicate entry" in str(caught.value)
    assert "Nguyễn" not in str(caught.value)


def test_a_missing_program_is_named(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda _: None)

    with pytest.raises(ProblemError) as caught:
        copying._program("mariadb-dump", "mysqldump")

    assert (caught.value.problems[0].key, caught.value.problems[0].thing) == (
        "replica-no-client",
        "mariadb-dump",
    )


def test_a_source_that_the_target_does_not_reach_is_told_and_its_account_opens_nothing(
    ends, monkeypatch
):
    monkeypatch.setattr(flow, "SECONDS_TO_CONNECT", 0.5)
    moving = move((replace(ends[0], seen_from=("127.0.0.1", 1)), ends[1]))

    with pytest.raises(ProblemError) as caught:
        moving.forth.connect()

    assert caught.value.problems[0].key == "follow-not-connected"
    assert moving.forth.lag() is None
    moving.forth.end()
    assert moving.forth.status() is None
