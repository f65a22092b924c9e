"""Kinds of columns that words never seen before brought up: names of the highlands, web pages."""

from __future__ import annotations

import pytest

from playbooks.text.batch import answer
from playbooks.text.column import convert
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder
from playbooks.text.foreign import guess
from playbooks.text.syllable import is_highland
from playbooks.text.viqr import decode

PEOPLE = ["Nguyễn Văn Đức", "Lò Thị Ương", "Trần Quốc Toản", "Y Thịnh Niê"]


def judged(values, declared=None):
    verdict = Detector().column(values, declared)
    return verdict.encoding, convert(values, verdict).texts


@pytest.mark.parametrize("word", ["kpă", "blíu", "brêu", "pinăng", "bhươch"])
def test_names_of_the_highlands_are_known_by_their_form(word):
    assert is_highland(word)


@pytest.mark.parametrize("word", ["été", "père", "größe", "nạve", "théâtre", "bừnh", "uyờn"])
def test_what_only_looks_like_a_name_is_none(word):
    assert not is_highland(word)


@pytest.mark.parametrize(
    "name", ["K'Brêu", "Y Blíu", "Kpă Thuyên", "KA SĂ HA THƯƠNG", "Pinăng Hằng"]
)
def test_viqr_of_a_name_of_the_highlands_is_read(name):
    assert decode(encoder("viqr")(name).decode("ascii")) == name


@pytest.mark.parametrize("text", ["data(e) are late", "he's a pro. so go.", "we'll", "f(a, b)"])
def test_english_with_marks_stays(text):
    assert decode(text) == text


def test_a_row_whose_references_are_a_name_goes_with_the_others():
    texts = [*PEOPLE, "Y Blíu"]
    values = [encoder("viscii")(PEOPLE[0]), *map(encoder("ncr"), texts[1:])]

    assert judged(values) == ("mixed", texts)


def test_a_page_in_windows_1252_with_references_is_read_whole():
    texts = ["Võ Hoài Độ", "Xã Vân Phú, H. Mỹ Xuyên", "Bão số 6", "NGUYỄN MINH TÂM"]
    values = [text.encode("cp1252", "xmlcharrefreplace") for text in texts]

    assert judged(values) == ("ncr", texts)


@pytest.mark.parametrize("old", ["tcvn3", "bkhcm2"])
def test_capitals_stored_twice_beside_old_rows_are_no_chance(old):
    twice = ["ĐƯỜNG BỘ", "ẤP 8, XÃ TÂN NINH", "ĐƯỜNG SẮT", "HÀNG KHÔNG"]
    rows = ["Đường thủy", "Nguyễn Thị Hường", "Trần Đình Phước", "Phạm Thị Ngoãn"]
    values = [text.encode().decode("latin-1").encode() for text in twice]

    found, texts = judged([*values, *map(encoder(old), rows)])

    assert (found, texts) == ("mixed", [*twice, *rows])


def test_cut_unicode_stays_unicode_though_a_table_could_read_the_cut():
    whole = ["Bản T", "Thôn L", "Bản B"]
    values = [*(text.encode() + b"\xc3" for text in whole), *map(str.encode, PEOPLE)]

    verdict = Detector().column(values)

    assert (verdict.encoding, len(verdict.doubtful)) == ("utf-8", len(whole))


def test_words_of_the_rows_in_unicode_choose_the_table_of_the_others():
    texts = ["Khô", "Ướt", "Ẩm"]
    values = [*map(str.encode, texts), *map(encoder("vps"), texts)]

    assert judged(values) == ("mixed", [*texts, *texts])


def test_russian_in_capitals_is_no_small_greek():
    assert guess(["УДАЛИТЬ ПАКЕТЫ, ТРЕБУЮЩИЕ УСТАНОВКИ".encode("koi8-r")]).codec == "koi8-r"


def test_the_reason_names_the_tables_with_the_same_bytes():
    said = answer('{"id": 1, "bytes_base64_list": ["VGnVbg=="]}', Detector())

    assert said["encoding"] == "tcvn3"
    assert "the bytes are the same text in tcvn5712-1, tcvn5712-2" in said["reason"]
