"""What is Unicode already stays; what was stored twice, or as references, does not."""

from __future__ import annotations

import pytest

from playbooks.text.column import convert
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder

ROWS = ["Nguyễn Văn Được", "xã Phước Thạnh", "Đặng Hữu Nghĩa", "huyện Củ Chi", "tỉnh An Giang"]


def judged(values, declared=None):
    verdict = Detector().column(values, declared)
    return verdict.encoding, convert(values, verdict).texts


@pytest.mark.parametrize("beside", [[], ROWS])
@pytest.mark.parametrize("declared", [None, "VISCII", ".VnTime", "VNI-Times", "latin1"])
@pytest.mark.parametrize(
    "text",
    ["120 m²", "5 km²", "m³", "25°C", "±5", "5 µm", "10 €", "½", "“mới”", "Café Noël", "Müller",
     "Łódź", "日本", "François", "Sen®", "TÜV 2 × 3", "\u00d0oan Thanh"],
)  # fmt: skip
def test_signs_and_names_of_other_languages_stay(text, declared, beside):
    texts = [*beside, text]

    assert judged([each.encode() for each in texts], declared) == ("utf-8", texts)


@pytest.mark.parametrize(
    "text",
    ["Võ Thanh Hoài\xa0", "Võ Duy Hoàng …", "Remote location — only", "– Tạ Thị Bé", "•\xa0Võ"],
)
@pytest.mark.parametrize("old", ["cp1258", "tcvn3", "vni-win"])
def test_signs_at_the_edges_of_words_do_not_make_a_row_old(text, old):
    beside = ["Nguyễn Văn Được", "Trần Thị Bích Hường", "Lê Quỳnh Ngọc Ánh"]
    rows = [*[each.encode() for each in beside], *map(encoder(old), beside)]

    assert judged([text.encode(), *rows])[1][0] == text


def test_unicode_stays_beside_more_rows_of_other_bytes_than_are_few():
    texts = ["Nguyễn Văn Được", "Trần Thị Hường", "Lê Ánh"]

    done = judged([*[each.encode() for each in texts], b"\xcc\x18\x86;\x88", b"\x81\x03"])[1]

    assert done[:3] == texts


def test_rows_that_were_stored_twice_are_undone_among_sound_ones():
    stored = "".join(chr(byte) for byte in encoder("tcvn3")("Bến Tre, Quảng Ngãi")).encode()
    again = "".join(chr(byte) for byte in encoder("tcvn3")("Lạng Sơn, Trà Vinh")).encode()
    values = [*(row.encode() for row in ROWS), stored, again]

    assert judged(values) == ("mixed", [*ROWS, "Bến Tre, Quảng Ngãi", "Lạng Sơn, Trà Vinh"])


def test_a_row_without_a_known_word_goes_with_all_the_others():
    texts = [*ROWS, "Ă-ru-ba"]
    values = [encoder("double:utf-8")(text) for text in texts]

    assert judged(values) == ("double:utf-8", texts)


@pytest.mark.parametrize("table", ["utf-8", "tcvn3", "vni-win"])
def test_references_among_other_rows_are_an_era_of_their_own(table):
    values = [*map(encoder(table), ROWS), encoder("ncr")("Thành phố Cần Thơ"), b"a &amp; b"]

    assert judged(values) == ("mixed", [*ROWS, "Thành phố Cần Thơ", "a &amp; b"])


def test_references_of_another_language_stay():
    values = [*(row.encode() for row in ROWS), b"caf&#233; fran&#231;ais"]

    assert judged(values) == ("utf-8", [*ROWS, "caf&#233; fran&#231;ais"])


@pytest.mark.parametrize(
    "value", [b"\x01\x00\x00\x00\xd5\xff\x00\x00", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\xe5", b"a\0b"]
)
def test_numbers_and_images_are_no_text(value):
    assert judged([value])[0] == "unknown"


def test_zero_bytes_behind_a_value_are_padding():
    assert judged([encoder("vni-win")(row) + b"\0\0" for row in ROWS])[0] == "vni-win"
