"""VIQR and VIQR*: Vietnamese in seven bits, a mark after its letter (RFC 1456)."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

from playbooks.text.language import WORD, is_word, vietnamese
from playbooks.text.syllable import is_syllable
from playbooks.text.table import rows

SENTENCE = ".?'`~!,;:)\""
MARK = re.compile(r"[\^`~*+(]")
WORDS_OF_A_SENTENCE = 5
TOKEN = re.compile(r"\S+")
SURE = re.compile(r"[AEOaeo][\^(][`~'?.]|[uoUO][+*]\w|[dD][dD][aeiouyAEIOUY][\^(+*`~']")
LEFT_OVER = re.compile(r"[\^`~*+(\[\]{}<>=/\\]")
FILE = re.compile(r"(.+)(\.(?:docx?|xlsx?|pptx?|pdf|txt|jpe?g|zip|rar|dbf|mdb))", re.IGNORECASE)
PROTECTED = re.compile(r"@\w|://|^www\.|\\\w{2}|[a-z]\d|\d[a-z]", re.IGNORECASE)


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
    last = len(text.rstrip())
    sentence = text.count(" ") >= WORDS_OF_A_SENTENCE
    return TOKEN.sub(
        lambda hit: _end(hit[0]) if sentence and hit.end() == last else read(hit[0]), text
    )


def _end(token: str) -> str:
    """Read a value's last token: its dot is the sentence's where the word is likelier without."""
    said = read(token)
    if (
        token[-1] != "."
        or not token[0].islower()
        or said[-1:] == token[-1]
        or not WORD.fullmatch(said)
    ):
        return said
    without = read(token[:-1])
    likelier = vietnamese(without) > vietnamese(said) or not is_syllable(said.lower())
    return without + token[-1] if likelier and is_syllable(without.lower()) else said


@functools.lru_cache(1 << 16)
def read(token: str) -> str:
    """Decode a token, or keep it where its words would be no syllables.

    A sign at the end may be the sentence's: then the token without it is tried.
    """
    file = FILE.fullmatch(token)
    if file:
        return read(file[1]) + file[2]
    if PROTECTED.search(token):
        return token
    for kept in range(3):
        body, tail = (token[:-kept], token[-kept:]) if kept else (token, "")
        if not body or tail.strip(SENTENCE):
            break
        said = decode_word(body)
        if said != body and _is_vietnamese(said):
            return said + tail
    said = decode_word(token)
    if "\\" in token and _is_vietnamese(said):
        return said
    return said if SURE.search(token) and not LEFT_OVER.search(said) else token


def is_read(token: str) -> bool:
    """Whether a token becomes syllables of more than one letter."""
    said = read(token)
    words = [word for word in WORD.findall(said) if not word.isascii()]
    return (
        said != token
        and any(len(word) > 1 for word in words)
        and all(is_syllable(word.lower()) for word in words)
    )


def _is_vietnamese(text: str) -> bool:
    words = [word for word in WORD.findall(text) if not word.isascii()]
    if not words and "\\" in text:
        return False
    left = WORD.sub("", text).lstrip("(\"'")
    return all(map(is_word, words)) and not MARK.search(left)
