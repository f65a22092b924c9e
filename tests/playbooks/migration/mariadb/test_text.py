"""Text of a column is read by its encoding, odd values by their own, and goes back as it came."""

from __future__ import annotations

import pytest

from playbooks.migration.mariadb.text import Reading, stored
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder

WORDS = ("nguyễn Thị Hường", "trần Đức Lương", "phường Thượng Đình", "thành phố Hồ Chí Minh")


def values(name: str) -> list[bytes]:
    return [encoder(name)(f"{word} {number}") for number, word in enumerate(WORDS * 5)]


def read(given: list[bytes | None], declared: str) -> Reading:
    return Reading.of(Detector().column(given, declared))


@pytest.mark.parametrize("name", ["tcvn3", "vni-win", "viscii", "vps", "cp1258", "viqr", "utf-8"])
def test_a_block_says_what_its_values_say_one_by_one(name):
    given = [*values(name), None, b""]
    reading = read(given, "latin1")

    texts, odd = reading.decode(given)

    assert texts[-2:] == [None, ""]
    assert texts == [None if each is None else reading.decode_one(each) for each in given]
    assert texts[0] == "nguyễn Thị Hường 0"
    assert odd == []


def test_separators_and_line_ends_inside_values_part_nothing():
    given = [each + b"\x1f\n\n" for each in values("tcvn3")]
    reading = read(values("tcvn3"), "latin1")

    texts, _ = reading.decode(given)

    assert texts[0] == "nguyễn Thị Hường 0\x1f\n\n"


def test_rows_of_a_later_era_are_read_as_unicode():
    reading = read(values("tcvn3"), "latin1")

    texts, odd = reading.decode([*values("tcvn3"), "Ngô Thị Ất".encode()])

    assert (texts[0], texts[-1], odd) == ("nguyễn Thị Hường 0", "Ngô Thị Ất", [])


def test_bytes_that_no_letter_has_are_named():
    reading = read(values("tcvn3"), "latin1")

    _, odd = reading.decode([*values("tcvn3"), b"nguy\xd4n \x81\x9d"])

    assert odd == [20]


def test_old_bytes_that_come_into_a_unicode_column_are_not_lost():
    reading = Reading("utf-8", 1.0, "", {})

    texts, _ = reading.decode(["đúng".encode(), *values("tcvn3")])

    assert texts[:2] == ["đúng", "nguyễn Thị Hường 0"]


def test_a_column_of_two_eras_keeps_what_was_found_out():
    given = [*values("vni-win"), *(each.encode() for each in WORDS)]
    reading = read(given, "latin1")
    said = reading.exceptions_as_text()

    again = stored(reading.encoding, reading.confidence, reading.reason, reading.codec, said)

    assert again == reading
    assert again.decode(given)[0][:1] + again.decode(given)[0][-1:] == [
        "nguyễn Thị Hường 0",
        "thành phố Hồ Chí Minh",
    ]


def test_unchanged_text_goes_back_as_the_same_bytes():
    reading = read(values("tcvn3"), "latin1")

    same = reading.encode("nguyễn Thị Hường 0", values("tcvn3")[0])
    capital = reading.encode("Ánh", None)
    lacking = reading.encode("Łê", None)

    assert same == (values("tcvn3")[0], True)
    assert reading.decode_one(capital[0]) == "Ánh"
    assert capital[1]
    assert lacking == (b"&#321;" + encoder("tcvn3")("ê"), False)
    assert reading.decode_one(lacking[0]) == "Łê"
