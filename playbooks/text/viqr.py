"""VIQR and VIQR*: Vietnamese in seven bits, a mark after its letter (RFC 1456)."""

from __future__ import annotations

import functools
import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from playbooks.text import borrowed
from playbooks.text.language import WORD, is_word, vietnamese
from playbooks.text.syllable import is_highland, is_joined, is_syllable
from playbooks.text.table import rows

SENTENCE = ".?'`~!,;:)\""
MARK = re.compile(r"[\^`~*+(]")
SELDOM_NAMES = 3  # end a sentence more seldom than other words
TOGETHER = 5.0  # what it weighs that two syllables are one word
WORDS_OF_A_NOTE, SELDOM = 3, 10  # a stop ends fewer words than that seldom
TOKEN = re.compile(r"[^\s\0]+")
SURE = re.compile(r"[AEOaeo][\^(][`~'?.]|[uoUO][+*][`~'?.\w]|[dD][dD][aeiouyAEIOUY][\^(+*`~']")
BASE64 = re.compile(r"(?=.*\d)(?=.*[a-z][A-Z])[A-Za-z0-9+/]{16,}={0,2}")
ESCAPED = re.compile(r"\\[^\w\s]")
ESCAPED_END = re.compile(r"(.+)\\([.?'](?:[^\w\s\\]*))")
MONEY = re.compile(r"\(?dd[.,;:)\"]*")  # "50.000 đ"
INNER = re.compile(
    r"[aeo]\^|a\(|[uo][+*]|[aeiouy]['`?~][a-z]", re.IGNORECASE
)  # no sentence ends so
LEFT_OVER = re.compile(r"[\^`~*+(\[\]{}<>=/\\]")
ADDRESS = re.compile(r"@\w|://|^www\.", re.IGNORECASE)
JOINT, JOINT_KEPT = re.compile("[-/,;:&]"), re.compile("([-/,;:&])")
INITIAL = re.compile(r"[(\"]?[AEIOY]\.")  # of a name; no word begins so
HOURS, ELLIPSIS = re.compile(r"[ap]\.m\."), re.compile(r"[^.\\]\.{3}\Z")
ABBREVIATED = re.compile(r"[aeioy]\.")  # unless it ends a clause
# What is no syllable but no word without its marks either: a name of another language, a slip.
FOREIGN = re.compile(r"[A-Za-z]+[aeiouyAEIOUY][`'^~][a-z]{3,}|[dD][dD][aeiouy][a-z]*")
NUMBERED = re.compile(r"\(?[Nn]o\.")
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


@dataclass(frozen=True)
class Habit:
    """How often sentences of a column end with a stop, and which words follow each other."""

    stops: float
    pairs: Mapping[tuple[str, str], int]


NO_HABIT = Habit(0.5, {})


def habit_of(texts: Iterable[str]) -> Habit:
    """Learn from values of several words, but for those whose end may be read in two ways."""
    stops, none = 0.1, 0.1
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        said = [read(token) for token in text.split()]
        if len(said) >= WORDS_OF_A_NOTE:
            stops += said[-1].endswith(".")
            none += not text.rstrip().endswith(".")
        sure = said if not text.rstrip().endswith(".") else said[:-1]
        pairs.update(itertools.pairwise(word.lower().strip(SENTENCE) for word in sure))
    return Habit(stops / (stops + none), pairs)


def decode(text: str, habit: Habit = NO_HABIT) -> str:
    """Decode the tokens that become Vietnamese; leave English, code and addresses as they are."""
    tokens = TOKEN.findall(text)
    said = [_read_sure(token) for token in tokens]
    for at, (token, after) in enumerate(itertools.pairwise(tokens)):
        if ABBREVIATED.fullmatch(token) or (NUMBERED.fullmatch(token) and after[0].isdigit()):
            said[at] = token
    if len(said) > 1:
        said[-1] = _end(tokens[-1], said, habit)
    parts = iter(said)
    return TOKEN.sub(lambda _: next(parts), text)


def _end(token: str, said: Sequence[str], habit: Habit) -> str:
    """Read a value's last token: its dot is the sentence's where the words are likelier so."""
    with_tone = said[-1]
    if token[-1] != "." or with_tone[-1:] == "." or not WORD.fullmatch(with_tone):
        return with_tone
    without = read(token[:-1])
    if not WORD.fullmatch(without) or not is_syllable(without.lower()):
        return with_tone
    stops = habit.stops if len(said) >= WORDS_OF_A_NOTE else habit.stops / SELDOM
    if without.istitle():
        stops /= SELDOM_NAMES
    before = said[-2].lower().strip(SENTENCE)
    one, other = (
        vietnamese(word.lower())
        + math.log1p(habit.pairs.get((before, word.lower()), 0))
        + TOGETHER * (f"{before} {word.lower()}" in _pairs())
        for word in (without, with_tone)
    )
    return without + "." if one + math.log(stops) > other + math.log(1 - stops) else with_tone


@functools.lru_cache(1 << 16)
def _read_sure(token: str) -> str:
    """Decode a token of what is VIQR: words of other languages too, where no syllable is read."""
    if MONEY.fullmatch(token):
        return token.replace("dd", "đ")
    said = read(token)
    if not borrowed.INNER.search(said) or PROTECTED.search(token):
        return said
    parts = JOINT_KEPT.split(said)
    parts[::2] = map(_borrowed, parts[::2])
    return "".join(parts)


def _borrowed(token: str) -> str:
    before, word, behind = borrowed.part(token)
    return before + decode_word(word) + behind if borrowed.is_borrowed(word) else token


@functools.cache
def _pairs() -> frozenset[str]:
    """Give common words of two syllables whose end is read in two ways."""
    text = resources.files("playbooks.text").joinpath("pairs.txt").read_text("utf-8")
    return frozenset(pair for line in text.splitlines()[1:] for pair in line.split("|"))


def parts_of(token: str) -> list[str]:
    """Part a token where it is words joined: `NV12-Nhu+.t`, `Bang-la-dde't`."""
    return JOINT.split(token)


@functools.lru_cache(1 << 16)
def read(token: str) -> str:
    """Decode a token, whole or in its parts; keep what would be no syllables."""
    if any(each.fullmatch(token) for each in (INITIAL, HOURS, BASE64)):
        return token
    escaped = ESCAPED_END.fullmatch(token)
    if escaped:
        return _read_parts(escaped[1]) + escaped[2]
    kept = len(token) - _signs(token)
    return _read_parts(token[:kept]) + token[kept:]


def _read_parts(token: str) -> str:
    said = _read(token)
    if said != token or ADDRESS.search(token) or not JOINT.search(token):
        return said
    parts = JOINT_KEPT.split(token)
    parts[::2] = map(_read, parts[::2])
    return "".join(parts)


def _signs(token: str) -> int:
    """Count the signs at the end that are no tone: `...`, and a quote that was opened."""
    if ELLIPSIS.search(token):
        return 3
    at = token.rfind("'")
    opened = token[0] == "'" and at > 1 and not token[at + 1 :].strip(SENTENCE)
    opened = opened and token[at - 1] != "\\"
    return len(token) - at if opened else 0


def _read(token: str) -> str:
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
        if said != body and _is_vietnamese(said) and not _is_stopped(body, said):
            return said + tail
    said = decode_word(token)
    if "\\" in token and _is_vietnamese(decode_word(ESCAPED.sub("", token))):
        return said
    if is_name(token) or FOREIGN.fullmatch(token):
        return said
    return said if SURE.search(token) and not LEFT_OVER.search(said) else token


def _is_stopped(token: str, said: str) -> bool:
    """Whether the one sign of what is no syllable ends its sentence: `Pango.`."""
    return token[-1] in ".?'" and token[:-1].isalpha() and not is_word(said)


def is_name(token: str) -> bool:
    """Whether a token becomes syllables or names of the highlands, and no mark is left."""
    text = decode_word(token) if INNER.search(token) else token
    words = [word.lower() for word in WORD.findall(text) if not word.isascii()]
    named = all(is_syllable(word) or is_highland(word) for word in words)
    return bool(words) and named and not MARK.search(WORD.sub("", text))


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
    left = WORD.sub("", text).lstrip("(\"'*~")
    return all(map(_is_word, words)) and not MARK.search(left)


def _is_word(word: str) -> bool:
    return is_word(word) or is_joined(word.lower())
