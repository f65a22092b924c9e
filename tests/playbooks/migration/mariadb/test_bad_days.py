"""Old databases that change under the copy, and keys that point at each other."""

from __future__ import annotations

import dataclasses

import pytest

from playbooks.migration.mariadb.shape import Options
from playbooks.migration.steps import GateClosedError
from playbooks.migration.verify.questions import questions
from playbooks.text.encode import encoder
from stacks.problem import ProblemError
from tests.playbooks.migration.mariadb.conftest import NAMES
from tests.playbooks.migration.mariadb.test_move import move, run

CIRCLE = (
    "CREATE TABLE phong (id int PRIMARY KEY, truong int) ENGINE=InnoDB",
    """CREATE TABLE nguoi (id int PRIMARY KEY, phong int,
      FOREIGN KEY (phong) REFERENCES phong (id)) ENGINE=InnoDB""",
    "ALTER TABLE phong ADD FOREIGN KEY (truong) REFERENCES nguoi (id)",
    "INSERT INTO phong VALUES (1, NULL)",
    "INSERT INTO nguoi VALUES (1, 1)",
    "UPDATE phong SET truong = 1",
)


@pytest.fixture
def few(ends):
    """Leave the large table out: what is tried here is elsewhere."""
    ends[0].tell("DROP VIEW dan", "DROP TABLE NguoiDan")
    return ends


def test_keys_of_two_tables_in_a_circle_are_built(few, tmp_path):
    old, new = few
    old.tell(*CIRCLE)
    moving = move(few)

    run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "switch", moving.switch()).forward()

    asked = "select count(*) from pg_constraint where contype = 'f' and convalidated"
    assert new.value(asked) == 3, "the circle, and a table that points at itself"
    assert moving.verify().good


def test_text_that_nobody_can_read_closes_the_switch_until_a_person_accepts_it(few, tmp_path):
    old, new = few
    names = [encoder("tcvn3")(f"{NAMES[each % 5]} {each}") for each in range(60)]
    rows = ", ".join(f"(X'{each.hex()}', NULL)" for each in (*names, b"a\xa0\xffb"))
    old.tell("DELETE FROM nhat_ky", f"INSERT INTO nhat_ky VALUES {rows}")  # noqa: S608
    moving = move(few)
    run(tmp_path, "fill", moving.fill()).forward()

    with pytest.raises(GateClosedError, match="`accept` in the order"):
        run(tmp_path, "switch", moving.switch()).forward()
    asked = {
        "letters": "select count(*), max(lan) from don",
        "last": "select viec, luc from nhat_ky where 1 = 0",
        "sum": "select sum(lan) * 1.50 from don",
    }
    accepting = dataclasses.replace(moving, options=Options(accepted=frozenset({"text"})))
    run(tmp_path, "again", accepting.switch()).forward()

    assert dataclasses.replace(accepting, queries=asked).verify().good
    new.tell("update don set lan = 2 where so = 'D00001'")
    wrong = questions(old, new, asked)
    assert {each.where for each in wrong.differences} == {"letters", "sum"}


NAME = encoder("tcvn3")("hồ sơ của phường").hex()
MEANWHILE = (
    """CREATE TABLE Ho_so (id int AUTO_INCREMENT PRIMARY KEY, ten varchar(60), lan int,
      so varchar(12) CHARACTER SET utf8mb4, UNIQUE KEY ten (ten), KEY so (so, lan),
      CONSTRAINT cua FOREIGN KEY (so, lan) REFERENCES don (so, lan))
      ENGINE=InnoDB DEFAULT CHARSET=latin1""",
    f"INSERT INTO Ho_so VALUES (7, X'{NAME}', 1, 'D00001'), (9, NULL, NULL, NULL)",  # noqa: S608
    "CREATE TABLE khong_khoa (viec varchar(20)) ENGINE=MyISAM",
    "CREATE TABLE nhanh (id int PRIMARY KEY) ENGINE=InnoDB",
    "INSERT INTO nhanh VALUES (1), (2), (3)",
    "ALTER TABLE muc ADD CONSTRAINT nhanh FOREIGN KEY (id) REFERENCES nhanh (id)",
    "CREATE INDEX lan ON don (lan)",
)
BUILT = """
  select conname::text from pg_constraint where contype in ('f', 'p') and convalidated
  union select indexname::text from pg_indexes where schemaname = 'public'
"""


def test_tables_made_after_the_copy_are_brought_by_the_next_fill(few, tmp_path):
    old, new = few
    moving = move(few)
    run(tmp_path, "fill", moving.fill()).forward()
    old.tell(*MEANWHILE)
    with pytest.raises(ProblemError, match=r"table Ho_so was made after.*`sen migrate fill` again"):
        run(tmp_path, "switch", moving.switch()).forward()
    run(tmp_path, "switch", moving.switch()).back()

    run(tmp_path, "fill", moving.fill()).forward(until="tables")  # the mover is killed after it
    brought = run(tmp_path, "fill", moving.fill()).forward()
    old.tell("INSERT INTO Ho_so (id) VALUES (12)", "DELETE FROM Ho_so WHERE id = 9")
    again = run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "switch", moving.switch()).forward()

    assert set(brought.seconds) == {"rows", "keys", "catch up", "indexes", "hashes"}
    assert set(again.seconds) == {"catch up", "hashes"}
    verdict = moving.verify()
    assert verdict.good, verdict.facts()
    names = {each.name: each.looked_at for each in verdict.checks}
    assert [names[f"rows of {each}"] for each in ("ho_so", "khong_khoa", "nhanh")] == [2, 0, 3]
    built = {row[0] for row in new.ask(BUILT)}
    assert {"ho_so_pkey", "ho_so_ten", "ho_so_so", "ho_so_cua_fk", "muc_nhanh_fk"} <= built
    assert "don_lan" in built
    rows = new.ask("select id, ten, ten_raw from ho_so order by id")
    assert [tuple(each) for each in rows] == [
        (7, "hồ sơ của phường", bytes.fromhex(NAME)),
        (12, None, None),
    ]
    assert new.value("insert into ho_so (ten) values ('sau') returning id") == 13
