"""Rows that are no text, and zeros that fill a field, leave the rest of a column as it is."""

from __future__ import annotations

import pytest

from playbooks.text.column import convert
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder
from playbooks.text.language import frequencies
from tests.playbooks.text.test_detect import NAMES, PLACES

TEXTS = [*NAMES, *PLACES]
BYTES = b"\xcc\x18\x86;\x88"
LETTERS = ["ĐẲNG CẤP", "Ẵm con", "Cầu Ỷ Lan", "Bùi Ỵ"]  # control codes in VISCII, VPS, VN1


def judged(values):
    verdict = Detector().column(values)
    return verdict.encoding, convert(values, verdict)


@pytest.mark.parametrize("name", ["utf-8", "vni-win", "cp1258", "viqr"])
def test_one_row_of_other_bytes_leaves_the_others_what_they_are(name):
    values = [text.encode() if name == "utf-8" else encoder(name)(text) for text in TEXTS]

    found, done = judged([*values, BYTES])

    assert (found, done.texts[:-1], done.doubtful) == (name, TEXTS, [len(TEXTS)])
    assert done.texts[-1] == "Ì\x18†;ˆ"  # as it stands: no byte is lost


def test_few_are_counted_by_rows():
    values = ["Nữ".encode()] * 9 + ["Đã kết hôn".encode()] * 9

    found, done = judged([*values, BYTES])

    assert (found, done.texts[:-1]) == ("utf-8", [value.decode() for value in values])


def test_a_control_code_between_letters_of_utf8_is_no_reason():
    texts = [*TEXTS, "Cỡ giấy\x04A3×6"]
    values = [text.encode().decode("latin-1").encode() for text in texts]

    assert judged(values)[1].texts == texts


def test_references_too():
    values = [text.encode("ascii", "xmlcharrefreplace") for text in TEXTS]

    found, done = judged([*values, BYTES])

    assert (found, done.texts[:-1]) == ("ncr", TEXTS)


@pytest.mark.parametrize("name", ["viscii", "vps", "tcvn5712-1"])
def test_control_codes_that_are_letters_stay_letters(name):
    texts = [*TEXTS * 3, *LETTERS]

    found, done = judged(list(map(encoder(name), texts)))

    assert (found, done.texts, done.doubtful) == (name, texts, [])


def test_letters_that_were_stored_twice_are_no_control_codes():
    texts = [*TEXTS * 3, *LETTERS]
    values = [encoder("tcvn5712-1")(text).decode("cp1252").encode() for text in texts]

    found, done = judged(values)

    assert (found, done.texts, done.doubtful) == ("double:tcvn5712-1", texts, [])


@pytest.mark.parametrize("name", ["utf-8", "tcvn3", "vni-win", "viscii", "viqr"])
def test_zeros_at_the_end_fill_a_field(name):
    values = [text.encode() if name == "utf-8" else encoder(name)(text) for text in TEXTS]

    found, done = judged([value.ljust(80, b"\0") for value in values])

    zeros = [80 - len(value) for value in values]
    assert found == name
    assert done.texts == [text + "\0" * each for text, each in zip(TEXTS, zeros, strict=True)]


def test_a_control_code_inside_small_letters_is_no_capital():
    texts = [*TEXTS * 3, "Stock label\x04Preferences"]

    found, done = judged(list(map(encoder("tcvn3"), texts)))

    assert (found, done.texts) == ("tcvn3", texts)


def test_one_capital_of_vn1_among_small_letters_is_read():
    common = sorted(frequencies(), key=frequencies().__getitem__, reverse=True)
    words = [word for word in common if not word.isascii()][:1000]  # none with capitals
    notes = [" ".join(words[at : at + 10]) for at in range(0, len(words), 10)]
    texts = [*notes, "cùng Hải sang Úc ôn thi"]

    assert judged(list(map(encoder("tcvn5712-1"), texts)))[1].texts == texts


def test_a_column_of_such_rows_is_no_text():
    assert judged([BYTES, b"\x01\x02\xff", b"\xf0\x1f\x05", b"\x81\x03"])[0] == "unknown"
