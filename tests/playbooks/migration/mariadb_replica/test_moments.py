"""A mover that ends in the middle of a step: done again, the step takes nothing twice."""

from __future__ import annotations

import pytest

from playbooks.migration.mariadb_replica.flow import Flow
from playbooks.migration.mariadb_replica.marks import Marks
from tests.playbooks.migration.mariadb_replica.test_move import move, run


class PowerCutError(Exception):
    """The mover is gone."""


def test_what_was_followed_before_the_mover_ended_is_not_taken_twice(ends, tmp_path, monkeypatch):
    old, new = ends
    moving, connect = move(ends), Flow.connect

    def gone(flow: Flow) -> None:
        connect(flow)
        old.tell("INSERT INTO ledger VALUES (8, 1)")
        flow.drain()
        raise PowerCutError

    with monkeypatch.context() as patched:
        patched.setattr(Flow, "connect", gone)
        with pytest.raises(PowerCutError):
            run(tmp_path, moving, "fill").forward()
    run(tmp_path, moving, "fill").forward()

    assert new.ask("select * from ledger") == [(8, 1)]
    assert moving.forth.flowing()


def test_a_turn_that_ended_anywhere_goes_on_or_is_taken_back(ends, tmp_path, monkeypatch):
    old, new = ends
    moving, write = move(ends), Marks.write
    run(tmp_path, moving, "fill").forward()

    for last in ("turned", "behind"):

        def gone(marks: Marks, step: str, said: str = "", last: str = last) -> None:
            write(marks, step, said)
            if step == last:
                raise PowerCutError

        with monkeypatch.context() as patched:
            patched.setattr(Marks, "write", gone)
            with pytest.raises(PowerCutError):
                run(tmp_path, moving, "switch").forward()
    run(tmp_path, moving, "switch").back()
    old.tell("INSERT INTO ledger VALUES (8, 2)")
    moving.forth.drain()
    assert new.ask("select * from ledger") == [(8, 2)]
    run(tmp_path, moving, "switch").forward()

    assert moving.verify().good
    assert moving.behind.flowing()
