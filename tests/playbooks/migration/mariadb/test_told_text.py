"""What a real database remembers of its old text is what the report of its wave tells."""

from __future__ import annotations

from sen.evidence.chain import Chain
from sen.evidence.record import Act
from sen.migration.text import ACT, seen, told
from tests.playbooks.migration.mariadb.conftest import ROWS
from tests.playbooks.migration.mariadb.test_move import move, run


def test_columns_of_old_text_are_told_and_rows_that_need_a_person(ends, tmp_path):
    moving = move(ends)
    assert seen(moving) is None, "before the filling it remembers nothing"
    old, _ = ends
    old.tell("INSERT INTO nhat_ky VALUES (X'81FE81', '2026-02-30 00:00:00')")
    run(tmp_path, "fill", moving.fill()).forward()

    found = seen(moving)

    (record,) = Chain(tmp_path / "chain.jsonl").append(Act(ACT, "an", "w1/so", found))
    text = told(record)
    columns = {f"{each.table}.{each.column}": each for each in text.columns}
    name, place = columns["NguoiDan.HoTen"], columns["NguoiDan.dia_chi"]
    assert (name.encoding, place.encoding) == ("tcvn3", "vni-win")
    assert (name.rows, 900 < name.confidence <= 1000) == (ROWS, True)
    assert text.plain > 0
    assert "don.noi_dung" not in columns
    assert sum(text.doubts.values()) == len(text.named)
