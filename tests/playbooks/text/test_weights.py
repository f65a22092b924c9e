"""What decides between tables: letters of other languages, noise, the habits of a column."""

from __future__ import annotations

import pytest

from playbooks.text import stream, viqr
from playbooks.text.column import convert
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder
from playbooks.text.language import plain_word, vietnamese, western, western_word


def judged(values, declared=None):
    verdict = Detector().column(values, declared)
    return verdict.encoding, convert(values, verdict).texts


@pytest.mark.parametrize("word", ["fenêtre", "Größe", "mañana", "où", "là", "OÙ", "não"])
def test_a_word_of_the_west_weighs_more_than_its_letters_in_disorder(word):
    assert western_word(word) > western_word(word[::-1])


def test_what_is_ascii_weighs_the_same_in_both_languages():
    assert plain_word("Quy") >= max(western_word("Quy"), vietnamese("Quy"))
    assert western("Quy-ước") < western("Quy")


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("vps", ["Quế", "Trí", "Hồng"]),
        ("vps", ["NGÕ 159 PHỐ Ỷ LAN", "NGÕ 315 PHỐ KIM MÃ"]),
        ("viscii", ["Huyền"]),
        ("tcvn5712-1", ["111/10 Ỷ Lan, xã Cái Chiên, Quảng Ninh", "Ngõ 386 phố Ỷ Lan"]),
        ("tcvn5712-2", ["150 Ỷ Lan", "Số 285 đường Ỷ Lan, xã Nam Hồng Lĩnh"]),
    ],
)
def test_few_values_tell_a_seldom_table(name, texts):
    assert judged([encoder(name)(text) for text in texts]) == (name, texts)


@pytest.mark.parametrize("table", ["vni-win", "viscii"])
def test_a_declared_font_that_is_wrong_does_not_win(table):
    texts = ["Trần Trí Dũng", "Lê Thị Huyền"]

    assert judged([encoder(table)(text) for text in texts], ".VnTime") == (table, texts)


@pytest.mark.parametrize("declared", [None, "VNI-Times", ".VnTime", "VISCII"])
@pytest.mark.parametrize("text", ["OÙ EST LA MAIRIE ?", "thé", "naïve", "Çin Halk Cumhuriyeti"])
def test_a_single_line_of_the_west_stays(text, declared):
    assert judged([text.encode("cp1252")], declared) == ("foreign", [text])


def test_one_row_of_another_era_among_many_is_found():
    old = ["Nguyễn Văn Hùng", "Trần Thị Hạnh", "Lê Hữu Đức", "Phạm Quỳnh Anh", "Vũ Đình Trọng"]
    values = [*map(encoder("vni-win"), old), encoder("tcvn3")("Đặng Thị Bắc")]

    assert judged(values) == ("mixed", [*old, "Đặng Thị Bắc"])


def test_a_stop_is_told_from_a_tone_by_the_habit_of_the_column():
    texts = [
        "Bà đã nộp đủ hồ sơ.",
        "Thủ kho giữ xe.",
        "Hộ bị mất sổ đỏ trong năm.",
        "Anh xin gia hạn hồ sơ thêm tháng.",
        "Chị làm đơn xin nghỉ phép trước ngày hẹn.",
    ]

    assert judged([encoder("viqr")(text) for text in texts]) == ("viqr", texts)


def test_a_tone_at_the_end_is_one_where_no_sentence_ends_with_a_stop():
    raw = ["xa~ Co Ma.", "xa~ Na^.m Ma.", "xa~ Chie^`ng La", "xa~ Phu' Tho."]

    said = [viqr.decode(text, viqr.habit_of(raw)) for text in raw]

    assert said == ["xã Co Mạ", "xã Nậm Mạ", "xã Chiềng La", "xã Phú Thọ"]


@pytest.mark.parametrize("text", [".bu~?''bAO", "he's", "a.m", "co'?", "we'll", "O'Neil"])
def test_passwords_and_contractions_are_no_viqr(text):
    assert judged([text.encode()]) == ("ascii", [text])


@pytest.mark.parametrize("text", ["Khu'c", "Hu?y", "Thi.nh"])
def test_one_word_of_viqr_is_enough(text):
    assert judged([text.encode()])[0] == "viqr"


def test_two_bytes_that_may_be_cut_utf8_are_an_old_letter():
    values = ["Nữ".encode(), "Bà".encode(), encoder("viscii")("Nữ"), encoder("viscii")("Mẹ")]

    assert judged(values)[1] == ["Nữ", "Bà", "Nữ", "Mẹ"]


def test_lines_and_changed_lines_are_counted_together():
    assert stream._changed("ấp\nx\n\nđò".encode()) == (3, 2)
    assert stream._changed(b"\n\n") == (2, 0)
