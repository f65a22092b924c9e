"""A mover that ends in the middle of a step: done again, the step takes nothing twice."""

from __future__ import annotations

from typing import Any

import pytest

from playbooks.migration.mariadb_replica.copying import Copy
from playbooks.migration.mariadb_replica.flow import Flow
from playbooks.migration.mariadb_replica.marks import Marks
from stacks.problem import ProblemError
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


def test_tables_made_while_rows_are_copied_come_along(ends, tmp_path, monkeypatch):
    old, new = ends
    moving, rows = move(ends), Copy.rows

    def made(name: str) -> None:
        old.tell(
            f"CREATE TABLE {name} (id int PRIMARY KEY, dan int unsigned, KEY x (dan, id),"
            f" CONSTRAINT {name} FOREIGN KEY (dan) REFERENCES nguoi_dan (id)) ENGINE=InnoDB",
            f"INSERT INTO {name} VALUES (1, 1)",  # noqa: S608
        )

    def too_early(*given: Any, **more: Any) -> str:
        made("a")  # its shape was not copied, its rows are
        return rows(*given, **more)

    def after(*given: Any, **more: Any) -> str:
        position = rows(*given, **more)
        made("b")
        return position

    monkeypatch.setattr(Copy, "rows", too_early)
    with pytest.raises(ProblemError, match="then give the same command again"):
        run(tmp_path, moving, "fill").forward()
    monkeypatch.setattr(Copy, "rows", after)
    run(tmp_path, moving, "fill").forward()
    made("c")
    run(tmp_path, moving, "switch").forward()

    verdict = moving.verify()
    assert verdict.good, verdict.facts()
    names = {each.name: each.looked_at for each in verdict.checks}
    assert [names[f"rows of {each}"] for each in "abc"] == [1, 1, 1]
    asked = "select CONSTRAINT_NAME from information_schema.REFERENTIAL_CONSTRAINTS"
    keys = new.ask(f"{asked} where CONSTRAINT_SCHEMA = database() order by 1")
    assert keys == [("a",), ("b",), ("c",), ("dan",)]
