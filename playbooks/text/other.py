"""Columns of another language than Vietnamese, or of no language: what is said of them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from playbooks.text import declared as telling
from playbooks.text import foreign, legacy
from playbooks.text.score import SPECIAL
from playbooks.text.verdict import FOREIGN, Verdict

SPACE = 0x20
SURE = 0.4  # of a table; below, another language is asked too
UNREAD = 0.2  # of the values: with fewer, no other language is asked
WELL_READ = 0.9  # share of words, above which no other language is asked
GAIN = 8.0
MANY = 0.2
EBCDIC_SPACE = b"@"
# Letters, digits, the space and a few signs of EBCDIC, and no letter of ASCII.
EBCDIC = re.compile(
    rb"[\x81-\x89\x91-\x99\xa2-\xa9\xc1-\xc9\xd1-\xd9\xe2-\xe9\xf0-\xf9@KMP`\x5d/kz}]+"
)


def judge(values: Sequence[bytes], declared: str | None) -> Verdict:
    """Judge text of another language: by its declaration, else by the codec that fits best."""
    if is_binary(values):
        return Verdict("unknown", 0.5, "no table reads it", doubtful=frozenset(values))
    told = telling.codec(declared)
    if told and all(_is_read_by(value, told) for value in values):
        return Verdict("foreign", 0.9, f"reads as {told}, as declared", codec=told)
    if _is_ebcdic(b"".join(values)):
        return Verdict("foreign", 0.9, "reads as cp037, of mainframes", codec="cp037")
    guess = foreign.guess(values)
    if not guess.is_readable:
        doubts = frozenset(values)
        return Verdict("unknown", 0.4, "neither a table nor a codec reads it", doubtful=doubts)
    sure = round(1 / (1 + math.exp(-max(0.0, min(20.0, guess.lead)) / 3)), 4)
    doubts = frozenset() if guess.codec == "cp1252" else frozenset(values)
    return Verdict("foreign", sure, f"reads as {guess.codec}", doubtful=doubts, codec=guess.codec)


def _is_ebcdic(data: bytes) -> bool:
    """Whether all is text of mainframes, with its space; words of Thai have the same letters."""
    return EBCDIC.fullmatch(data) is not None and EBCDIC_SPACE in data


def is_rather(found: legacy.Found, values: list[bytes]) -> bool:
    """Whether a codec of another language reads what a table reads badly, and better."""
    best = max(found.scores, key=lambda score: score.gain if score.name in found.name else -1e9)
    sure = found.name != FOREIGN and found.confidence >= SURE
    if sure and (best.share >= WELL_READ or _is_read(found, values)):
        return False
    guess = foreign.guess(values)
    gain = 0.0 if found.name == FOREIGN else best.gain
    return guess.is_readable and guess.codec != "cp1252" and guess.gain > max(gain, GAIN)


def _is_read(found: legacy.Found, values: list[bytes]) -> bool:
    """Whether the tables found leave few values unread."""
    unread = legacy.with_tokens(values, found.bad)
    left = [v for v in unread if found.others.get(v, FOREIGN) == FOREIGN]
    return len(left) < UNREAD * len(values)


def of_wide_codec(values: Sequence[bytes], found: legacy.Found) -> Verdict | None:
    """Judge values of a wide codec, of which a few are valid UTF-8 by chance."""
    if found.name != FOREIGN:
        return None
    guess = foreign.guess(values)
    if guess.codec == "cp1252" or not guess.is_readable or guess.gain < 5 * GAIN:
        return None
    if not all(_is_read_by(value, guess.codec) for value in values):
        return None
    return judge(values, None)


def is_noise(values: Sequence[bytes]) -> bool:
    """Whether many values have a zero byte before their end, as numbers and images do."""
    if b"\0" not in b"".join(values):
        return False
    inner = sum(b"\0" in value.rstrip(b"\0 ") for value in values)
    return inner > MANY * len(values)


def _is_read_by(value: bytes, codec: str) -> bool:
    try:
        value.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def is_binary(values: Sequence[bytes]) -> bool:
    """Whether there are control codes that no text has; old letters may be some of them."""
    odd = sum(len(SPECIAL.findall(value)) for value in values if value.isascii())
    controls = sum(byte < SPACE and byte not in b"\t\r\n" for value in values for byte in value)
    return controls > 0 and odd + controls > 0
