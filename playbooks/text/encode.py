"""Unicode back to an old encoding: for the check of the way back and for tests."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Mapping

from playbooks.text.table import BYTE_TABLES, UNMAPPED, rows, table

Encoder = Callable[[str], bytes]
LAST_ASCII = 0x7F
TONES = "\u0300\u0301\u0303\u0309\u0323"
FONT_TABLES = ("tcvn3", "tcvn3-h", "tcvn5712-3")


@functools.cache
def encoder(name: str) -> Encoder:
    """Give the function that writes a text in `name`.

    Raises (when called):
        UnicodeEncodeError: The table has no such letter.
    """
    if name in ("utf-8", "ascii"):
        return lambda text: text.encode("utf-8")
    if name == "foreign":
        return lambda text: text.encode("cp1252")
    if name == "viqr":
        return lambda text: text.translate(letters("viqr")).encode("ascii")
    if name == "ncr":
        return lambda text: text.encode("ascii", "xmlcharrefreplace")
    if name.startswith("double:"):
        inner = encoder(name.removeprefix("double:"))
        return lambda text: "".join(map(_as_1252, inner(text))).encode("utf-8")
    return functools.partial(_by_map, name)


def _as_1252(byte: int) -> str:
    return bytes((byte,)).decode("cp1252", "ignore") or chr(byte)


def _by_map(name: str, text: str) -> bytes:
    chart = letters(name)
    try:
        return text.translate(chart).encode("latin-1")
    except UnicodeEncodeError as error:
        raise UnicodeEncodeError(name, text, 0, len(text), "no such letter") from error


@functools.cache
def letters(name: str) -> Mapping[int, str]:
    """Give each character's bytes, as a string of Latin-1; what a table lacks maps to itself."""
    found: dict[int, str] = {}
    ordered = sorted(rows(name), key=lambda row: not row.is_written)
    for row in ordered:
        if row.is_written or name in BYTE_TABLES:
            found.setdefault(ord(row.text), row.code.decode("latin-1"))
    if name in FONT_TABLES:
        for point in list(found):
            capital = chr(point).upper()
            if len(capital) == 1 and point > LAST_ASCII:
                found.setdefault(ord(capital), found[point])
    found |= _in_parts(name, found)
    return _holes(name, found) | found


def _in_parts(name: str, found: Mapping[int, str]) -> dict[int, str]:
    """Write a letter that a table lacks as its base and a combining tone."""
    if name not in ("cp1258", "tcvn5712-1", "tcvn5712-2"):
        return {}
    parts: dict[int, str] = {}
    for point in range(0xC0, 0x1EFA):
        spread = unicodedata.normalize("NFD", chr(point))
        tone = next((char for char in spread if char in TONES), None)
        if point in found or tone is None:
            continue
        base = unicodedata.normalize("NFC", spread.replace(tone, ""))
        if len(base) == 1 and ord(base) in found and ord(tone) in found:
            parts[point] = found[ord(base)] + found[ord(tone)]
    return parts


def _holes(name: str, found: Mapping[int, str]) -> dict[int, str]:
    """Keep Latin-1 characters that the table does not have from passing as bytes of it."""
    if name not in BYTE_TABLES:
        return {}
    single = table(name).single
    lacking = (byte for byte in range(0x80, 0x100) if byte not in found)
    return {byte: UNMAPPED for byte in lacking if single}
