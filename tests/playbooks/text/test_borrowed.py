"""VIQR beyond our syllables: names of other languages, stops, quotes, what else ASCII holds."""

from __future__ import annotations

import pytest

from playbooks.text.borrowed import is_borrowed
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder
from playbooks.text.viqr import decode


@pytest.mark.parametrize(
    "text",
    [
        "Xtôkhôm và Xlôvakia",
        "thuốc ămpixilin",
        "Kênh Xtrasbua (Pháp)",
        "XLÔVAKIA",
        "Ăngtigoa-Bácbuđa",
        "đang xem lại...",
        "chờ tiếp...",
        "gửi bằng e-mail, API.",
        "gõ phím 'ide'.",
        "biểu thức (xem 'chú').",
        "lúc 8 a.m. và 5 p.m.",
        "Kênh Pragsbênh",
        "Ủy ban",
    ],
)
def test_viqr_is_read_where_no_syllable_of_ours_stands(text):
    assert decode(encoder("viqr")(text).decode("ascii")) == text


@pytest.mark.parametrize(
    ("coded", "text"),
    [
        ("co^ng ty", "công ty"),
        ("ho+.p le^.", "hợp lệ"),
        ("ddo+n vi.", "đơn vị"),
        ("ho^` so+.", "hồ sơ."),
    ],
)
def test_the_dot_after_a_word_of_two_syllables_is_told_by_the_word(coded, text):
    assert decode(coded) == text


@pytest.mark.parametrize("coded", ["vu....", "vu. ..."])
def test_a_tone_before_an_ellipsis_stays_one(coded):
    assert decode(coded).startswith("vụ")


@pytest.mark.parametrize(
    "text",
    [
        "e^x",
        "f(a(b))",
        "data(e)",
        "we'll",
        "they're",
        "isn't",
        "o'clock",
        "C++",
        "a+b=u+c",
        "qu'il",
    ],
)
def test_signs_of_code_and_english_are_no_marks(text):
    assert not is_borrowed(text)
    assert decode(text) == text


@pytest.mark.parametrize(
    "value",
    ["ru't tie^`n", "nho'm", "lo.c mu.c", "cha.y ta.m", "DDang in", "U?y ban", "TA.P HO.P"],
)
def test_few_words_with_a_mark_inside_are_viqr(value):
    assert Detector().column([value.encode()]).encoding == "viqr"


@pytest.mark.parametrize(
    "values",
    [
        ["don't", "can't", "I'm late"],
        ["U.S.A", "main.c", "foo.o", "x.y.z"],
        ["a.m.", "etc.", "DDE", "DDoS"],
        ["ma.in", "index.html"],
        ["ddong tien", "di dong"],
    ],
)
def test_english_files_and_abbreviations_are_not_viqr(values):
    assert Detector().column([value.encode() for value in values]).encoding == "ascii"
