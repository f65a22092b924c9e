"""Which encoding a column is in, from one value to many."""

from __future__ import annotations

import itertools
import unicodedata

import pytest

from playbooks.text.column import convert
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder

NAMES = ["Nguyễn Văn Được", "Trần Thị Bích Hường", "Đặng Hữu Nghĩa", "Lê Quỳnh Ngọc Ánh"]
PLACES = ["xã Phước Thạnh, huyện Củ Chi", "số 12 ngõ 5, phường Cửa Nam, Hà Nội", "tỉnh Đắk Lắk"]
TITLES = ["Quyết định số 15/QĐ-UBND", "Thông báo về việc nghỉ Tết", "SỞ NỘI VỤ TỈNH AN GIANG"]
NOISE = ["a.b@tinh.gov.vn", "https://x.gov.vn/?q=1", "0912345678", "12/05/2003", "", "KH-00012"]
TABLES = ("vni-win", "viscii", "vps", "bkhcm1", "bkhcm2", "cp1258", "tcvn5712-1")


def judged(values, declared=None):
    verdict = Detector().column(values, declared)
    return verdict.encoding, convert(values, verdict)


def encoded(name, values):
    return [value if value is None else encoder(name)(value) for value in values]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("texts", [NAMES, PLACES, TITLES, NAMES + NOISE])
def test_a_column_is_read_by_its_own_table(name, texts):
    found, done = judged(encoded(name, texts))

    tied = name == "tcvn5712-1" and texts is PLACES  # small letters: the same bytes in TCVN3
    assert (found, done.texts, done.doubtful) == ("tcvn3" if tied else name, texts, [])


@pytest.mark.parametrize("texts", [NAMES, PLACES, TITLES, [*NAMES, None, *NOISE]])
def test_tcvn3_gets_its_capitals_back(texts):
    found, done = judged(encoded("tcvn3", texts))

    assert (found, done.texts) == ("tcvn3", texts)


@pytest.mark.parametrize("text", NAMES + PLACES[:2])
@pytest.mark.parametrize("name", ["vni-win", "tcvn3", "viscii", "vps"])
def test_one_value_is_enough(name, text):
    assert judged(encoded(name, [text]))[0] == name


@pytest.mark.parametrize("font", [".VnTimeH", ".VnArialH", "tcvn3-h"])
def test_a_capital_font_makes_capitals_but_of_addresses(font):
    found, done = judged([*encoded("tcvn3", ["hà nội"]), b"a@b.vn"], font)

    assert (found, done.texts) == ("tcvn3-h", ["HÀ NỘI", "a@b.vn"])


def test_two_byte_capitals_and_lost_ones_are_the_same_heading():
    lost = encoded("tcvn3", ["CỘNG HÒA XÃ HỘI"])
    written = [b"CO\xe9NG HO\xdfA XA\xb7 HO\xe9I".replace(b"O\xe9", b"\xa4\xe9")]

    assert judged(lost)[1].texts == judged(written)[1].texts == ["CỘNG HÒA XÃ HỘI"]
    assert judged(lost)[1].capitals_guessed > 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tcvn5712-1", "HÀ NỘI ĐÃ CÓ"),
        ("tcvn5712-2", "ĐẮK LẮK VÀ ĐỒNG THÁP"),
        ("tcvn3", "ngày “mới”"),
    ],
)
def test_the_bytes_of_capitals_tell_the_family_apart(name, text):
    data = text.lower() if name == "tcvn3" else text
    value = b"ng\xb5y \x93m\xedi\x94" if name == "tcvn3" else encoder(name)(data)

    found, done = judged([value, *encoded(name, ["việc cần làm của cơ quan"])])

    assert (found, done.texts[0]) == (name, text)


def test_the_same_small_letters_are_what_was_declared():
    values = encoded("tcvn3", ["việc cần làm"])

    assert judged(values)[0] == "tcvn3"
    assert judged(values, "VN3")[0] == "tcvn5712-3"
    assert judged(values, "TCVN5712-1")[0] == "tcvn5712-1"
    assert judged(values, "latin1")[0] == "tcvn3"


FOREIGN = [
    ["Où est le café ?", "L'école est fermée à Noël.", "garçon", "Société Générale", "été"],
    ["Müller", "Köln", "Straße", "für", "Grüße", "Äpfel"],
    ["señor", "mañana", "España", "niño", "José María Pérez"],
    ["São Paulo", "João", "coração", "não", "ação"],
    ["thé"],
    ["là"],
    ["Malmö", "Ålesund", "Smørrebrød"],
]


@pytest.mark.parametrize("texts", FOREIGN)
@pytest.mark.parametrize("codec", ["cp1252", "latin-1", "utf-8"])
def test_another_language_comes_back_unchanged(texts, codec):
    found, done = judged([text.encode(codec) for text in texts])

    assert done.texts == texts
    assert found in ("foreign", "utf-8") or (len(texts) == 1 and codec != "utf-8")


def test_a_declared_codec_of_another_language_is_used():
    values = ["Łódź", "Święty", "Gdańsk"]

    found, done = judged([value.encode("cp1250") for value in values], "windows-1250")

    assert (found, done.texts) == ("foreign", values)


CODE = [
    "if (a<b) { x += y^2; }", "SELECT * FROM t WHERE a='b'", "\\frac{a^2}{o+1}",
    "/^[aeiou]+(e|o)*$/",
    "e.g. i.e. U.S.A.", "I'm what you see. Do you?", "echo `date`", "c467dde1-b278", "O'Brien",
    "QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "AT&T &amp; co", "add odd buddy", "cafe (o+)", "Nguyen Van A",
]  # fmt: skip


@pytest.mark.parametrize("text", CODE)
def test_code_and_english_stay(text):
    assert judged([text.encode()])[1].texts == [text]


def test_code_and_english_stay_together_too():
    found, done = judged([text.encode() for text in CODE])

    assert (found, done.texts) == ("ascii", CODE)


@pytest.mark.parametrize("texts", [NAMES, PLACES[:2], TITLES])
def test_viqr_is_read_and_its_addresses_are_not(texts):
    values = [*_viqr(texts), b"a.b@tinh.gov.vn", b"http://a.vn/e.o"]

    found, done = judged(values)

    assert (found, done.texts[: len(texts)]) == ("viqr", texts)
    assert done.texts[len(texts) :] == ["a.b@tinh.gov.vn", "http://a.vn/e.o"]


def _viqr(texts):
    return [encoder("viqr")(text) for text in texts]


@pytest.mark.parametrize("shape", ["&#{};", "&#x{:X};", "&#X{:x};"])
def test_references_are_read_and_markup_stays(shape):
    def written(text):
        return "".join(c if c.isascii() else shape.format(ord(c)) for c in text).encode()

    found, done = judged([*map(written, NAMES), b"a &amp; b"])

    assert (found, done.texts) == ("ncr", [*NAMES, "a &amp; b"])


def test_references_inside_old_text_are_read_too():
    value = encoder("tcvn3")("Cộng hòa xã ") + b"h&#7897;i"

    assert judged([value])[1].texts == ["Cộng hòa xã hội"]


@pytest.mark.parametrize("texts", [NAMES, PLACES, TITLES])
def test_valid_utf8_is_never_touched(texts):
    found, done = judged([text.encode() for text in texts])

    assert (found, done.texts, done.changed) == ("utf-8", texts, 0)


def test_decomposed_utf8_is_composed():
    values = [unicodedata.normalize("NFD", text).encode() for text in NAMES]

    assert judged(values)[1].texts == NAMES


@pytest.mark.parametrize("inner", ["tcvn3", "vni-win", "utf-8"])
@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
def test_what_was_stored_twice_is_undone(inner, codec):
    texts = [*NAMES, "tỉnh An Giang"]
    stored = [
        "".join(
            bytes((b,)).decode(codec, "ignore") or chr(b) for b in encoder(inner)(text)
        ).encode()
        for text in texts
    ]

    found, done = judged(stored)

    assert (found, done.texts) == (f"double:{inner}", texts)


@pytest.mark.parametrize(
    ("one", "other"), list(itertools.permutations(["tcvn3", "vni-win", "utf-8", "viscii"], 2))
)
def test_each_row_of_two_eras_is_read_by_its_own(one, other):
    texts = NAMES + PLACES
    values = [encoder((one, other)[at % 2])(text) for at, text in enumerate(texts)]

    found, done = judged(values)

    assert (found, done.texts) == ("mixed", texts)


def test_a_row_that_was_cut_is_in_doubt():
    whole = [text.encode() for text in NAMES]

    found, done = judged([*whole, "Trần Thế".encode()[:-1]])

    assert (found, done.texts[:4], done.doubtful) == ("utf-8", NAMES, [4])


def test_a_wrong_word_in_a_column_is_in_doubt():
    found, done = judged([*encoded("vni-win", NAMES * 3), b"Tr\xe0\xe0nx"])

    assert (found, done.doubtful) == ("vni-win", [12])


@pytest.mark.parametrize("values", [[], [None], [b""], [b"12", None, b"abc"]])
def test_nothing_to_read_is_ascii(values):
    found, done = judged(values)

    assert found == "ascii"
    assert done.texts == [None if value is None else value.decode() for value in values]


def test_bytes_of_no_text_are_unknown():
    assert judged([bytes(range(256)) * 2])[0] == "unknown"
