"""Rows become lines of COPY's text format alike, whether the server joined them or not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.migration.mariadb.catalogue import Column, Table
from playbooks.migration.mariadb.lines import Lines, composed, fields
from playbooks.migration.mariadb.planning import plan
from playbooks.migration.mariadb.read import NOTHING, Block, _told, opened
from playbooks.migration.mariadb.shape import Options
from playbooks.migration.mariadb.text import SEPARATOR, Reading
from playbooks.text.encode import encoder

NAME = Column("ho_ten", "varchar", "varchar(120)", nullable=True, charset="latin1", length=120)
TCVN3 = {"ho_ten": Reading("tcvn3", 1.0, "", {})}
TABLE = Table("nguoi_dan", "MyISAM", 1, 1, (NAME,), (), (), ())
PLAN = plan(TABLE, TCVN3, Options())
ODD = [b"\\", b"\t", b"\n", b"\r", b"\x1f", b"\\N", b"N", b"a", b"\xe1", b"\xb5", b"\x81", NOTHING]
PIECES = st.lists(st.sampled_from(ODD), max_size=5).map(b"".join)


def joined(values: list[bytes | None]) -> Block | None:
    """Give what the server's answer is taken for."""
    data = SEPARATOR.join(NOTHING if each is None else each for each in values)
    count = sum(each is not None for each in values)
    plain = b"\n" * (len(values) - 1)
    told = _told(PLAN, [len(values), plain, count, data], 1 << 20)
    return told and opened(told)


def one_by_one(values: list[bytes | None]) -> Block:
    return Block(len(values), "", [b""] * len(values), {"ho_ten": values})


def rows(block: Block) -> list[list[str | None]]:
    return [fields(line) for line in composed(PLAN, TCVN3, block).lines]


@pytest.mark.parametrize("make", [joined, one_by_one])
def test_text_bytes_and_nothing_stand_side_by_side(make):
    name = encoder("tcvn3")("Nguyễn thị Hường")

    found = rows(make([name, None, b"", b"Lan", b"\\N\t\r\n"]))

    assert found == [
        ["Nguyễn thị Hường", "\\x" + name.hex()],
        [None, None],
        ["", None],
        ["Lan", None],
        ["\\N\t\r\n", None],
    ]


@given(st.lists(st.none() | PIECES, min_size=1, max_size=6))
def test_a_row_is_its_own_whatever_bytes_it_has(values):
    if len(values) > 1 and (block := joined(values)) is not None:
        assert block.values["ho_ten"] == values
        assert composed(PLAN, TCVN3, block) == composed(PLAN, TCVN3, one_by_one(values))
    found = rows(one_by_one(values))
    assert [raw for _, raw in found] == [
        None if each is None or each.isascii() else "\\x" + each.hex() for each in values
    ]
    assert [text is None for text, _ in found] == [each is None for each in values]


def test_a_single_row_of_an_empty_text_is_a_row():
    found = composed(PLAN, {"ho_ten": Reading("utf-8", 1.0, "", {})}, one_by_one([b""]))

    assert found.lines == ["\t\\N"]
    assert Lines(b"", 1).lines == [""]
    assert Lines(b"", 0).lines == ()


def test_halves_keep_all_rows_in_order():
    first, second = Lines(b"1\n2\n3", 3).halves()

    assert [*first.lines, *second.lines] == ["1", "2", "3"]
    assert (first.rows, second.rows) == (1, 2)
