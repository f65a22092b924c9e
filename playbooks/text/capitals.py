"""TCVN3's toned capitals: their case lived in the font, so it is found again by rule.

Two ways of writing are met: a capital vowel followed by its small toned form ("A" and "à" for
"À"), which is exact, and the small form alone inside a word of capitals, which is a guess.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

import numpy as np

from playbooks.text.initial import FIRST_TONED, MARKUP, PLAIN_SMALL, WORD
from playbooks.text.syllable import is_joined, is_syllable
from playbooks.text.table import table, two_byte_capitals

CAPITALS = bytes(range(0x41, 0x5B)) + bytes(range(0xA1, 0xA8))
VOWELS = b"AEIOUY\xa1\xa2\xa3\xa4\xa5\xa6"
SLICE = 1 << 15
MANY = 3  # capitals that show that the others are
SECOND = 3  # bits to the left
TONED_FIRST, TONED_AFTER, TWO_CAPITALS = 1, 2, 4  # what two neighbours have in common


def restore(data: bytes, text: str, *, heading: bool = False) -> str:
    """Give capitals back in a decoded block, line by line; `heading` says all are capitals."""
    if heading:
        return "\n".join(restore_line(line, heading=True) for line in text.split("\n"))
    done, parts = 0, []
    for start, end in _lines(data):
        parts += [text[done:start], restore_line(text[start:end])]
        done = end
    return "".join((*parts, text[done:])) if parts else text


def restore_line(line: str, *, heading: bool = False) -> str:
    """Join two-letter capitals, then raise words that can only have been capitals."""
    if "<" in line or "&" in line:
        parts = MARKUP.split(line)
        shown = [part for part in parts[::2] if part.strip()]
        if len(parts) > 1:
            heading = heading or is_heading(WORD.findall(" ".join(shown)))
            parts[::2] = [_shown(part, heading=heading) for part in parts[::2]]
            return "".join(parts)
    return _shown(line, heading=heading)


def _shown(line: str, *, heading: bool) -> str:
    line = _doubled().sub(lambda hit: _capital()[hit[0]], line)
    words = WORD.findall(line)
    if not heading:
        heading = is_heading(words)
    return WORD.sub(lambda hit: _raised(hit[0], heading=heading), line)


def is_heading(words: list[str]) -> bool:
    """Whether nothing in these words is surely small and one of them is surely capital."""
    if any(is_small(word) for word in words):
        return False
    return any(_capitals(word) > 1 and is_syllable(word.lower()) for word in words)


def is_small(word: str) -> bool:
    """Whether a letter of the word had a capital byte of its own and is small all the same."""
    return not PLAIN_SMALL.isdisjoint(word)


def lost(before: str, after: str) -> int:
    """Count letters whose case was guessed."""
    return sum(one != other for one, other in zip(before, after, strict=False))


def _capitals(word: str) -> int:
    return sum(letter.isupper() for letter in word)


def _raised(word: str, *, heading: bool) -> str:
    if word.isupper() or word.isascii() or is_small(word):
        return word
    large = _capitals(word)
    sure = large > 1 or (large == 1 and not word[0].isupper())
    sure = sure and (_is_read(word.lower()) or large >= MANY)
    return word.upper() if sure or heading else word


def _is_read(word: str) -> bool:
    """Whether a small word is of syllables: "BLứ" is a name that is written so."""
    return is_syllable(word) or is_joined(word)


def _lines(data: bytes) -> Iterator[tuple[int, int]]:
    """Give where the lines begin and end that have capitals next to small toned letters."""
    end = -1
    for at in _hits(data):
        if at < end:
            continue
        start = data.rfind(b"\n", 0, at) + 1
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        yield start, end


def _hits(data: bytes) -> list[int]:
    """Find toned letters before a capital, after two, or after their own vowel as a capital.

    By bits of classes, ten times as fast as a pattern; in slices that stay in the cache.
    """
    return [
        start + at
        for start in range(0, len(data), SLICE)
        for at in _hits_of(data[start : start + SLICE + 2])
    ]


def _hits_of(data: bytes) -> list[int]:
    classes = _classes()
    both = np.frombuffer(data.translate(classes), np.uint8)
    met = both[:-1] & (both >> SECOND)[1:]
    places = np.flatnonzero(met != 0).tolist()  # ten times as fast as on bytes
    return [at for at in places if _is_hit(data, at, classes)]


def _is_hit(data: bytes, at: int, classes: bytes) -> bool:
    kind = classes[data[at]] & (classes[data[at + 1]] >> SECOND)
    if kind & TONED_FIRST or (kind & TONED_AFTER and data[at : at + 2] in two_byte_capitals()):
        return True
    after = data[at + 2 : at + 3]
    return bool(kind & TWO_CAPITALS and after and classes[after[0]] >> SECOND & TONED_AFTER)


@functools.cache
def _classes() -> bytes:
    """Give the bits of a byte that stands first, and above them of one that stands second."""
    small = table("tcvn3").single
    first, second = bytearray(256), bytearray(256)
    for byte in range(256):
        if byte in CAPITALS:
            first[byte] = TWO_CAPITALS | (TONED_AFTER if byte in VOWELS else 0)
            second[byte] = TWO_CAPITALS | TONED_FIRST
        elif byte >= FIRST_TONED and small[byte].islower():
            first[byte], second[byte] = TONED_FIRST, TONED_AFTER
    return bytes(one | other << SECOND for one, other in zip(first, second, strict=True))


@functools.cache
def _capital() -> Mapping[str, str]:
    single = table("tcvn3").single
    return {single[a] + single[b]: text for (a, b), text in two_byte_capitals().items()}


@functools.cache
def _doubled() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _capital())))
