"""What changed on the source is taken from its log where that tells all, else found by hashes."""

from __future__ import annotations

import pytest

from playbooks.migration.mariadb import log
from playbooks.migration.mariadb.catalogue import Column, Table
from playbooks.migration.mariadb.events import UntoldError, keys_in
from playbooks.migration.mariadb.planning import plan
from playbooks.migration.mariadb.shape import Options
from playbooks.migration.steps import Pulse, Step
from tests.playbooks.migration.mariadb.test_move import move, run

HEAD = "#261122 15:06:26 server id 1  end_log_pos 1219 CRC32 0xc6ab78db \t"
START = f"{HEAD}Start: binlog v 4, server v 10.11.19-MariaDB-log created 261122 15:06:26"
ID = Column("id", "int", "int(10) unsigned", nullable=False)
NUMBER = Column("t", "int", "int(11)", nullable=True)
PLANS = [plan(Table("m", "MyISAM", 1, 1, (NUMBER, ID), ("id",), (), ()), {}, Options())]


def keys(*lines: str) -> dict[str, set[int]]:
    return dict(keys_in([f"{each}\n".encode() for each in (START, *lines)], "o", PLANS))


def rows(what: str, *lines: str) -> list[str]:
    return [f"{HEAD}Write_rows: table id 18", f"### {what} `o`.`m`", *lines]


def test_the_keys_of_both_images_are_taken_and_other_tables_left_out():
    found = keys(
        *rows("UPDATE", "### WHERE", "###   @2=7", "### SET", "###   @2=-1 (4294967295)"),
        *rows("DELETE FROM", "### WHERE", "###   @1=3", "###   @2=8"),
        "### INSERT INTO `p`.`m`", "### SET", "###   @2=99",
        "### INSERT INTO `o`.`n`", "### SET", "###   @2=98",
    )  # fmt: skip

    assert found == {"m": {7, 4294967295, 8}}


@pytest.mark.parametrize(
    "lines",
    [
        [f"{HEAD}Query\tthread_id=1", "SET TIMESTAMP=1/*!*/;", "UPDATE m SET t = 1", "/*!*/;"],
        [f"{HEAD}Query\tthread_id=1", "use `p`/*!*/;", "TRUNCATE o.m", "/*!*/;"],
        [f"{HEAD}Query\tthread_id=1"],
        [f"{HEAD}Incident"],
        [f"{HEAD}Stop"],
        ["#261122 a header that nobody can read"],
        [START],
        rows("INSERT INTO", "### SET", "###   @1=5"),
        rows("INSERT INTO", "### SET", "###   @2=NULL"),
    ],
)
def test_a_statement_a_restart_or_a_row_without_its_key_is_not_believed(lines):
    with pytest.raises(UntoldError):
        keys(*lines)


def test_a_new_file_after_the_end_of_the_one_before_is():
    ended = f"{HEAD}Rotate to bin.000002  pos: 4"
    harmless = [f"{HEAD}Query\tthread_id=1", "COMMIT", "/*!*/;"]

    assert keys(*harmless, ended, START) == {}


def test_a_log_that_does_not_begin_is_not_believed():
    with pytest.raises(UntoldError):
        keys_in([], "o", PLANS)


def step(steps: list[Step], name: str) -> dict[str, object]:
    (found,) = (each for each in steps if each.name == name)
    return dict(found.do(Pulse(lambda _: None)))


def test_rows_of_every_kind_of_change_come_over_by_the_log_and_no_others(ends, tmp_path):
    old, new = ends
    moving = move(ends)
    run(tmp_path, "fill", moving.fill()).forward()
    old.tell(
        "UPDATE NguoiDan SET id = 7777 WHERE id = 3",
        "DELETE FROM NguoiDan WHERE id BETWEEN 100 AND 104",
        "INSERT INTO NguoiDan (id, HoTen, ngay_sinh) SELECT seq, 'x', 0 FROM seq_9000_to_10999",
        "INSERT INTO NguoiDan (id, HoTen, ngay_sinh) VALUES (2147480000, 'y', 0)",
        "UPDATE NguoiDan SET ghi_chu = IF(id = 11, 'b', 'a') WHERE id IN (11, 4000)",
        "SET SESSION binlog_row_image = MINIMAL",
        "UPDATE NguoiDan SET nam = 1980 WHERE id = 12",
        "INSERT INTO ledger VALUES (1, 1), (1, 2)",
        "SET SESSION foreign_key_checks = 1",
        "DELETE FROM muc WHERE id = 1",  # its children go with it, and no log says so
        "FLUSH BINARY LOGS",
    )

    facts = run(tmp_path, "switch", moving.switch()).forward().facts["last changes"]

    good = moving.verify()
    assert good.good, good.facts()
    assert facts["by"] == "log"
    assert facts["rows"] == 1 + 2000 + 1 + 2 + 1 + 2
    assert new.value("select count(*) from muc") == 0
    assert new.value("select count(*) from sen_migration.span where name = 'NguoiDan'") > 9


def test_where_the_log_does_not_tell_all_every_chunk_is_hashed(ends, tmp_path, monkeypatch):
    old, _ = ends
    moving = move(ends)
    run(tmp_path, "fill", moving.fill()).forward()
    ways = {
        "rows": ("UPDATE NguoiDan SET nam = 1971 WHERE id = 21",),
        "a statement": (
            "SET SESSION binlog_format = STATEMENT",
            "UPDATE NguoiDan SET nam = 1972 WHERE id = 22",
        ),
        "a log begun anew": ("UPDATE NguoiDan SET nam = 1973 WHERE id = 23", "RESET MASTER"),
        "rows again": ("UPDATE NguoiDan SET nam = 1974 WHERE id = 24",),
    }

    said = {}
    for name, words in ways.items():
        old.tell(*words)
        facts = step(moving.fill(), "catch up")
        said[name] = (facts["by"], facts["rows"])
    monkeypatch.setattr(log, "_LEAST_WORTH", -1)
    monkeypatch.setattr(log, "_tells_all", lambda _: False)
    old.tell("UPDATE NguoiDan SET nam = 1975 WHERE id = 25")
    told_nothing = step(moving.fill(), "catch up")

    assert said == {
        "rows": ("log", 1),
        "a statement": ("hashes", 1),
        "a log begun anew": ("hashes", 1),
        "rows again": ("log", 1),
    }
    assert (told_nothing["by"], told_nothing["rows"]) == ("hashes", 1)
    compared = [each for each in moving.verify().checks if each.name.startswith("rows")]
    assert len(compared) == 5
    assert all(not each.differences for each in compared)
