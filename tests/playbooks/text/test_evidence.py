"""What speaks for a table and against it: words beside, where values were cut, a declared font."""

from __future__ import annotations

import base64
import json

import pytest

from playbooks.text.batch import answer
from playbooks.text.column import convert
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder
from playbooks.text.foreign import guess
from playbooks.text.syllable import is_highland, is_joined
from playbooks.text.viqr import decode


def judged(values, declared=None):
    verdict = Detector().column(values, declared)
    return verdict.encoding, convert(values, verdict).texts


def cut(texts, name, size):
    return [encoder(name)(text)[:size] for text in texts]


@pytest.mark.parametrize(
    "texts",
    [
        ["chua nop ho so.", "ddong", "con nho'", "khong ro?"],
        ["ddong tien", "ddi lam", "da nop", "chua xong", "khong biet"],
    ],
)
def test_text_without_marks_stays_where_a_letter_was_typed_twice(texts):
    assert judged([text.encode() for text in texts]) == ("ascii", texts)


@pytest.mark.parametrize("size", [15, 16])
@pytest.mark.parametrize("name", ["double:utf-8", "double:tcvn3"])
def test_values_stored_twice_and_cut_are_read_to_the_cut(name, size):
    texts = ["Viêm phế quản cấp", "Tăng huyết áp vô căn", "Đái tháo đường týp 2", "Gãy chân"]

    found, read = judged(cut(texts, name, size))

    assert found == name
    assert all(
        text.startswith(said.rstrip("\ufffd")) for text, said in zip(texts, read, strict=True)
    )


def test_a_cut_column_stored_twice_is_known_though_no_value_is_whole():
    values = cut(["Nếu thẻ này có tắc", "Hàng để căn chỉnh"], "double:tcvn3", 21)
    assert judged([values[0][:-1], values[1][:-1]])[0] in ("double:tcvn3", "utf-8")


def test_values_cut_at_one_limit_are_all_unicode():
    values = cut(["Di chuyển đồ", "Đồ gỗ mới", "Kỳ này", "Phố", "Di dời"], "utf-8", 9)

    assert judged(values) == (
        "utf-8",
        ["Di chuy\ufffd", "Đồ g\ufffd", "Kỳ này", "Phố", "Di dời"],
    )


def test_one_value_of_unicode_that_was_cut_is_no_old_text():
    value = "Khổng Thị".encode()[:-2]
    assert judged([value]) == ("utf-8", ["Khổng Th\ufffd"])


def test_words_of_another_language_beside_keep_a_short_word_from_being_ours():
    texts = ["Giù", "sì", "Elenca i file nel cestino con le loro posizioni", "Repubblica libanese"]
    assert judged([text.encode("cp1252") for text in texts]) == ("foreign", texts)


@pytest.mark.parametrize(
    "text",
    [
        "NV73462-Nhựt",
        "Triết học Mác - Lênin",
        "A. Minh",
        "phòng họp (No. 3)",
        "Mátxcơva",
        "lúa trổ đều. nước rút",
        "Đồng bolívar",
        "Trinh-i-đat",
        "gọi o. Hai về",
    ],
)
def test_viqr_is_read_in_its_parts_and_abbreviations_stay(text):
    assert decode(encoder("viqr")(text).decode("ascii")) == text


def test_syllables_in_one_are_no_two_tones_on_one_word():
    assert is_joined("lênin")
    assert not is_joined("đềụ")


def test_words_that_stand_in_unicode_elsewhere_tell_rows_stored_twice():
    texts = ["Tiếng Khơ-me", "Tiếng Nga", "Tiếng Lào", "Tiếng Pháp", "Tiếng Tagalog"]
    values = [*map(str.encode, texts[:-1]), encoder("double:vni-win")(texts[-1])]

    assert judged(values) == ("mixed", texts)


def test_letters_of_ours_alone_are_old_rows_where_they_are_no_words():
    texts = ["Tiếng Anh", "Tiếng Nga", "Tiếng Braj", "Tiếng Mandingo"]
    values = [*map(str.encode, texts[:2]), *map(encoder("double:tcvn3"), texts[2:])]

    assert judged(values) == ("mixed", texts)


@pytest.mark.parametrize("name", ["Meán", "Thaï", "Bahreïn", "lång", "træ", "nº11", "Noël"])
def test_a_name_of_another_language_beside_ours_stays(name):
    texts = ["Tế Thị Ước", "Phạm Ngọc Hậu", "Đỗ Quý Lãm", "Vũ Hữu Định", name]
    assert judged([text.encode() for text in texts]) == ("utf-8", texts)


@pytest.mark.parametrize("text", ["N° 4", "n° 12", "2ª", "10 µm", "5µg"])
def test_the_sign_of_a_number_is_no_letter(text):
    assert judged([text.encode("cp1252")]) == ("foreign", [text])


@pytest.mark.parametrize("codec", ["cp1252", "utf-8"])
@pytest.mark.parametrize("word", ["Mãe", "Loïc", "Thaï", "lång", "Giù", "lã", "12 M³"])
def test_one_word_of_another_language_is_not_ours(word, codec):
    found, texts = judged([word.encode(codec)])
    assert (found in ("foreign", "utf-8"), texts) == (True, [word])


def test_codes_cut_in_their_first_letter_are_unicode():
    values = [b"BN37186-Gi\xe1\xba", b"MST18044-D\xe1\xba", b"BN12"]
    assert judged(values)[0] == "utf-8"


def test_thai_that_is_unicode_by_chance_goes_with_the_rest():
    texts = ["สัญชาติไทย", "หญิง"]
    assert judged([text.encode("cp874") for text in texts]) == ("foreign", texts)


def test_greek_has_its_last_letter_at_the_end_alone():
    assert guess(["САНКТ-ПЕТЕРБУРГ".encode("koi8-r")]).codec != "cp1253"


def test_two_signs_side_by_side_are_letters_though_foreign_names_stand_by():
    texts = ["Đô la Suriname", "Đô la Fiji", "Leone Sierra Leone"]
    assert judged([*map(encoder("tcvn3"), texts)]) == ("tcvn3", texts)


def test_a_byte_that_one_table_alone_has_decides():
    texts = ["Châu Á", "Châu Âu", "Châu Phi"]
    assert judged([*map(encoder("tcvn5712-1"), texts)]) == ("tcvn5712-1", texts)


def test_a_word_counts_once_whatever_numbers_stand_beside_it():
    texts = [f"NV{at} Giảng" for at in range(10815, 10900)]
    assert judged([*map(encoder("vps"), [*texts, "Lê Thị Hường", "Trần Đức"])])[0] == "vps"


def test_few_words_that_are_clear_outweigh_as_many_names_of_no_language():
    texts = ["Tiếng Bulgaria", "Tiếng Cợ-rô-áth", "Tiếng Awadhi"]
    assert judged([*map(encoder("vni-win"), texts)]) == ("vni-win", texts)


def test_tables_that_stored_the_same_twice_are_named():
    values = [base64.b64encode(encoder("double:viscii")("Nhân viên phục vụ")).decode()]
    said = answer(json.dumps({"id": 1, "bytes_base64_list": values}), Detector())

    assert said["text_list"] == ["Nhân viên phục vụ"]
    assert {"double:vps", "double:viscii"} <= {said["encoding"], *said["reason"].split()}


def test_a_declared_font_is_no_rare_table():
    texts = ["tháng 8"] * 3
    values = list(map(encoder("bkhcm1"), texts))

    assert judged(values, "BK HCM") == ("bkhcm1", texts)


def test_capitals_of_another_script_do_not_stand_in_latin_words():
    texts = ["CAMÍ UN (OPCIONAL) CAMÍ (POT SER PARCIAL)", "NO ESTÀ PERMÈS"]
    assert guess([text.encode("cp1252") for text in texts]).codec == "cp1252"


@pytest.mark.parametrize("size", [9, 10])
def test_a_column_stored_twice_is_read_though_every_value_is_cut(size):
    texts = ["người mua", "cây cảnh", "sổ đỏ", "tường gạch"]
    assert judged(cut(texts, "double:utf-8", size))[0] == "double:utf-8"


def test_values_cut_at_the_limit_go_with_those_stored_twice():
    values = cut(["415/BC Mẫu", "306/BC Hướng", "Vườn ươm", "Kho thóc"], "double:tcvn3", 7)
    assert judged(values)[0] == "double:tcvn3"


def test_a_value_that_another_is_longer_than_was_not_cut():
    values = ["Kỹ thuật viên đo đạc".encode(), b"Y s\xf3"]
    assert "\ufffd" not in "".join(judged(values)[1])


def test_sound_unicode_stays_beside_one_value_stored_twice():
    texts = ["tháng 2", "Tháng 7", "quý"]
    values = [*map(str.encode, texts), encoder("double:tcvn3")("tháng 9")]

    assert judged(values) == ("mixed", [*texts, "tháng 9"])


def test_a_light_syllable_of_the_highlands_stands_before_a_consonant():
    assert is_highland("pinăng")
    assert not is_highland("maùi")


@pytest.mark.parametrize("word", ["Bahreïn", "già", "sù", "Vaï", "Då", "går", "tribù", "forêt"])
def test_common_words_of_other_languages_stay(word):
    assert judged([word.encode("cp1252")]) == ("foreign", [word])


def test_letters_of_finnish_names_are_read():
    assert guess(["Fidži\nÅbo\nPöytä\nTšekki".encode("cp1252")]).codec == "cp1252"


def test_few_words_are_in_doubt_where_tables_are_near():
    values = [encoder("bkhcm1")("cơ")]
    assert Detector().column(values).doubtful == frozenset(values)


def test_a_row_of_a_mixture_that_reads_well_twice_is_in_doubt():
    sure = [*map(encoder("viscii"), ["Nguyễn Thị Hường", "Trần Đức Thắng", "Lê Hữu Phước"])]
    other = [*map(encoder("vps"), ["Đặng Quỳnh Như", "Vũ Khắc Đạt", "Đỗ Ngọc Diệp", "Phạm Mỹ Lệ"])]
    both = encoder("vps")("hỏi")

    verdict = Detector().column([*sure, *other, both])

    assert verdict.encoding == "mixed"
    assert both in verdict.doubtful
    assert sure[0] not in verdict.doubtful


@pytest.mark.parametrize(("word", "codec"), [("се", "cp1251"), ("не", "cp1251"), ("και", "cp1253")])
def test_one_word_of_another_script_is_not_ours(word, codec):
    assert judged([word.encode(codec)])[0] == "foreign"


def test_a_word_of_a_closed_list_needs_no_letter_of_ascii():
    assert judged([encoder("tcvn3")("Đỏ")]) == ("tcvn3", ["Đỏ"])
