"""Text of a column: found out from samples, decoded in blocks, checked in full, encoded back."""

from __future__ import annotations

import base64
import functools
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playbooks.text import ncr
from playbooks.text.decode import decoder
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder
from playbooks.text.table import BYTE_TABLES, table, two_byte_capitals
from playbooks.text.verdict import Verdict

SEPARATOR = b"\x1f\n"
_SEPARATOR = SEPARATOR.decode("ascii")
AS_IT_STANDS = frozenset({"utf-8", "ascii"})
Values = Sequence[bytes | None]


@dataclass(frozen=True)
class Reading:
    """How a column's bytes are read.

    Attributes:
        exceptions: Values that have an encoding of their own.
        codec: Python's, of a foreign column.
    """

    encoding: str
    confidence: float
    reason: str
    exceptions: Mapping[bytes, str]
    codec: str = "cp1252"

    @classmethod
    def of(cls, verdict: Verdict) -> Reading:
        said = (verdict.encoding, verdict.confidence, verdict.reason)
        return cls(*said, dict(verdict.exceptions), verdict.codec)

    @property
    def as_it_stands(self) -> bool:
        return self.encoding in AS_IT_STANDS and not self.exceptions

    @property
    def reads_ascii_as_it_stands(self) -> bool:
        return {"viqr", "ncr"}.isdisjoint({self.encoding, *self.exceptions.values()})

    def exceptions_as_text(self) -> dict[str, str]:
        return {base64.b64encode(k).decode("ascii"): v for k, v in self.exceptions.items()}

    def decode(self, values: Values) -> tuple[list[str | None], list[int]]:
        """Give the texts, and where a value has bytes that its encoding does not know."""
        text = self.whole(SEPARATOR.join(value or b"" for value in values))
        texts: list[str | None] = [] if text is None else list(text.split(_SEPARATOR))
        if len(texts) != len(values):
            return self._one_by_one(values)
        return [None if v is None else t for v, t in zip(values, texts, strict=True)], []

    def whole(self, data: bytes) -> str | None:
        """Read values that `SEPARATOR` joins; None where each must be looked at by itself."""
        if self.as_it_stands:  # valid Unicode is left untouched, not even normalised
            try:
                return data.decode()
            except UnicodeDecodeError:
                return None
        if self.exceptions or self.encoding in {"mixed", "viqr", "unknown"}:
            return None
        if not self._knows(data) or (self.encoding in BYTE_TABLES and _has_modern(data)):
            return None
        return self._text(self.encoding, data)

    def decode_one(self, value: bytes) -> str:
        texts, _ = self.decode([value])
        return texts[0] or ""

    def _one_by_one(self, values: Values) -> tuple[list[str | None], list[int]]:
        texts: list[str | None] = []
        doubtful = []
        for at, value in enumerate(values):
            if value is None:
                texts.append(None)
                continue
            name = self._name(value)
            texts.append(value.decode() if name in AS_IT_STANDS else self._text(name, value))
            if name == "unknown" or not _knows(name, value):
                doubtful.append(at)
        return texts, doubtful

    def _name(self, value: bytes) -> str:
        """Give a value's own encoding; the column's where it alone would tell too little."""
        if value in self.exceptions:
            return self.exceptions[value]
        usual = self._usual()
        if value.isascii():
            return usual if usual in {"viqr", "ncr"} else "ascii"
        if _is_utf8(value) and not usual.startswith("double:"):
            return "utf-8"
        if usual not in AS_IT_STANDS and self.encoding != "mixed":
            return usual
        return self._guess(value, usual)

    def _guess(self, value: bytes, usual: str) -> str:
        """Ask about a value by itself; only what the column is known to hold is believed."""
        alone, known = _alone(value), set(self.exceptions.values())
        if alone in known or (not known and alone not in AS_IT_STANDS):
            return alone
        return "unknown" if usual in AS_IT_STANDS else usual

    def _usual(self) -> str:
        if self.encoding != "mixed":
            return self.encoding
        names = [each for each in self.exceptions.values() if each not in AS_IT_STANDS]
        return max(set(names), key=lambda each: (names.count(each), each), default="utf-8")

    def _knows(self, data: bytes) -> bool:
        return _knows(self.encoding, data)

    def _text(self, name: str, data: bytes) -> str:
        if name == "foreign" and self.codec != "cp1252":
            return data.decode(self.codec, "replace")
        text = decoder(name)(data)
        if name in BYTE_TABLES and not data.isascii():
            text = ncr.decode(text) if "&#" in text else text
            text = unicodedata.normalize("NFC", text)
        return text

    def encode(self, text: str, before: bytes | None) -> tuple[bytes, bool]:
        """Give the bytes of a text, and whether they say all of it.

        A letter that the encoding lacks becomes a numeric character reference, which the way forth
        reads again.

        Args:
            text: As it stands on the new end.
            before: The bytes that stand on the old end: kept where the text is still theirs.
        """
        if before is not None and self.decode_one(before) == text:
            return before, True
        if self.as_it_stands or text.isascii():
            return text.encode(), True
        name = self._name(before) if before and self.encoding == "mixed" else self._usual()
        name = "foreign" if name in {"unknown", "ascii"} else name
        data = b"".join(map(functools.partial(_letter, name), text))
        if self._same(name, data, text):
            return data, True
        doubled = b"".join(_capitals().get(each) or _letter(name, each) for each in text)
        if name == "tcvn3" and self._same(name, doubled, text):
            return doubled, True
        return data, False

    def _same(self, name: str, data: bytes, text: str) -> bool:
        return b"&#" not in data and self._text(name, data) == text


def stored(encoding: str, confidence: float, reason: str, codec: str, said: object) -> Reading:
    """Give what was found out before."""
    given = said if isinstance(said, dict) else {}
    exceptions = {base64.b64decode(key): str(name) for key, name in given.items()}
    return Reading(encoding, confidence, reason, exceptions, codec)


def _has_modern(data: bytes) -> bool:
    """Find letters of ours in UTF-8: rows of a later era, which a sample may have missed."""
    two, three = data.translate(_kinds(_TWO)), data.translate(_kinds(_THREE))
    return b"AB" in two or (b"EC" in three and (b"ECB" in three or b"ECC" in three))


# Bytes by what they are in UTF-8: A and E begin a letter of ours, B and C go on with it.
_TWO = ((0xC3, b"AAAA"), (0x80, b"B" * 64))
_THREE = ((0xE1, b"E"), (0x80, b"B" * 64), (0xBA, b"CC"))


@functools.cache
def _kinds(given: tuple[tuple[int, bytes], ...]) -> bytes:
    found = bytearray(b" " * 256)
    for start, kinds in given:
        found[start : start + len(kinds)] = kinds
    return bytes(found)


def _knows(name: str, data: bytes) -> bool:
    if name not in BYTE_TABLES:
        return True
    chart = table(name)
    unknown = data.translate(None, chart.mapped + chart.marks + b"\x1f\n\r\t\x00")
    return not unknown


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


@functools.lru_cache(1 << 16)
def _alone(value: bytes) -> str:
    return Detector().column([value]).encoding


@functools.lru_cache(1 << 12)
def _letter(name: str, letter: str) -> bytes:
    try:
        return encoder(name)(letter)
    except (UnicodeEncodeError, ValueError):
        return letter.encode("ascii", "xmlcharrefreplace")


@functools.cache
def _capitals() -> Mapping[str, bytes]:
    return {text: code for code, text in two_byte_capitals().items()}
