"""Letters as HTML character references: `&#7879;`, `&#x1EC7;`, `&ecirc;`."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

from playbooks.text.table import rows

REFERENCE = re.compile(
    r"&#([0-9]{2,7})(?:;|(?![0-9]))|&#[xX]([0-9A-Fa-f]{2,6})(?:;|(?![0-9A-Fa-f]))|&([A-Za-z]{5,8});"
)
FIRST_BEYOND_ASCII, LAST = 0xA0, 0x10FFFF
OURS = re.compile("[ơưƠƯ\u1ea0-\u1ef9]")  # letters of no other language
SURROGATES = range(0xD800, 0xE000)


@functools.cache
def _named() -> Mapping[str, str]:
    codes = (row for row in rows("ncr") if row.code[1:2] != b"#")
    return {row.code.decode("ascii")[1:-1]: row.text for row in codes}


def decode(text: str) -> str:
    """Replace references to letters and signs beyond ASCII; `&amp;` and `&lt;` stay."""
    if "&" not in text:
        return text
    said = REFERENCE.sub(_character, text)
    return said if said is text else unicodedata.normalize("NFC", said)


def _character(hit: re.Match[str]) -> str:
    if hit[3]:
        return _named().get(hit[3], hit[0])
    point = int(hit[1]) if hit[1] else int(hit[2], 16)
    if point < FIRST_BEYOND_ASCII or point > LAST or point in SURROGATES:
        return hit[0]
    return chr(point)
