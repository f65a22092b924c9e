"""Rows of several old tables in one column, and TCVN3's names among them."""

from __future__ import annotations

import pytest

from playbooks.text.column import convert
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder
from playbooks.text.initial import habit_of, raised

PROVINCES = [
    "Tỉnh Bắc Kạn", "Thành phố Cần Thơ", "Tỉnh Bến Tre", "Tỉnh Gia Lai", "Thành phố Hồ Chí Minh",
    "Tỉnh Quảng Ngãi", "Tỉnh Đồng Nai", "Tỉnh Hòa Bình", "Tỉnh Tiền Giang", "Tỉnh Yên Bái",
    "Tỉnh Lạng Sơn", "Tỉnh Vĩnh Long",
]  # fmt: skip


def judged(values):
    verdict = Detector().column(values)
    return verdict, convert(values, verdict).texts


@pytest.mark.parametrize("step", [2, 3, 6])
@pytest.mark.parametrize(("one", "other"), [("tcvn3", "vni-win"), ("vni-win", "tcvn3")])
def test_tcvn3_and_vni_are_parted_row_by_row(one, other, step):
    names = [one if at % step else other for at in range(len(PROVINCES))]
    values = [encoder(name)(text) for name, text in zip(names, PROVINCES, strict=True)]

    verdict, texts = judged(values)

    assert (verdict.encoding, texts) == ("mixed", PROVINCES)
    assert [verdict.of(value) for value in values] == names


def test_a_row_with_a_foreign_word_goes_to_the_table_that_reads_the_most_of_it():
    values = [*map(encoder("vni-win"), PROVINCES[6:]), *map(encoder("tcvn3"), PROVINCES[:6])]
    values.append(encoder("tcvn3")("Miền Bratislava, cộng hòa Xlô-ven"))

    verdict, read = judged(values)

    assert verdict.of(values[-1]) == "tcvn3"
    assert read[-1] == "Miền Bratislava, cộng hòa Xlô-ven"


def test_capitals_come_back_in_the_old_rows_of_a_column_of_capitals():
    texts = [text.upper() for text in PROVINCES]
    values = [encoder(("tcvn3", "vni-win")[at % 2])(text) for at, text in enumerate(texts)]

    assert judged(values)[1] == texts


@pytest.mark.parametrize(
    "text",
    ["<b>XÃ LIÊN SANG</b><br>", '<td class="a">Bùi Thị Ánh</td>', "XÃ ĐỒNG Ý&nbsp;"],
)
def test_markup_does_not_say_what_is_a_capital(text):
    assert judged([encoder("tcvn3")(text)])[1] == [text]


NAMES = ["Nguyễn Văn Hòa", "Trần Thị Bích Hường", "Lê Quỳnh Chi"]
FIRMS = ["Công ty cổ phần Minh Phát", "Xí nghiệp may mặc Hoàn Châu", "Hợp tác xã nông sản Kiều"]
WORDS = ["Cháo gà", "Đỏ au", "Bằng lòng", "Thịnh vượng"]


@pytest.mark.parametrize(
    ("beside", "small", "said"),
    [
        (NAMES, "Nguyễn Thị ánh", "Nguyễn Thị Ánh"),
        (NAMES, "ánh", "Ánh"),
        (NAMES, "Hà Ngọc Công án", "Hà Ngọc Công Án"),
        (FIRMS, "Xí nghiệp in ấn - Bất động sản", "Xí nghiệp in ấn - Bất động sản"),
        (FIRMS, "Dự án Glade", "Dự án Glade"),
        (FIRMS, "Lỗi tải ảnh TIFF", "Lỗi tải ảnh TIFF"),
        (FIRMS, "áp dụng từ nay", "Áp dụng từ nay"),
        (FIRMS, "vùng châu á và úc", "vùng châu Á và Úc"),
        (FIRMS, "người ấn Độ", "người Ấn Độ"),
        (FIRMS, "ủy ban nhân dân xã ỷ La", "Ủy ban nhân dân xã Ỷ La"),
        (WORDS, "Cháo ám", "Cháo ám"),
        (WORDS, "Ngỏ ý", "Ngỏ ý"),
        (["số 5, xã Tân Phú", "thôn 3, xã Bình An"], "ấp 2, xã Tân Phú", "ấp 2, xã Tân Phú"),
        (["Số 5, xã Tân Phú", "Thôn 3, xã Bình An"], "ấp 2, xã Tân Phú", "ấp 2, xã Tân Phú"),
        (["Thôn Đoài, Xã Tân Phú"] * 3, "ấp 2, Xã Tân Phú", "Ấp 2, Xã Tân Phú"),
        (NAMES, "Chị ở Huế", "Chị ở Huế"),
        (NAMES, "Phạm Phước ý", "Phạm Phước Ý"),
        (FIRMS, "Đã có Góp ý", "Đã có Góp ý"),
        (FIRMS, "số 5, huyện Mường ảng, đường ấp Bắc", "số 5, huyện Mường Ảng, đường Ấp Bắc"),
        (
            ["Xóm 4, Xã Tân Phú"] * 3,
            "ấp 4, Xã Tóc Tiên, Thành phố Huế",
            "Ấp 4, Xã Tóc Tiên, Thành phố Huế",
        ),
        (FIRMS, "Bí thư Thành ủy Nguyễn Minh Triết", "Bí thư Thành ủy Nguyễn Minh Triết"),
        (FIRMS, "Thiếu úy Đỗ Quốc Việt", "Thiếu úy Đỗ Quốc Việt"),
        (FIRMS, "Anh Tư về ấp Phước Lộc", "Anh Tư về ấp Phước Lộc"),
        (FIRMS, "Đĩa CD ảnh", "Đĩa CD ảnh"),
        (FIRMS, "gặp lỗi. ổ cắm hỏng", "gặp lỗi. Ổ cắm hỏng"),
        (FIRMS, "Doanh nghiệp tư nhân ái Quốc", "Doanh nghiệp tư nhân Ái Quốc"),
        (FIRMS, "<p>áo lót</p>", "<p>Áo lót</p>"),
        (FIRMS, "ảnh < 2 MB", "Ảnh < 2 MB"),
        (["nộp đủ", "thiếu hồ sơ", "Đã trả"], "ảnh mờ", "ảnh mờ"),
    ],
)
def test_names_are_raised_by_the_habit_of_the_column(beside, small, said):
    assert raised(small, habit_of(beside)) == said
