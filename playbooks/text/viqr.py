"""VIQR and VIQR*: Vietnamese in seven bits, a mark after its letter (RFC 1456)."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

from playbooks.text.syllable import is_syllable
from playbooks.text.table import rows

TOKEN = re.compile(r"\S+")
WORD = re.compile(r"[^\W\d_]+")
PROTECTED = re.compile(r"@\w|://|^www\.|[\\/]\w+[\\/]", re.IGNORECASE)


@functools.cache
def _sequences() -> Mapping[str, str]:
    return {row.code.decode("ascii"): row.text for row in rows("viqr")}


@functools.cache
def _pattern() -> re.Pattern[str]:
    keys = sorted(_sequences(), key=len, reverse=True)
    return re.compile(r"\\([\\'`?~.^(+*dD])|" + "|".join(re.escape(key) for key in keys))


def decode_word(token: str) -> str:
    """Decode one token by the table alone, longest first; a backslash keeps what follows."""
    text = _pattern().sub(lambda hit: hit[1] or _sequences()[hit[0]], token)
    return unicodedata.normalize("NFC", text)


def decode(text: str) -> str:
    """Decode the tokens that become Vietnamese; leave English, code and addresses as they are."""
    return TOKEN.sub(lambda hit: read(hit[0]), text)


@functools.lru_cache(1 << 16)
def read(token: str) -> str:
    """Decode a token, or keep it where its words would be no syllables.

    A sign at the end may be the sentence's: then the token without it is tried.
    """
    if PROTECTED.search(token):
        return token
    for kept in range(3):
        body, tail = (token[:-kept], token[-kept:]) if kept else (token, "")
        if kept and (not tail.strip(".?'`~!,;:)\"") == "" or not body):
            break
        said = decode_word(body)
        if said != body and _is_vietnamese(said):
            return said + tail
    return decode_word(token) if "\\" in token and _is_vietnamese(decode_word(token)) else token


def _is_vietnamese(text: str) -> bool:
    words = [word for word in WORD.findall(text) if not word.isascii()]
    return bool(words or "\\" not in text) and all(
        is_syllable(word.lower()) or word in ("Đ", "QĐ", "HĐ", "NĐ", "HĐND", "TĐ", "ĐT", "CĐ", "TƯ")
        for word in words
    ) and not re.search(r"[\^`~*+(]", WORD.sub("", text).lstrip("(\"'"))  # fmt: skip
