"""Names of places with a toned vowel first, which no other words are: "Mường Ảng", "Ấn Độ"."""

from __future__ import annotations

import functools
import re

PLACES = """
Bác Ái|Bảo Ái|Nhơn Ái|Xuân Ái|Ái Quốc|Ái Tử|Mường Ảng|Mường É|Nguyệt Ấn|Thiết Ống|Vũng Áng|Phù Ủng
Pa Ủ|Krông Á|Chư Á|Óc Eo|Ứng Hòa|Ứng Hoà|Ứng Thiên|Ý Yên|Ấp Bắc|Ích Mộc
"""
COUNTRIES = (
    r"úc\b(?! núc)|ấn(?=[ -][đĐ]ộ\b)|ả(?=[ -][rR]ập\b)|ái(?=[ -][nN]hĩ)|ý(?=-ta-li)"
    r"|ác(?=-)|(?<=[cC]hâu )á\b|(?<=[nN]am )á(?= Châu)?\b|(?<=[đĐ]ông )á\b|(?<=[tT]rung )á\b"
    r"|(?<=[tT]iếng )ý\b|(?<=[tT]ây )á\b|á(?= [cC]hâu\b|-Âu\b)"
)
PLAIN = re.compile("[A-ZĂÂÊÔƠƯĐ]")


@functools.cache
def proper() -> re.Pattern[str]:
    """Give the pattern of the small letters that begin such names, in the words around them."""
    places = (_lost(*place.split()) for place in PLACES.replace("\n", "|").strip("|").split("|"))
    return re.compile(rf"\b(?:{COUNTRIES}|{'|'.join(places)})")


def _lost(first: str, second: str) -> str:
    """Give the one of two words that loses its capital, beside the one that keeps it."""
    if PLAIN.match(first):
        return rf"(?<={first} ){second.lower()}\b"
    return rf"{first.lower()}(?= {second}\b)"
