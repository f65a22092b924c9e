"""Columns of one table: short ones go by what the sure ones are in."""

from __future__ import annotations

import io

import pytest

from playbooks.text.delimited import convert_table, detect_table
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder
from playbooks.text.siblings import verdicts_of

NAMES = ["Nguyễn Thị Hường", "Trần Đức Thắng", "Lê Hữu Phước", "Phạm Ngọc Diệp", "Đỗ Quý Lãm"]


def coded(name, *texts):
    return [*map(encoder(name), texts)]


@pytest.mark.parametrize(
    ("name", "text"), [("bkhcm1", "tư"), ("bkhcm1", "nông"), ("vps", "bản sao"), ("viscii", "Mái")]
)
def test_a_short_column_is_read_as_its_table_is(name, text):
    short = coded(name, text)

    verdict = verdicts_of([coded(name, *NAMES), short])[1]

    assert Detector().column(short).encoding != name
    assert verdict.encoding == name
    assert "as the table's other columns" in verdict.reason


@pytest.mark.parametrize("text", ["Café", "São Paulo", "Müller", "Crème brûlée", "1 m²"])
def test_text_of_another_language_stays_in_an_old_table(text):
    columns = [coded("vni-win", *NAMES), [text.encode("cp1252")], [text.encode()]]
    assert [each.encoding for each in verdicts_of(columns)[1:]] == ["foreign", "utf-8"]


def test_columns_that_do_not_agree_tell_nothing():
    short = coded("vps", "bản sao")
    columns = [coded("vps", *NAMES), coded("tcvn3", *NAMES), short]
    assert verdicts_of(columns)[2] == Detector().column(short)


def test_a_sure_short_column_is_not_asked_again():
    columns = [coded("bkhcm1", *NAMES), coded("bkhcm1", *NAMES[1:]), coded("vps", "chồng")]
    assert verdicts_of(columns)[2].encoding == "vps"


def test_a_sure_column_of_another_table_stays():
    columns = [coded("vps", *NAMES), coded("vps", *NAMES[1:]), coded("tcvn3", *NAMES)]
    assert [each.encoding for each in verdicts_of(columns)] == ["vps", "vps", "tcvn3"]


def test_a_file_is_read_with_what_its_columns_tell_each_other():
    rows = [b"name,kind", *(encoder("bkhcm1")(name) + b"," for name in NAMES)]
    rows[1] += encoder("bkhcm1")("tư")
    target = io.BytesIO()

    convert_table(io.BytesIO(b"\n".join(rows)), target, None, keep_raw=False)

    assert target.getvalue().decode().splitlines()[1] == f"{NAMES[0]},tư"
    assert [each.encoding for each in detect_table(io.BytesIO(b"\n".join(rows)))] == ["bkhcm1"] * 2


def test_what_a_person_told_leaves_ascii_and_unicode_as_they_are():
    columns = [coded("vps", *NAMES), [name.encode() for name in NAMES], [b"HS 1", None]]

    found = verdicts_of(columns, "vni-win")

    assert [each.encoding for each in found] == ["vni-win", "utf-8", "ascii"]
