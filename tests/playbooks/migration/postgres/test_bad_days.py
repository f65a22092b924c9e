"""What real databases bring along: each is handled, or named before anything is lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from playbooks.migration.postgres import freeze
from playbooks.migration.postgres.inspect import concerns
from playbooks.migration.postgres.move import PostgresMove
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.steps import Journal, Run
from stacks.problem import ProblemError

Ends = tuple[PostgresPlace, PostgresPlace]
CIRCLE = """
create table hub (id int primary key, way int);
create table way (id int primary key, hub int references hub);
insert into hub select i, i from generate_series(1, 2000) i;
insert into way select i, i from generate_series(1, 2000) i;
alter table hub add foreign key (way) references way;
"""
BROKEN = """
create table twice (id int primary key, name text);
insert into twice values (7, 'Nguyễn');
update pg_index set indisready = false where indexrelid = 'twice_pkey'::regclass;
"""


def run(folder: Path, moving: PostgresMove, series: str) -> Run:
    journal = Journal(folder / f"{series}.jsonl")
    return Run(series, getattr(moving, series)(), journal, lambda *_: None)


def move(ends: Ends) -> PostgresMove:
    return PostgresMove(ends[0].database, *ends)


def keys(act: Callable[[], object]) -> str:
    with pytest.raises(ProblemError) as caught:
        act()
    return f"{[each.key for each in caught.value.problems]} {caught.value}"


def test_what_jobs_wrote_meanwhile_comes_back_when_the_switch_is_taken_back(ends, tmp_path):
    old, new = ends
    moving = move(ends)
    run(tmp_path, moving, "fill").forward()
    switching = run(tmp_path, moving, "switch")
    switching.forward()
    new.tell("insert into line values ('việc của máy chủ mới', 99)")

    switching.back()

    assert old.value("select count(*) from line where at = 99") == 1
    old.tell("insert into line values ('lại ở nơi cũ', 98)")
    switching.forward()
    assert new.value("select count(*) from line where at in (98, 99)") == 2


def test_a_flow_that_an_error_stopped_goes_on_once_the_cause_is_mended(ends, tmp_path):
    old, new = ends
    moving = move(ends)
    run(tmp_path, moving, "fill").forward()
    run(tmp_path, moving, "switch").forward()
    new.tell("alter table line add column more text", "insert into line values ('x', 97, 'y')")

    assert "replication-refused" in keys(run(tmp_path, moving, "back").forward)
    old.tell("alter table line add column more text")
    run(tmp_path, moving, "back").forward()

    assert old.value("select more from line where at = 97") == "y"


def test_a_flow_that_fell_behind_is_waited_for_when_it_is_filled_again(ends, tmp_path):
    old, new = ends
    moving = move(ends)
    run(tmp_path, moving, "fill").forward()
    new.tell(f"alter subscription {moving.forth.name} disable")
    old.tell("insert into line values ('viết khi luồng bị ngắt', 95)")

    run(tmp_path, moving, "fill").forward()

    assert new.value("select count(*) from line where at = 95") == 1
    run(tmp_path, moving, "switch").forward()
    again = run(tmp_path, moving, "fill").forward()
    assert "catch up" not in again.seconds


def test_nobody_is_left_in_the_middle_of_a_commit(ends, monkeypatch):
    old, _ = ends
    monkeypatch.setattr(freeze, "SECONDS_TO_END", 0.5)
    words = "select pg_backend_pid() from pg_sleep(0.01); select pg_sleep(60)"
    sleeping = threading.Thread(
        target=lambda: _ended(lambda: old.program(["env", "PGAPPNAME=x", "psql", "-XAtc", words]))
    )
    sleeping.start()
    asked = "select pid from pg_stat_activity where query like '%(60)' and application_name = 'x'"
    deadline = time.monotonic() + 60
    while not (pid := old.value(asked)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(pid, signal.SIGSTOP)
    try:
        assert "database-sessions" in keys(lambda: freeze.freeze(old))
    finally:
        os.kill(pid, signal.SIGCONT)
        sleeping.join()
    freeze.freeze(old)
    freeze.thaw(old)


def _ended(act: Callable[[], object]) -> None:
    with pytest.raises(ProblemError):
        act()


def test_keys_in_a_circle_are_built(ends, tmp_path):
    old, new = ends
    old.tell(CIRCLE)

    run(tmp_path, move(ends), "fill").forward()

    asked = "select count(*) from pg_constraint where contype = 'f' and convalidated"
    assert new.value(asked) == old.value(asked)


def test_a_key_that_is_there_twice_is_named_and_may_be_mended(ends, tmp_path):
    old, new = ends
    old.tell(BROKEN)
    old.tell("insert into twice values (7, 'Trần')")
    old.tell("update pg_index set indisready = true where indexrelid = 'twice_pkey'::regclass")
    filling = run(tmp_path, move(ends), "fill")

    said = keys(filling.forward)

    assert "Key (id)=(7) is duplicated" in said
    old.tell("set enable_indexscan = off; set enable_bitmapscan = off")
    new.tell("set session_replication_role = replica; delete from twice where name = 'Trần'")
    filling.forward()
    assert new.value("select count(*) from twice") == 1


def test_a_table_that_is_changed_while_it_is_copied_is_named(ends, tmp_path):
    old, new = ends
    filling = run(tmp_path, move(ends), "fill")
    filling.forward(until="rows")
    old.tell("alter table line add column more text", "insert into line values ('x', 96, 'y')")

    said = keys(run(tmp_path, move(ends), "fill").forward)

    assert "replication-refused" in said
    new.tell("alter table line add column more text")
    filling.forward()
    assert new.value("select more from line where at = 96") == "y"


def test_bytes_that_are_no_unicode_are_named_before_anything_is_copied(ends):
    old, new = ends
    name = f"{old.database}_raw"
    old.with_database("postgres").tell(
        f"create database {name} template template0 encoding 'SQL_ASCII' locale 'C'"
    )
    raw = old.with_database(name)
    raw.tell(
        """create table "hồ sơ" (id int primary key, ten text)""",
        """insert into "hồ sơ" values (1, 'Nguyễn'), (2, 'plain'), (3, null)""",
    )
    assert not [each for each in concerns(raw, new) if each.blocks]
    raw.tell("""insert into "hồ sơ" values (4, E'NguyÔn \\xd4')""")

    found = [each.problem for each in concerns(raw, new) if each.blocks]

    assert [each.key for each in found] == ["database-not-unicode"]
    assert '"hồ sơ".ten: 1' in str(found[0].text())
