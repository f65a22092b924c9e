"""A table of the old database got columns after it was copied: the next fill brings them."""

from __future__ import annotations

import pytest

from playbooks.migration.mariadb.bringing import Bringing
from playbooks.migration.mariadb.shape import Options
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.text.encode import encoder
from stacks.problem import ProblemError
from tests.playbooks.migration.mariadb.test_move import move, run

NAME = encoder("tcvn3")("hồ sơ của phường").hex()
CHILD = (
    """CREATE TABLE dinh_kem (id int PRIMARY KEY, so varchar(12) CHARACTER SET utf8mb4, lan int,
      CONSTRAINT cua FOREIGN KEY (so, lan) REFERENCES don (so, lan)) ENGINE=InnoDB""",
    "INSERT INTO dinh_kem VALUES (1, 'D00001', 1)",
)
GROWN = (
    """ALTER TABLE don ADD COLUMN muc_do int NOT NULL DEFAULT 5 FIRST,
      ADD COLUMN ten varchar(60) CHARACTER SET latin1, ADD UNIQUE KEY moi (muc_do, so),
      ADD COLUMN loai enum('a', 'b') DEFAULT 'b'""",
    f"UPDATE don SET ten = X'{NAME}' WHERE so < 'D00300'",  # noqa: S608
    "DELETE FROM don WHERE so = 'D00002'",
    "INSERT INTO don (so, lan) VALUES ('X1', 1)",
)
BUILT = """
  select conname::text from pg_constraint where contype in ('f', 'p') and convalidated
  union select indexname::text from pg_indexes where schemaname = 'public'
"""
_FILE = "select relfilenode from pg_class where relname = 'muc'"


@pytest.fixture
def few(ends):
    """Leave the large table out."""
    ends[0].tell("DROP VIEW dan", "DROP TABLE NguoiDan", *CHILD)
    return ends


def test_a_table_that_got_columns_is_copied_anew_with_them(few, tmp_path):
    old, new = few
    moving = move(few)
    run(tmp_path, "fill", moving.fill()).forward()
    others = new.value(_FILE)
    old.tell(*GROWN, "ALTER TABLE dinh_kem ADD COLUMN trang int")
    with pytest.raises(ProblemError, match=r"don\.muc_do was added.*`sen migrate fill` again"):
        run(tmp_path, "switch", moving.switch()).forward()
    run(tmp_path, "switch", moving.switch()).back()

    run(tmp_path, "fill", moving.fill()).forward(until="tables")  # the mover is killed after it
    brought = run(tmp_path, "fill", moving.fill()).forward()
    old.tell("UPDATE don SET muc_do = 6 WHERE so = 'X1'")
    again = run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "switch", moving.switch()).forward()

    assert brought.facts["tables"]["grown"] == ["dinh_kem", "don"]
    assert {"rows", "keys", "indexes"} <= set(brought.seconds)
    assert set(again.seconds) == {"catch up", "hashes"}
    verdict = moving.verify()
    assert verdict.good, verdict.facts()
    rows = new.ask("select muc_do, ten, ten_raw, loai from don where so in ('D00001', 'X1')")
    assert sorted(map(tuple, rows), key=str) == [
        (5, "hồ sơ của phường", bytes.fromhex(NAME), "b"),
        (6, None, None, "b"),
    ]
    assert {"don_pkey", "don_moi", "dinh_kem_cua_fk"} <= {row[0] for row in new.ask(BUILT)}
    assert new.value(_FILE) == others, "a table that did not grow stays"


def test_what_people_gave_on_the_table_stays(few, tmp_path):
    old, new = few
    moving = move(few)
    run(tmp_path, "fill", moving.fill()).forward()
    new.tell("grant select on don to clerk", "create view xem as select so from don")
    old.tell(*GROWN)

    run(tmp_path, "fill", moving.fill()).forward()

    assert new.value("select has_table_privilege('clerk', 'don', 'select')")
    assert new.value("select count(*) from xem") == old.value("select count(*) from don")
    with pytest.raises(ProblemError, match="23514"):
        new.tell("update don set loai = 'c' where so = 'X1'")


def test_a_key_of_others_stops_it_and_the_rows_stay(few, tmp_path):
    old, new = few
    moving = move(few)
    run(tmp_path, "fill", moving.fill()).forward()
    key = "foreign key (so, lan) references don (so, lan)"
    new.tell(f"create table cua_ho (so text, lan int, {key})")
    old.tell("ALTER TABLE don ADD COLUMN muc_do int")

    with pytest.raises(ProblemError, match="don_pkey on table don because other objects depend"):
        run(tmp_path, "fill", moving.fill()).forward()

    assert new.value("select count(*) from don") == old.value("select count(*) from don")
    new.tell("drop table cua_ho")
    run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "switch", moving.switch()).forward()
    assert moving.verify().good


def test_fill_given_again_asks_for_all_tables_at_once(few, tmp_path, monkeypatch):
    old, new = few
    moving, asked = move(few), []
    ask = PostgresPlace.ask
    bringing = Bringing(old, new, Options())

    def counted(place: PostgresPlace, words: str, *given: object) -> object:
        asked.append(words)
        return ask(place, words, *given)

    def questions() -> int:
        run(tmp_path, "fill", moving.fill()).forward()
        with monkeypatch.context() as patched:
            patched.setattr(PostgresPlace, "ask", counted)
            asked.clear()
            assert bringing.placed()
            assert all(step.stands() for step in bringing.before_rows_change())
            assert bringing.over_rows().stands()
        return len(asked)

    before = questions()
    old.tell(*(f"CREATE TABLE them_{each} (id int PRIMARY KEY, so int)" for each in range(4)))
    old.tell(*(f"CREATE INDEX so ON them_{each} (so)" for each in range(4)))

    assert questions() == before > 0
