"""An old MariaDB database becomes PostgreSQL in Unicode, and what is written there comes back."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from playbooks.migration.mariadb import memory
from playbooks.migration.mariadb.inspect import concerns
from playbooks.migration.mariadb.move import MariadbToPostgres
from playbooks.migration.mariadb.shape import Options
from playbooks.migration.steps import GateClosedError, Journal, Run, Step
from playbooks.text.encode import encoder
from stacks.problem import ProblemError
from tests.playbooks.migration.mariadb.conftest import ROWS, Ends, Writer


def run(folder: Path, name: str, steps: list[Step]) -> Run:
    journal = Journal(folder / f"{name}.jsonl")
    return Run(name, steps, journal, lambda *_: None, now=lambda: dt.datetime.now(dt.UTC))


def move(ends: Ends, **options: object) -> MariadbToPostgres:
    return MariadbToPostgres(ends[0].database, *ends, Options(rows_a_chunk=700, **options))


def write_until(writers: list[Writer], more: int) -> None:
    wanted = [len(each.acknowledged) + more for each in writers]
    while not all(len(w.acknowledged) >= n for w, n in zip(writers, wanted, strict=True)):
        writers[0].over.wait(0.02)


def test_old_text_arrives_in_unicode_and_every_type_as_it_should(ends, tmp_path):
    _, new = ends
    moving = move(ends)

    run(tmp_path, "fill", moving.fill()).forward()
    facts = run(tmp_path, "switch", moving.switch()).forward().facts

    row = new.ask("select * from nguoidan where id = 2")[0]
    assert dict(row) == {
        "id": 2,
        "hoten": "trần Đức Lương 1",
        "hoten_raw": encoder("tcvn3")("trần Đức Lương 1"),
        "dia_chi": "số 1 phố Nguyễn Trãi, quận Thanh Xuân",
        "dia_chi_raw": encoder("vni-win")("số 1 phố Nguyễn Trãi, quận Thanh Xuân"),
        "ghi_chu": "a\\b\tc\n1\r",
        "ghi_chu_raw": None,
        "ngay_sinh": dt.date(1969, 2, 3),
        "sua": dt.datetime(2001, 2, 3, 4, 5, 6, 789000),  # noqa: DTZ001 - it has none
        "tao": dt.datetime(2001, 2, 3, 4, 5, 6, tzinfo=dt.UTC),
        "con_song": True,
        "muc": 1,
        "loai": "hộ nghèo",
        "quyen": "doc,ghi",
        "le_phi": pytest.approx(1.5),
        "do_cao": pytest.approx(1 / 3, rel=1e-6),
        "do_dai": 1 / 7,
        "anh": b"\x00\xff\x1f\n\\",
        "co": row["co"],
        "nam": 1999,
        "gio": dt.time(12, 34, 56, 780000),
        "lon": 18446744073709551615,
    }
    assert row["co"].as_string() == "0010 1"
    first = new.ask("select ngay_sinh, ghi_chu from nguoidan where id = 1")[0]
    assert tuple(first) == (None, None)
    assert new.value("select noi_dung from don where so = 'D00007'") == "Đơn số 7 😀 về đường sá"
    assert new.value("select viec from nhat_ky limit 1") == "việc của phường"
    assert new.value("insert into nguoidan (hoten) values ('Mới') returning id") == ROWS + 1
    assert (facts["keys hold"]["foreign_keys"], facts["keys hold"]["sequences"]) == (1, 1)
    columns = "select count(*) from information_schema.columns where column_name like '%\\_raw'"
    before = new.value(columns)
    run(tmp_path, "finish", moving.finish()).forward()
    gone = dataclasses.replace(moving.source, port=1)
    after = dataclasses.replace(moving, source=gone)
    run(tmp_path, "release", after.release()).forward()
    run(tmp_path, "again", after.release()).forward()
    assert (before, new.value(columns)) == (4, 0)
    assert new.value("select to_regnamespace('sen_migration')") is None


def test_all_rows_are_compared_and_a_changed_one_is_named(ends, tmp_path):
    _, new = ends
    moving = move(ends)
    run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "switch", moving.switch()).forward()

    good = moving.verify()
    new.tell(
        "update nguoidan set hoten = 'khác' where id = 9",
        "delete from don where so = 'D00003'",
        "insert into nhat_ky values ('thêm')",
    )
    bad = moving.verify()

    assert good.good, good.facts()
    assert sum(each.looked_at for each in good.checks if each.name.startswith("rows")) == ROWS + 653
    found = {(each.where, each.what) for check in bad.checks for each in check.differences}
    assert found == {
        ("nguoidan (9)", "changed"),
        ("don (D00003, 1)", "missing"),
        ("nhat_ky (row without a key)", "extra"),
    }


def test_forth_and_back_under_writers_without_a_lost_row(ends, writers, tmp_path):
    old, new = ends
    moving = move(ends)
    write_until(writers, 5)
    run(tmp_path, "fill", moving.fill()).forward()
    write_until(writers, 5)
    run(tmp_path, "switch", moving.switch()).forward()
    assert moving.verify().good
    new.tell("grant all on all tables in schema public to clerk")
    for each in writers:
        each.place = new
    write_until(writers, 20)
    run(tmp_path, "back", moving.back()).forward()
    for each in writers:
        each.place = old
    write_until(writers, 5)

    for each in writers:
        rows = old.ask("SELECT number FROM ledger WHERE writer = %s", each.number)
        assert set(each.acknowledged) <= {row[0] for row in rows}


def test_what_is_written_there_comes_back_in_the_old_bytes(ends, tmp_path):
    old, new = ends
    moving = move(ends)
    run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "switch", moving.switch()).forward()
    new.tell(
        "update nguoidan set hoten = 'Võ Thị ÁNH', le_phi = 7 where id = 11",
        "update nguoidan set dia_chi = 'Łódź' where id = 12",
        "update nguoidan set le_phi = 8 where id = 6",
        "delete from nguoidan where id = 13",
        "insert into nguoidan (hoten, anh, co) values ('người mới', '\\x0a5c27', B'00001')",
        "delete from nhat_ky",
        "insert into nhat_ky values ('ghi ở nơi mới')",
        "update don set noi_dung = 'sửa 😀 \\ ''' where so = 'D00005'",
        "update muc set cha = 1 where id = 3",
    )

    facts = run(tmp_path, "back", moving.back()).forward().facts["return"]

    counted = {name: facts[name] for name in ("inserted", "updated", "deleted", "letters")}
    assert counted == {"inserted": 2, "updated": 5, "deleted": 51, "letters": 1}
    names = dict(old.ask("SELECT id, CAST(HoTen AS BINARY) FROM NguoiDan WHERE id IN (11, 5001)"))
    assert names == {
        11: encoder("tcvn3")("Võ Thị ÁNH"),
        ROWS + 1: encoder("tcvn3")("người mới"),
    }
    assert (
        old.value("SELECT CAST(dia_chi AS BINARY) FROM NguoiDan WHERE id = 12")
        == b"&#321;o\xf9d&#378;"
    )
    assert old.value("SELECT COUNT(*) FROM NguoiDan WHERE ngay_sinh = 0 AND id IN (6, 5001)") == 2
    assert old.value("SELECT anh FROM NguoiDan WHERE id = 5001") == b"\n\\'"
    assert old.ask("SELECT CAST(viec AS BINARY) FROM nhat_ky") == [
        (encoder("tcvn3")("ghi ở nơi mới"),)
    ]
    assert old.value("SELECT noi_dung FROM don WHERE so = 'D00005'") == "sửa 😀 \\ '"
    assert old.value("SELECT cha FROM muc WHERE id = 3") == 1
    assert [each.about for each in memory.aside(new, ["letters"])] == ["nguoidan (12)"]
    old.tell("INSERT INTO nhat_ky VALUES ('again', NULL)")  # nothing keeps the source closed


def test_after_the_way_back_it_may_be_switched_to_again(ends, tmp_path):
    old, new = ends
    moving = move(ends)
    run(tmp_path, "fill", moving.fill()).forward()
    run(tmp_path, "switch", moving.switch()).forward()
    new.tell("update nguoidan set hoten = 'lần một' where id = 3")
    run(tmp_path, "back", moving.back()).forward()
    old.tell(
        "DELETE FROM NguoiDan WHERE id = 4",
        "INSERT INTO don VALUES ('X', 1, 'mới', NULL, NULL)",
        "INSERT INTO NguoiDan (id, HoTen, ngay_sinh) VALUES (9000, 'x', 0)",
    )

    facts = run(tmp_path, "again", moving.switch()).forward().facts["last changes"]

    assert moving.verify().good
    assert new.value("select hoten from nguoidan where id = 3") == "lần một"
    assert new.value("select count(*) from don") == 601
    assert facts["changed"] < facts["chunks"]
    new.tell("delete from nguoidan where id = 5")
    run(tmp_path, "once more", moving.back()).forward()
    assert old.value("SELECT COUNT(*) FROM NguoiDan WHERE id IN (4, 5)") == 0


def test_a_follow_up_copies_changed_rows_only_and_giving_up_opens_the_source(ends, tmp_path):
    old, _ = ends
    moving = move(ends)
    run(tmp_path, "fill", moving.fill()).forward()

    quiet = run(tmp_path, "one", moving.switch()).forward("last changes").facts["last changes"]
    old.tell("UPDATE NguoiDan SET HoTen = 'y' WHERE id = 2000")
    switching = run(tmp_path, "two", moving.switch())
    moved = switching.forward("last changes").facts["last changes"]
    frozen = old.value("SELECT @@global.read_only")
    switching.back()

    assert (quiet["changed"], quiet["rows"]) == (0, 0)
    assert (moved["changed"], moved["rows"]) == (1, 1)
    assert (frozen, old.value("SELECT @@global.read_only")) == (1, 0)


def test_rows_that_the_target_refuses_are_named_and_close_the_switch(ends, tmp_path):
    old, new = ends
    old.tell("UPDATE NguoiDan SET ghi_chu = X'6100' WHERE id = 77")
    moving = move(ends)
    run(tmp_path, "fill", moving.fill()).forward()

    with pytest.raises(GateClosedError, match=r"nguoidan \(77\)"):
        run(tmp_path, "switch", moving.switch()).forward()

    assert [(each.kind, each.about) for each in memory.aside(new, ["refused"])] == [
        ("refused", "nguoidan (77)")
    ]
    assert new.value("select count(*) from nguoidan") == ROWS - 1
    old.tell("UPDATE NguoiDan SET ghi_chu = 'a' WHERE id = 77")
    run(tmp_path, "mended", moving.switch()).forward()
    assert moving.verify().good


def test_what_stands_in_the_way_is_named_before_anything_is_touched(ends):
    old, new = ends
    new.tell("create table somebody (id int)")
    old.tell("CREATE TABLE don_cu (Ten int, TEN2 int, gen int AS (Ten + 1) VIRTUAL)")
    old.tell("CREATE TABLE DON (a int)")

    found = {(each.problem.key, each.blocks) for each in concerns(old, new, Options(), room=1000)}

    assert found >= {
        ("database-not-empty", True),
        ("database-too-small", True),
        ("mariadb-same-name", True),
        ("mariadb-no-key", False),
        ("mariadb-not-converted", False),
        ("mariadb-case", False),
        ("mariadb-computed", False),
    }
    with pytest.raises(ProblemError):
        move(ends).fill()[0].do(None)
    assert not memory.made(new)
