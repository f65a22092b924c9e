"""What the words of a column weigh under every table, and as Western text."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from playbooks.text.decode import decoder, latin
from playbooks.text.language import (
    INNER_SIGN,
    UNUSUAL_LETTER,
    WORD,
    is_word,
    ours,
    signs,
    western,
)
from playbooks.text.language import values as whole_values
from playbooks.text.syllable import is_highland, syllables
from playbooks.text.table import BYTE_TABLES, UNMAPPED, table

Plain = Callable[[bytes], float]
SPECIAL = re.compile(rb"[\x01-\x08\x0e-\x1f\x80-\xff]")
CANDIDATES = tuple(name for name in BYTE_TABLES if name not in ("tcvn3-h", "tcvn5712-3"))
PRIOR = {"viscii": -1.0, "vps": -1.5, "tcvn5712-1": -1.2, "tcvn5712-2": -1.4, "cp1258": -0.6,
         "bkhcm1": -5.0, "bkhcm2": -3.5}  # fmt: skip
LOOSE_MARK = re.compile(r"[\u0300-\u036f]|\d[^\x00-\x7f\W\d_]+\d")  # `10×13` is no word
UNMAPPED_BYTE, WEAK_BYTE = -12.0, -6.0
WHOLE, WHOLE_ASCII, MOST = 4.0, 1.0, 4
MARKUP = re.compile(rb"<[^<>]*>")
FIRST, CHUNK = 2000, 500
CONTROL = re.compile(rb"[\x00-\x1f\x7f\x81\x8d\x8f\x90\x9d]")  # in no text of Windows-1252
WORST, BEST = -9.0, 14.0
NO_WORD = 2.0  # what reads as noise under one table and as a word under another is no tie
NAMED = 4.0  # gain over Western text that makes a word a name of the highlands
NOISE, NOISE_BYTE, NOISE_CONTROL = -7.0, 4.0, 8.0  # what any token weighs at least, whatever it is


@dataclass(frozen=True)
class Weight:
    """A token under a table: its gain over Western text, and whether all its words are valid."""

    gain: float
    is_valid: bool


@dataclass(frozen=True)
class Score:
    """A set of tokens under a table."""

    name: str
    gain: float
    valid: int
    tokens: int

    @property
    def share(self) -> float:
        return self.valid / self.tokens if self.tokens else 0.0


PLAIN_WORD = re.compile(rb"(?<![^\s(,])[A-Z]?[a-z]{2,}(?![^\s),.;:])")
UPPER_WORD = re.compile(rb"(?<![^\s(,])[A-Z]{3,}(?![^\s),.;:])")
NO_ABBREVIATION = re.compile(rb"[AEIOUY][B-DF-HJ-NP-TV-Z]{1,2}[AEIOUY]|[AEIOUY]{3}")
LIKE_OURS, UNLIKE_OURS, AROUND = 0.5, -1.2, 3.0
UNLIKE_NAME = -0.4  # names of other languages stand in Vietnamese text too


@functools.cache
def _toneless() -> frozenset[str]:
    marks = {ord("đ"): "d"}
    return frozenset(
        "".join(c for c in unicodedata.normalize("NFD", word) if c.isascii() or c == "đ").translate(
            marks
        )
        for word in syllables()
    )


def ascii_evidence(values: Iterable[bytes], most_against: float = AROUND) -> float:
    """Weigh the words of ASCII beside: syllables without marks, or another language."""
    joined = b"\n".join(itertools.islice(values, 200))
    words = set(PLAIN_WORD.findall(joined))
    words |= {
        word
        for word in UPPER_WORD.findall(joined)
        if word.decode("ascii").lower() in _toneless() or NO_ABBREVIATION.search(word)
    }
    others = [word for word in words if word.decode("ascii").lower() not in _toneless()]
    named = sum(word.istitle() for word in others)
    gain: float = LIKE_OURS * (len(words) - len(others))
    gain += UNLIKE_OURS * (len(others) - named) + UNLIKE_NAME * named
    return max(-most_against, min(AROUND, gain))


def closed(values: Sequence[bytes], name: str) -> float:
    """Weigh whole values that closed lists have, as a table reads them; markup does not count."""
    read = decoder(name)(MARKUP.sub(b"", b"\n".join(values))).lower().split("\n")
    known = [text for text in read if unicodedata.normalize("NFC", text.strip()) in whole_values()]
    ours = sum(not text.isascii() for text in known)
    return WHOLE * min(ours, MOST) + WHOLE_ASCII * min(len(known) - ours, MOST) if ours else 0.0


Weights = dict[bytes, dict[str, Weight]]


def tokens_of(values: Sequence[bytes], limit: int = 50_000) -> list[bytes]:
    """Give distinct tokens with bytes beyond ASCII's signs and letters, in order."""
    found = dict.fromkeys(b"\n".join(values[:FIRST]).split())
    seen = set(found)
    for start in range(FIRST, len(values), CHUNK):  # what is parted at once stays in the cache
        seen.update(b"\n".join(values[start : start + CHUNK]).split())
    found |= dict.fromkeys(sorted(seen - found.keys()))
    chosen = [token for token in found if not token.isascii() or SPECIAL.search(token)]
    return chosen[:limit]


def weigh(text: str, odd: float, plain: float, noise: float) -> Weight:
    """Weigh a decoded token; `plain` is its weight as Western text, `odd` of its bytes."""
    odd_signs = signs(text)
    words = [word for word in WORD.findall(text) if not word.isascii()]
    cost = max(noise, ours(text) + odd)
    is_quiet = odd_signs > 2 * INNER_SIGN and odd > UNMAPPED_BYTE
    is_valid = bool(words) and is_quiet and all(map(is_word, words))
    if words and is_quiet and not is_valid and cost - plain > NAMED:
        is_valid = all(is_word(word) or is_highland(word.lower()) for word in words)
    if LOOSE_MARK.search(text):
        cost, is_valid = max(noise, cost + UNMAPPED_BYTE), False
    gain = cost - plain - (0.0 if is_valid else NO_WORD)
    return Weight(max(WORST, gain), is_valid)


def _odd_bytes(token: bytes, name: str) -> float:
    if name == "utf-8":
        return 0.0
    if not token.translate(None, _sure(name)):
        return 0.0
    chart = table(name)
    text = chart.single
    cost, before = 0.0, 0
    for byte in token:
        if text[byte] == UNMAPPED and bytes((before, byte)) not in chart.pairs:
            cost += UNMAPPED_BYTE
        elif byte in chart.weak:
            cost += WEAK_BYTE
        before = byte
    return cost


@functools.cache
def _sure(name: str) -> bytes:
    """Give the bytes that surely stand for something alone."""
    chart = table(name)
    return bytes(byte for byte in chart.mapped if byte not in chart.weak)


def plain_weight(token: bytes) -> float:
    """Weigh a token as Windows-1252 that is what it looks like: Western, or Vietnamese."""
    text = latin(token)
    return max(western(text), ours(text))


def _noise(token: bytes) -> float:
    return NOISE - NOISE_BYTE * len(token) - NOISE_CONTROL * len(CONTROL.findall(token))


def matrix(tokens: Sequence[bytes], names: Iterable[str], plain: Plain) -> Weights:
    """Weigh every token under every table; one row a token."""
    found: Weights = {token: {} for token in tokens}
    noises = list(map(_noise, tokens))
    bases = [max(plain(token), noise) for token, noise in zip(tokens, noises, strict=True)]
    joined = b"\n".join(tokens)
    for name in names if tokens else ():
        texts = decoder(name)(joined).split("\n")
        for token, text, base, noise in zip(tokens, texts, bases, noises, strict=True):
            found[token][name] = (
                _modern(text, base)
                if name == "utf-8"
                else weigh(text, _odd_bytes(token, name), base, noise)
            )
    return {token: _bounded(row) for token, row in found.items()}


def _bounded(row: dict[str, Weight]) -> dict[str, Weight]:
    """Bound what a token says against Western text, and keep what it says between tables."""
    less = max((weight.gain for weight in row.values()), default=0.0) - BEST
    if less <= 0:
        return row
    return {name: Weight(max(WORST, each.gain - less), each.is_valid) for name, each in row.items()}


def _modern(text: str, plain: float) -> Weight:
    """Weigh a token that was UTF-8 once, cut at its end or not: Vietnamese or Western."""
    text = text.removesuffix("\ufffd")
    cost = max(western(text), ours(text))
    is_valid = "\ufffd" not in text and cost > UNUSUAL_LETTER * max(1, len(text))
    return Weight(max(WORST, cost - plain), is_valid)


def western_weight(token: bytes) -> float:
    """Weigh a token as Western text in Windows-1252."""
    return western(latin(token))


def totals(rows: Iterable[Mapping[str, Weight]], names: Iterable[str]) -> list[Score]:
    """Add up, best first."""
    kept, scores = list(rows), []
    for name in names:
        each = [row[name] for row in kept]
        gain = sum(weight.gain for weight in each) + PRIOR.get(name, 0.0)
        scores.append(Score(name, gain, sum(weight.is_valid for weight in each), len(each)))
    return sorted(scores, key=lambda score: -score.gain)
