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


def test_a_table_that_is_changed_while_it_is_copied_is_named_and_goes_on_once_mended(few, tmp_path):
    old, new = few
    moving = move(few)
    run(tmp_path, "fill", moving.fill()).forward(until="rows")
    old.tell(
        "ALTER TABLE don ADD COLUMN muc_do int DEFAULT 5",
        "INSERT INTO don (so, lan) VALUES ('X1', 1)",
    )

    with pytest.raises(ProblemError, match=r"the column don\.muc_do was added") as caught:
        run(tmp_path, "fill", moving.fill()).forward()
    words = str(caught.value.problems[0].values["words"])
    assert words == 'alter table "public"."don" add column "muc_do" integer'
    new.tell(f"{words} default 5")
    run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "switch", moving.switch()).forward()

    old.tell("CREATE TABLE moi (id int PRIMARY KEY) ENGINE=InnoDB")
    with pytest.raises(ProblemError, match="the table moi was made after"):
        run(tmp_path, "fill", moving.fill()).forward()
    old.tell("DROP TABLE moi")
    assert moving.verify().good
    assert new.value("select muc_do from don where so = 'X1'") == 5
