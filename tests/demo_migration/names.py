"""People, streets and matters that the demo knows, so that what arrives can be compared."""

from __future__ import annotations

FAMILY = (
    *("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương"),
    "Lý",
)
MIDDLE = ("Thị", "Văn", "Ngọc", "Quốc", "Minh", "Thúy", "Đức")
GIVEN = (
    *("Hường", "Khánh", "Lương", "Thủy", "Nghĩa", "Hạnh", "Phượng", "Quỳnh", "Tuấn", "Bình"),
    *("Đạt", "Yến"),
)
STREETS = ("phố Trần Hưng Đạo", "đường Lê Duẩn", "ngõ Thổ Quan", "phố Hàng Bông")
MATTERS = (
    "Cấp lại giấy khai sinh",
    "Xác nhận tình trạng hôn nhân",
    "Đăng ký thường trú",
    "Chứng thực bản sao",
)
# TCVN3 has no such capital: it lies in another font.
CAPITAL = "Ánh"


def name(number: int) -> str:
    """Give the name of a citizen, always the same for a number."""
    rest, family = divmod(number, len(FAMILY))
    rest, middle = divmod(rest, len(MIDDLE))
    return f"{FAMILY[family]} {MIDDLE[middle]} {GIVEN[rest % len(GIVEN)]}"


def street(number: int) -> str:
    return f"số {1 + number % 300} {STREETS[number % len(STREETS)]}, quận Hoàn Kiếm"


def matter(number: int) -> str:
    return MATTERS[number % len(MATTERS)]
