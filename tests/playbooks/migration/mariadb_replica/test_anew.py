"""What of a first copy that was cut no longer counts is copied anew, and said."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from typing import Any

import pytest

from playbooks.migration.mariadb_replica import firstcopy, replay, shapes
from playbooks.migration.mariadb_replica.ends import Ends
from playbooks.migration.mariadb_replica.stream import position_at
from tests.playbooks.migration.clerk import working
from tests.playbooks.migration.mariadb_replica.cutting import cut_at, filled, half, switched, whole
from tests.playbooks.migration.mariadb_replica.parts import Parts, changers, gone, made
from tests.playbooks.migration.mariadb_replica.test_moments import PowerCutError
from tests.playbooks.migration.mariadb_replica.test_move import run, write_until


@pytest.fixture
def parts(servers) -> Iterator[Parts]:
    found = made(servers)
    yield found
    gone(found)


@pytest.mark.parametrize(
    ("words", "kept", "anew"),
    [
        ("ALTER TABLE {first}.d_rieng ADD them int DEFAULT 7", 2, ""),
        ("TRUNCATE TABLE {first}.d_rieng", 2, ""),
        ("ALTER TABLE {first}.a_tinh ADD them int", 1, ""),
        (
            "RENAME TABLE {first}.d_rieng TO {first}.x, {first}.`c đơn, vị` TO {first}.d_rieng",
            2,
            "",
        ),
        ("CREATE TABLE {first}.a_moi (id int PRIMARY KEY) ENGINE=InnoDB", 3, ""),
        ("DROP TABLE {first}.e_con", 3, ""),
        ("CREATE OR REPLACE VIEW {second}.z_xem AS SELECT 1", 0, "views, code or settings"),
        ("CREATE TABLE {first}.b_xa2 LIKE {first}.b_xa", 3, ""),
    ],
)
def test_what_was_changed_meanwhile_is_copied_anew(words, kept, anew, parts, tmp_path):
    cut_at(parts, tmp_path, "ledger")
    parts.source.tell(words.format(first=parts.first, second=parts.second))
    parts.source.tell(f"UPDATE {parts.first}.a_tinh SET ten = 'x' WHERE id = 1")  # noqa: S608

    said = filled(parts, tmp_path)

    assert said["kept"] == kept
    assert str(said.get("anew", "")).startswith(anew)
    assert bool(said.get("anew")) == bool(anew)
    switched(parts, tmp_path, [])


def test_a_table_changed_while_the_others_follow_makes_the_copy_begin_anew(
    parts, tmp_path, monkeypatch
):
    cut_at(parts, tmp_path, "ledger")
    look, words = shapes.look, [f"TRUNCATE TABLE {parts.first}.d_rieng"]

    def changed(ends: Ends) -> shapes.Shapes:
        found = look(ends)
        while words:
            parts.source.tell(words.pop())
        return found

    monkeypatch.setattr(shapes, "look", changed)

    assert filled(parts, tmp_path)["anew"] == "the source was changed meanwhile"
    switched(parts, tmp_path, [])


def test_a_log_that_no_longer_reaches_back_makes_the_copy_begin_anew(parts, tmp_path):
    cut_at(parts, tmp_path, "ledger")
    parts.source.tell(f"DELETE FROM {parts.first}.a_tinh WHERE id < 9")  # noqa: S608
    parts.source.tell("FLUSH BINARY LOGS", "FLUSH BINARY LOGS")
    for _ in range(100):  # a log in which something may still be in progress is not purged
        last = parts.source.ask("SHOW BINARY LOGS")[-1][0]
        parts.source.tell(f"PURGE BINARY LOGS TO '{last}'")
        if len(parts.source.ask("SHOW BINARY LOGS")) == 1:
            break
        time.sleep(0.1)

    said = filled(parts, tmp_path)

    assert (said["kept"], said["anew"]) == (0, "the source's log no longer reaches back")
    switched(parts, tmp_path, [])


def test_a_position_that_others_took_makes_the_copy_begin_anew(parts, tmp_path, monkeypatch):
    cut_at(parts, tmp_path, "ledger")
    with monkeypatch.context() as patched:
        patched.setattr(replay, "_followed", half)
        with pytest.raises(PowerCutError):
            run(tmp_path, parts.move, "fill").forward()
    parts.move.forth.end()

    assert filled(parts, tmp_path)["anew"] == "the target's position was taken away"
    switched(parts, tmp_path, [])


def test_no_account_and_no_other_table_comes_along_while_tables_follow(parts, tmp_path):
    cut_at(parts, tmp_path, "ledger")
    parts.source.tell(
        f"USE {parts.first}",
        "CREATE OR REPLACE USER meddler@'%' IDENTIFIED BY 'x'",
        "GRANT SELECT ON *.* TO meddler@'%'",
        "CREATE DATABASE so_khac",
        "CREATE TABLE so_khac.t (id int)",
        "INSERT INTO so_khac.t VALUES (1)",
        "DROP DATABASE so_khac",
    )

    assert filled(parts, tmp_path)["kept"] == 3
    assert parts.target.ask("SELECT User FROM mysql.user WHERE User = 'meddler'") == []
    parts.source.tell("DROP USER meddler@'%'")


def test_the_position_before_the_rows_is_that_after_them(parts, tmp_path, monkeypatch):
    begins, heads = firstcopy._Hearing.begins, []

    def begun(hearing: Any, head: bytes) -> None:
        heads.append(position_at(hearing.first.copy.ends.source, head))
        begins(hearing, head)

    monkeypatch.setattr(firstcopy._Hearing, "begins", begun)
    with working(changers(parts)) as found:
        write_until(found, 5)
        said = filled(parts, tmp_path)

    assert heads == [said["position"]]


def test_tables_without_transactions_are_copied_again(parts, tmp_path):
    parts = dataclasses.replace(parts, lock=True)
    parts.source.tell(f"CREATE TABLE {parts.first}.a_isam (id int) ENGINE=MyISAM")
    parts.source.tell(f"INSERT INTO {parts.first}.a_isam VALUES (1), (1)")  # noqa: S608
    cut_at(parts, tmp_path, "ledger")
    assert parts.table("a_isam") in whole(parts)
    parts.source.tell(
        f"DELETE FROM {parts.first}.a_isam LIMIT 1",  # noqa: S608
        f"DELETE FROM {parts.first}.a_tinh WHERE id = 2",  # noqa: S608
    )

    assert filled(parts, tmp_path)["kept"] == 3
    assert parts.target.value(f"SELECT count(*) FROM {parts.first}.a_isam") == 1  # noqa: S608
    switched(parts, tmp_path, [])
