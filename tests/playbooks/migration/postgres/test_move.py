"""A database moves while people write, switches, and comes back: nothing is lost either way."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from playbooks.migration.postgres.inspect import concerns
from playbooks.migration.postgres.move import PostgresMove
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.steps import Journal, Run, Step
from stacks.problem import ProblemError

TABLES = ("citizen", "letter", "line", "session", '"Sổ ""cũ"" tay"', "ledger")
ROWS = "select count(*), md5(string_agg(t::text, E'\\n' order by t::text)) from {} t"


def content(place: PostgresPlace) -> dict[str, tuple[int, str]]:
    return {name: tuple(place.ask(ROWS.format(name))[0]) for name in TABLES}


def run(folder: Path, name: str, steps: list[Step]) -> Run:
    journal = Journal(folder / f"{name}.jsonl")
    return Run(name, steps, journal, lambda *_: None, now=lambda: dt.datetime.now(dt.UTC))


def move(ends: tuple[PostgresPlace, PostgresPlace]) -> PostgresMove:
    return PostgresMove(ends[0].database, *ends)


def ledger(place: PostgresPlace, writer: int) -> set[int]:
    return {row[0] for row in place.ask("select number from ledger where writer = $1", writer)}


def test_forth_and_back_under_writers_without_a_lost_row(ends, writers, tmp_path):
    old, new = ends
    moving = move(ends)
    run(tmp_path, "fill", moving.fill()).forward()

    run(tmp_path, "switch", moving.switch()).forward()
    for each in writers:
        each.place = new
    there = [len(each.acknowledged) for each in writers]
    _until(lambda: all(len(w.acknowledged) > n + 20 for w, n in zip(writers, there, strict=True)))
    new.tell(
        "update citizen set note = 'sửa ở nơi mới' where id <= 10", "delete from line where at = 3"
    )
    run(tmp_path, "return", moving.back()).forward()
    for each in writers:
        each.place = old
    back = [len(each.acknowledged) for each in writers]
    _until(lambda: all(len(w.acknowledged) > n + 20 for w, n in zip(writers, back, strict=True)))

    for each in writers:
        assert set(each.acknowledged) <= ledger(old, each.number)
    assert old.value("select count(*) from citizen where note = 'sửa ở nơi mới'") == 10
    assert old.value("select count(*) from line where at = 3") == 0


def test_after_the_way_back_it_may_be_switched_to_again(ends, tmp_path):
    old, new = ends
    moving = move(ends)
    run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "switch", moving.switch()).forward()
    new.tell("delete from line where at = 1")
    run(tmp_path, "back", moving.back()).forward()
    old.tell("delete from line where at = 2", "insert into citizen (name) values ('Người mới')")

    run(tmp_path, "again", moving.switch()).forward()

    assert content(new) == content(old)
    assert new.value("select count(*) from line where at in (1, 2)") == 0
    new.tell("delete from line where at = 4")
    run(tmp_path, "once more", moving.back()).forward()
    assert old.value("select count(*) from line where at = 4") == 0


def test_rows_that_are_there_are_not_copied_again_once_the_switch_began(ends, tmp_path):
    _, new = ends
    moving = move(ends)
    run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "switch", moving.switch()).forward()
    new.tell("delete from line where at = 1")
    switched = content(new)

    run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "another journal", moving.fill()).forward(until="subscribe")

    assert not moving.forth.subscribed()
    assert content(new) == switched
    run(tmp_path, "switch", moving.switch()).back()
    assert moving.forth.subscribed()


def test_everything_is_there_after_the_switch(ends, tmp_path):
    old, new = ends
    moving = move(ends)
    before = content(old)

    run(tmp_path, "fill", moving.fill()).forward()
    facts = run(tmp_path, "switch", moving.switch()).forward().facts

    assert content(new) == before
    assert before["letter"][0] == 20000
    assert new.value("select last_value from ticket") == 149
    assert new.value("select lo_get(777)") == b"H\xe1\xbb\x93"
    assert facts["sequences"]["large_objects"] == 1
    assert new.value("select count(*) from letters") == 20000
    assert new.value("select pg_has_role('clerk', 'office', 'member')")
    indexes = "select count(*) from pg_indexes where schemaname = 'public'"
    assert new.value(indexes) == old.value(indexes)
    keys = "select count(*) from pg_constraint where contype = 'f' and convalidated"
    assert new.value(keys) == old.value(keys)


def test_the_frozen_source_takes_nothing_more(ends, tmp_path):
    old, _ = ends
    moving = move(ends)
    run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "switch", moving.switch()).forward(until="freeze")

    said = old.program(["psql", "-XAtc", "show default_transaction_read_only"])

    assert said.strip() == b"off", "ours still may"
    with pytest.raises(ProblemError, match="read-only"):
        old.program(["env", "PGOPTIONS=", "psql", "-Xc", "delete from line"])


def test_going_back_before_the_switch_leaves_the_source_as_it_was(ends, tmp_path):
    old, _ = ends
    moving = move(ends)
    before = content(old)
    filling, switching = (
        run(tmp_path, "fill", moving.fill()),
        run(tmp_path, "switch", moving.switch()),
    )
    filling.forward()
    switching.forward(until="sequences")

    switching.back()
    filling.back()

    assert content(old) == before
    old.program(["env", "PGOPTIONS=", "psql", "-Xc", "delete from line where at = 1"])
    assert (
        old.value("select count(*) from pg_replication_slots where database = $1", old.database)
        == 0
    )
    assert old.value("select count(*) from pg_publication") == 0
    assert old.value("select relreplident::text from pg_class where relname = 'line'") == "d"


def test_the_way_back_ends_when_the_move_is_finished(ends, tmp_path):
    old, new = ends
    moving = move(ends)
    run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "switch", moving.switch()).forward()
    finishing = run(tmp_path, "finish", moving.finish())

    finishing.forward()

    for place in (old, new):
        assert (
            place.value(
                "select count(*) from pg_subscription s join pg_database d"
                " on d.oid = s.subdbid where d.datname = $1",
                place.database,
            )
            == 0
        )
        assert place.value("select count(*) from pg_publication") == 0
        assert place.value("select count(*) from pg_class where relreplident = 'f'") == 0
    with pytest.raises(ProblemError, match="no way back"):
        finishing.back()


def test_a_wrong_end_is_named_before_anything_is_touched(ends):
    old, new = ends
    new.tell("create table somebody (id int)")

    found = {each.problem.key: each.blocks for each in concerns(old, new, room=1000)}

    assert found == {
        "database-not-empty": True,
        "database-too-small": True,
        "database-no-identity": False,
    }
    with pytest.raises(ProblemError) as caught:
        PostgresMove("x", old, new).fill()[0].do(None)
    assert [each.key for each in caught.value.problems] == ["database-not-empty"]
    assert old.value("select count(*) from pg_publication") == 0


def test_a_server_on_which_nothing_more_would_follow_is_named(ends):
    old, new = ends
    others, made = new.with_database("postgres"), "connect = false, slot_name = none"
    assert not [each for each in concerns(old, new) if each.blocks]

    for number in range(11):  # of twelve
        others.tell(
            f"create subscription other_{number} connection 'host=127.0.0.1 port=1'"
            f" publication p with ({made})",
            f"alter subscription other_{number} set (slot_name = other_{number})",
            f"alter subscription other_{number} enable",
        )

    (found,) = (each.problem for each in concerns(old, new) if each.blocks)
    assert (found.key, found.thing) == ("database-no-worker", str(new))
    assert dict(found.values) == {"most": 12, "wanted": 13}


def test_a_server_that_is_away_and_a_wrong_password_are_told(ends, tmp_path):
    old, _ = ends
    wrong = tmp_path / "secret"
    wrong.write_text("khong-dung\n")

    for place in (
        PostgresPlace("127.0.0.1", 1, "x", "postgres", old.password_file),
        PostgresPlace(old.host, old.port, old.database, old.user, wrong),
    ):
        with pytest.raises(ProblemError) as caught:
            place.ask("select 1")
        assert caught.value.problems[0].key == "database-unreachable"
        assert "khong-dung" not in str(caught.value)


def _until(done) -> None:
    import time  # noqa: PLC0415

    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)
