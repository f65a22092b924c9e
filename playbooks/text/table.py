"""The byte tables of the old encodings, as decoders and encoders need them."""

from __future__ import annotations

import csv
import functools
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

SINGLE = ("tcvn3", "tcvn3-h", "tcvn5712-3", "viscii", "vps", "bkhcm1")
PAIRED = ("vni-win", "cp1258", "bkhcm2", "tcvn5712-1", "tcvn5712-2")
BYTE_TABLES = SINGLE + PAIRED
NAMES = (*BYTE_TABLES, "viqr", "ncr")
UNMAPPED = "\ufffe"  # what `codecs.charmap_decode` takes for "no character here"


@dataclass(frozen=True)
class Row:
    """One line of a table: the bytes, the text they stand for, a note on how sure it is."""

    code: bytes
    text: str
    note: str

    @property
    def is_written(self) -> bool:
        """Whether an encoder may write it; the others are only understood."""
        return not any(word in self.note for word in ("decode-only", "alternative", "weak"))


def rows(name: str) -> Iterator[Row]:
    """Read a table as it stands, in the order of its file."""
    text = (resources.files("playbooks.text.tables") / f"{name}.csv").read_text("utf-8")
    for line in csv.DictReader(text.splitlines()):
        points = "".join(
            chr(int(point.removeprefix("U+"), 16)) for point in line["codepoints"].split()
        )
        yield Row(bytes.fromhex(line["bytes_hex"]), points, line["note"] or "")


@dataclass(frozen=True)
class Table:
    """An encoding of one byte a letter, with pairs where a mark follows its letter.

    Attributes:
        single: 256 characters, `UNMAPPED` where a byte stands for nothing alone.
        pairs: Two bytes to one character; no second byte stands for a letter alone.
        weak: Bytes that one source alone knows, or that are inferred.
        marks: Every second byte of a pair.
    """

    name: str
    single: str
    pairs: Mapping[bytes, str]
    weak: frozenset[int]
    marks: bytes

    @functools.cached_property
    def mapped(self) -> bytes:
        """Every byte that stands for something alone."""
        return bytes(byte for byte, char in enumerate(self.single) if char != UNMAPPED)


@functools.cache
def table(name: str) -> Table:
    """Load one of `BYTE_TABLES`."""
    single, weak = [UNMAPPED] * 256, set()
    pairs: dict[bytes, str] = {}
    for row in rows(name):
        if len(row.code) == 1:
            single[row.code[0]] = row.text
            weak |= {row.code[0]} if "weak" in row.note else set()
        else:
            pairs[row.code] = row.text
    pairs |= _composed(single)
    marks = bytes(sorted({code[1] for code in pairs}))
    return Table(name, "".join(single), pairs, frozenset(weak), marks)


def _composed(single: list[str]) -> dict[bytes, str]:
    """Give every letter with a combining tone of this table that Unicode has as one character."""
    tones = [byte for byte, char in enumerate(single) if unicodedata.combining(char)]
    found = {
        bytes((base, tone)): unicodedata.normalize("NFC", single[base] + single[tone])
        for tone in tones
        for base in range(0x41, 256)
        if single[base].isalpha()
    }
    return {code: text for code, text in found.items() if len(text) == 1}


@functools.cache
def two_byte_capitals() -> Mapping[bytes, str]:
    """Give TCVN3's toned capitals that are written as a capital and a small toned letter."""
    return {row.code: row.text for row in rows("tcvn3-two-byte-capitals")}
