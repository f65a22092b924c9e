"""Columns of other languages, of few values, and of two eras, as a server room has them."""

from __future__ import annotations

import base64
import json

import pytest

from playbooks.text.batch import answers
from playbooks.text.column import convert
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder
from playbooks.text.foreign import guess

LANGUAGES = [
    ("cp1250", ["Łódź", "Święty Krzyż", "Gdańsk", "północna część"]),
    ("cp1250", ["příliš žluťoučký kůň", "úpěl ďábelské ódy"]),
    ("iso8859-2", ["Świętokrzyskie", "Łódź", "Pułtusk", "Wąchock"]),
    ("cp1254", ["Kırıkkale", "İstanbul", "Diyarbakır", "Ağrı"]),
    ("cp1251", ["Москва", "Нижний Новгород", "улица Ленина"]),
    (
        "cp850",
        ["Numéro de dossier", "Répertoire", "ÂGE DES ÉLÉMENTS", "Où êtes-vous"],
    ),
    ("cp852", ["příliš žluťoučký kůň", "úpěl ďábelské ódy", "Měsíc září"]),
    ("cp866", ["Москва", "Нижний Новгород", "улица Ленина"]),
    ("cp037", ["Hello Moore", "Smith, John", "Accounting 42"]),
    ("cp1252", ["Vai 20 °C", "Go 19½", "Xa phong 24½", "Bep 13½", "Tu 7½", "Go lim 5 m²", "± 5"]),
    ("koi8-r", ["Москва", "Нижний Новгород", "улица Ленина"]),
    ("cp874", ["ไม่มา", "N/A", "12/05/2003"]),
    ("cp874", ["กรุงเทพมหานคร", "เชียงใหม่", "ประเทศไทย"]),
    ("gb18030", ["中华人民共和国", "北京市", "上海市人民政府"]),
    ("big5", ["中華民國", "臺北市政府", "高雄市"]),
    ("shift_jis", ["東京都", "ひらがな", "カタカナ"]),
    ("cp949", ["대한민국", "서울특별시", "부산광역시"]),
    ("cp1252", ["It’s done", "naïve café", "½ cup", "5 µm filter", "façade"]),
]


@pytest.mark.parametrize(("codec", "texts"), LANGUAGES)
@pytest.mark.parametrize("declared", [None, "latin1", ".VnTime"])
def test_a_column_of_another_language_keeps_its_letters(codec, texts, declared):
    values = [text.encode(codec) for text in texts]

    verdict = Detector().column(values, declared)

    assert (verdict.encoding, convert(values, verdict).texts) == ("foreign", texts)


def test_a_codec_that_is_a_guess_puts_every_value_in_doubt():
    values = [text.encode("cp1251") for text in ("Москва", "Омск")]

    verdict = Detector().column(values)

    assert convert(values, verdict).doubtful == [0, 1]
    assert guess(values).codec == "cp1251"


@pytest.mark.parametrize("name", ["tcvn3", "vni-win", "viscii", "vps"])
@pytest.mark.parametrize(
    "texts", [["Nam", "Nữ"], ["Có", "Không"], ["Mạ", "Khơ Mú"], ["Vợ", "Chồng", "Con đẻ"]]
)
def test_a_short_list_of_a_form_is_enough(name, texts):
    values = [encoder(name)(text) for text in texts]

    assert convert(values, Detector().column(values)).texts == texts


@pytest.mark.parametrize("texts", [["A3×6", "한국어"], ["10×13", "Größe"], ["Irlandia Północna"]])
def test_a_sign_between_figures_is_no_letter(texts):
    values = [text.encode() for text in texts]

    assert convert(values, Detector().column(values, "VNI-Times")).texts == texts


def test_a_loose_tone_mark_makes_no_word():
    values = ["Irlandia Północna".encode("cp1250")]

    assert Detector().column(values).encoding == "foreign"


def test_words_seen_elsewhere_decide_what_two_tables_can_read():
    old = ["Trần Văn Hồng", "Nguyễn Hữu Phước", "Hồng", "Lê Thị Hồng Đào", "Võ Thị Hồng Nhung"]
    new = ["Đặng Đình Quý", "Phạm Thị Tuyết", "Đỗ Mười", "Lý Thường Kiệt"]
    values = [encoder("vni-win")(text) for text in old] + [encoder("utf-8")(text) for text in new]

    assert convert(values, Detector().column(values)).texts == old + new


def test_capitals_between_names_and_units_are_raised():
    texts = ["Huyện Ứng Hòa, Hà Nội", "Phạm Thị Ánh, sinh 1960", "Sống ở Hà Nội"]
    values = [encoder("tcvn3")(text) for text in texts]

    assert convert(values, Detector().column(values)).texts == texts


def test_the_reason_tells_that_letters_were_composed():
    value = base64.b64encode("Viê\u0323t Nam".encode()).decode()
    (answer,) = answers([json.dumps({"id": 1, "declared": None, "bytes_base64_list": [value]})])

    assert (answer["encoding"], answer["text_list"]) == ("utf-8", ["Việt Nam"])
    assert "NFC" in answer["reason"]


@pytest.mark.parametrize(
    ("codec", "texts", "declared"),
    [("euc-jp", ["マラ"], "VNI-Times"), ("big5", ["印度共和國"], "cp1258"),
     ("cp874", ["เบนิน", "เซนต์ลูเซีย"], None)],
)  # fmt: skip
def test_chance_and_a_wrong_declaration_make_no_vietnamese(codec, texts, declared):
    values = [text.encode(codec) for text in texts]

    assert Detector().column(values, declared).encoding in ("foreign", "unknown")


def test_half_a_column_read_by_chance_is_no_vietnamese_column():
    values = [text.encode("cp1254") for text in ("İşaretleme", "Görünüm", "Süre")]

    assert Detector().column(values, ".VnTime").encoding in ("foreign", "unknown")
