"""Rows are copied as the slot saw them; what a killed run left is finished, never copied twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from playbooks.migration.postgres import copy, slot, stream
from playbooks.migration.postgres.move import PostgresMove
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.postgres.replication import Replication
from playbooks.migration.steps import Journal, Pulse, Run
from playbooks.migration.verify.postgres import verify
from sen.local.patience import wait_until
from stacks.problem import ProblemError

Ends = tuple[PostgresPlace, PostgresPlace]
ODD = """
create type coloured as (name text, seen status);
create table odd (id int primary key, of regclass, list status[], pair coloured, gen int
  generated always as (id * 2) stored);
insert into odd (id, of, list, pair) values (1, 'letter', '{mới}', row('Đỗ', 'mới'));
create table parent (id int primary key);
create table child () inherits (parent);
insert into child values (1), (2);
"""


class KilledError(BaseException):
    """Ends everything, as a signal does."""


def move(ends: Ends) -> PostgresMove:
    return PostgresMove(ends[0].database, *ends)


def run(folder: Path, moving: PostgresMove) -> Run:
    return Run("fill", moving.fill(), Journal(folder / "fill.jsonl"), lambda *_: None)


def kill_after(monkeypatch: pytest.MonkeyPatch, tables: int) -> None:
    """Let a run die before the table after so many."""
    count = iter(range(1000))
    real = stream.stream

    async def dying(*given: object, **more: object) -> None:
        if next(count) >= tables:
            raise KilledError
        await real(*given, **more)

    monkeypatch.setattr(copy, "stream", dying)


def differing(ends: Ends) -> list[str]:
    """Give the checks that fail; what has no log, and sequences, come with the switch."""
    later = {"rows of public.session", "sequences ahead", "large objects"}
    return [each.name for each in verify(*ends).checks if not each.good and each.name not in later]


def test_a_copy_that_was_killed_keeps_its_tables_and_the_servers_bring_the_others(
    ends, writers, tmp_path, monkeypatch
):
    moving = move(ends)
    kill_after(monkeypatch, 3)
    with pytest.raises(KilledError):
        run(tmp_path, moving).forward()
    monkeypatch.undo()
    kept = copy.copied(moving.forth)
    assert 1 <= len(kept) <= 3
    at = slot.begin(ends[0], moving.forth.name)
    ends[0].tell(
        "insert into line values ('sau khi bị dừng', 95)", "delete from letter where id = 9"
    )

    run(tmp_path, moving).forward(until="copy")
    assert (copy.copied(moving.forth), slot.begin(ends[0], moving.forth.name)) == (kept, at)
    run(tmp_path, moving).forward(until="subscribe")
    # Letters have no key yet by which one could be deleted.
    assert wait_until(lambda: moving.forth.errors() > 0, 60)
    assert moving.forth.errors(applied=False) == 0
    run(tmp_path, moving).forward()

    for each in writers:
        each.over.set()
    moving.forth.drain()
    assert differing(ends) == []
    assert ends[0].value("select count(*) from pg_publication") == 1


def test_a_run_that_is_killed_before_the_other_tables_are_listed_lists_them(
    ends, tmp_path, monkeypatch
):
    moving = move(ends)
    kill_after(monkeypatch, 3)
    with pytest.raises(KilledError):
        run(tmp_path, moving).forward()
    monkeypatch.undo()
    run(tmp_path, moving).forward(until="copy")
    real = PostgresPlace.tell

    def dying(place: PostgresPlace, *words: str, **more: bool) -> None:
        if "refresh publication" in words[0]:
            raise KilledError
        real(place, *words, **more)

    monkeypatch.setattr(PostgresPlace, "tell", dying)
    with pytest.raises(KilledError):
        run(tmp_path, moving).forward()
    monkeypatch.undo()
    assert moving.forth.subscribed()

    run(tmp_path, moving).forward()

    assert differing(ends) == []


def test_a_slot_that_is_gone_makes_the_copy_begin_anew(ends, tmp_path):
    old, _ = ends
    moving = move(ends)
    run(tmp_path, moving).forward(until="copy")
    moving.forth.drop_slot()
    old.tell("delete from line where at = 1")
    assert not copy.stands(moving.forth)

    run(tmp_path, moving).forward()

    assert differing(ends) == []


def test_what_is_written_while_rows_are_copied_follows_and_nothing_comes_twice(
    ends, tmp_path, monkeypatch
):
    old, new = ends
    moving = move(ends)
    real = stream.stream

    async def meanwhile(*given: object, **more: object) -> None:
        words = ("insert into line values ('giữa chừng', 94)", "delete from line where at = 1")
        await asyncio.to_thread(old.tell, *words)
        await real(*given, **more)

    monkeypatch.setattr(copy, "stream", meanwhile)
    run(tmp_path, moving).forward()

    moving.forth.drain()
    tables = new.value("select count(*) from line where at = 94")
    assert tables == old.value("select count(*) from line where at = 94") > 3
    assert differing(ends) == []


def test_names_of_objects_and_types_of_ones_own_arrive_as_they_read(ends, tmp_path):
    old, new = ends
    old.tell(ODD)

    run(tmp_path, move(ends)).forward()

    words = "select of::text, list::text, pair::text, gen from odd"
    assert (
        tuple(new.ask(words)[0])
        == tuple(old.ask(words)[0])
        == (
            "letter",
            "{mới}",
            "(Đỗ,mới)",
            2,
        )
    )
    assert new.value("select count(*) from only parent") == 0
    assert new.value("select count(*) from parent") == 2
    assert differing(ends) == []


def test_indexes_of_large_tables_are_there_when_the_rows_are(ends, tmp_path, monkeypatch):
    _, new = ends
    monkeypatch.setattr(copy, "LARGE", 1 << 20)
    run(tmp_path, move(ends)).forward(until="copy")
    words = "select array_agg(indexrelid::regclass::text order by 1) from pg_index i join"
    found = new.value(f"{words} pg_class c on c.oid = i.indrelid where c.relname = 'letter'")

    assert found == ["letter_pkey", "letter_words"]
    run(tmp_path, move(ends)).forward()
    assert differing(ends) == []


def test_a_limit_slows_the_copy_down(ends, tmp_path):
    moving = move(ends)
    run(tmp_path, moving).forward(until="tables")
    waited: list[float] = []
    pulse = Pulse(lambda _: None, limit=1 << 20, clock=lambda: 0.0, wait=waited.append)

    copy.copy(moving.forth, 2, pulse)

    assert sum(waited) > 1


def test_a_source_that_refuses_a_slot_is_told(ends, tmp_path):
    flow = Replication("x", *ends)

    async def made() -> None:
        async with slot.exported(ends[0], "Not A Slot"):
            raise AssertionError

    with pytest.raises(ProblemError, match="Not A Slot"):
        asyncio.run(made())
    assert slot.begin(ends[0], flow.name) is None
