"""Bytes of an old encoding to Unicode in NFC, in blocks and fast.

A byte that the table does not know stays visible as what Windows-1252 shows for it, so that
nothing is lost; `unmapped` counts such bytes.
"""

from __future__ import annotations

import codecs
import functools
import re
import unicodedata
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from playbooks.text import capitals, ncr, viqr
from playbooks.text.table import SINGLE, UNMAPPED, Table, table

Decoder = Callable[[bytes], str]
BLOCK = 1 << 18
CP1252 = "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in range(256))


@functools.cache
def decoder(name: str) -> Decoder:
    """Give the function that decodes a block of `name`; the block must end outside a pair."""
    if name.startswith("double:"):
        return functools.partial(_undoubled, decoder(name.removeprefix("double:")))
    if name in OTHERS:
        return OTHERS[name]
    return functools.partial(_single if name in SINGLE else _paired, table(name))


def utf8(data: bytes) -> str:
    """Decode UTF-8 to NFC; what is no UTF-8 becomes U+FFFD."""
    text = data.decode("utf-8", "replace")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def latin(data: bytes) -> str:
    """Decode Windows-1252; its five holes become the control codes of Latin-1."""
    return codecs.charmap_decode(data, "strict", CP1252)[0]


def undouble(text: str) -> bytes:
    """Undo one reading as Windows-1252 or Latin-1; a character of neither is an error."""
    return codecs.charmap_encode(text, "strict", _latin_bytes())[0]


def _undoubled(inner: Decoder, data: bytes) -> str:
    """Undo one reading around what it cannot have brought about: half a letter of a cut value."""
    parts = _not_latin().split(utf8(data))
    parts[::2] = [inner(undouble(part)) for part in parts[::2]]
    return "".join(parts)


@functools.cache
def _not_latin() -> re.Pattern[str]:
    """Give what neither Windows-1252 nor Latin-1 has."""
    return re.compile(f"([^{re.escape(''.join(map(chr, _latin_bytes())))}]+)")


@functools.cache
def _latin_bytes() -> dict[int, int]:
    return {byte: byte for byte in range(256)} | {ord(CP1252[byte]): byte for byte in range(256)}


@functools.cache
def lenient(name: str) -> str:
    """Give a table's 256 characters, with Windows-1252's where it has none."""
    return "".join(
        CP1252[byte] if char == UNMAPPED else char for byte, char in enumerate(table(name).single)
    )


def _single(chart: Table, data: bytes) -> str:
    return codecs.charmap_decode(data, "strict", lenient(chart.name))[0]


def _tcvn3(data: bytes) -> str:
    text = _single(table("tcvn3"), data)
    return text if data.isascii() else capitals.restore(data, text)


@functools.cache
def _charts(name: str) -> tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.bool_]]:
    chart = table(name)
    single = np.array([ord(char) for char in lenient(name)], np.uint16)
    pair = np.zeros(65536, np.uint16)
    for code, text in chart.pairs.items():
        pair[code[0] << 8 | code[1]] = ord(text)
    marks = np.zeros(256, np.bool_)
    marks[list(chart.marks)] = True
    return single, pair, marks


def _paired(chart: Table, data: bytes) -> str:
    """Decode pairs without a loop: a mark's character takes the place of its letter's."""
    if data.isascii() and chart.name != "tcvn5712-1":
        return data.decode("ascii")
    return "".join(_pair_block(chart, block) for block in blocks(data, chart.marks))


def _pair_block(chart: Table, data: bytes) -> str:
    single, pair, marks = _charts(chart.name)
    codes = np.frombuffer(data, np.uint8)
    out = single[codes]
    at = np.flatnonzero(marks[codes])
    if at.size and at[0] == 0:
        at = at[1:]
    joined = pair[(codes[at - 1].astype(np.uint16) << 8) | codes[at]]
    known = joined != 0
    at, joined = at[known], joined[known]
    out[at - 1] = joined
    keep = np.ones(out.size, np.bool_)
    keep[at] = False
    return out[keep].tobytes().decode("utf-16-le", "replace")


def blocks(data: bytes, marks: bytes) -> list[bytes]:
    """Cut into blocks whose ends do not part a mark from its letter."""
    found, start = [], 0
    while start < len(data):
        end = min(start + BLOCK, len(data))
        while end < len(data) and data[end] in marks:
            end += 1
        found.append(data[start:end])
        start = end
    return found


def _page(data: bytes) -> str:
    """Decode what a page of Windows-1252 sent: letters it lacks came as character references."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return latin(data)


OTHERS: Mapping[str, Decoder] = {
    "utf-8": utf8,
    "ascii": utf8,
    "foreign": latin,
    "unknown": latin,
    "tcvn3": _tcvn3,
    "viqr": lambda data: viqr.decode(utf8(data)),
    "ncr": lambda data: ncr.decode(_page(data)),
}
