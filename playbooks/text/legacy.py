"""Which old table bytes are in that are no UTF-8: by the words they become."""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from playbooks.text import era
from playbooks.text.decode import decoder, latin
from playbooks.text.language import WORD, frequencies
from playbooks.text.score import (
    CANDIDATES,
    PRIOR,
    Plain,
    Score,
    Weights,
    ascii_evidence,
    closed,
    matrix,
    tokens_of,
    totals,
    western_weight,
)
from playbooks.text.verdict import FOREIGN

MARGIN = 2.0  # in natural logarithms, over Western text
SHARE, HALF = 0.6, 0.5  # of the words must be valid; of fewer, they must weigh much
CLEARLY = 8.0
UNSURE, UNMET = 2, 8.0  # words; what syllables that were never met must weigh alone
TOLD = 3.5  # what a declared font or charset weighs
SAMPLE, CLEAR = 800, 0.9  # words that all tables are asked about; how sure is enough
FEW = 80  # values that closed lists have
FEW_TOKENS = 40  # for a pattern
ASKED = 1000  # values whose eras are asked about in any case
MOST_AGAINST = 8.0  # what words of another language weigh in values of ASCII
MET, MOST_MET = 3.0, 4  # what a word weighs that rows in UTF-8 have; how many count
MOST = 4000  # words that all tables are asked about where no table is clear
HAS_ASCII = re.compile(rb"[A-Za-z]")
LAST_ASCII, NO_BREAK = 0x7F, 0xA0
# Bytes that only VN1 or only VN2 has; without them the text is the same as in TCVN3.
VN1_ONLY = frozenset({*range(0x01, 0x03), *range(0x04, 0x07), *range(0x11, 0x18)})
VN1 = "tcvn5712-1"
SHARED_BYTES = frozenset({*range(0xA0, 0xAF), *range(0xB5, 0xFF)}) - frozenset(
    {0xBA, 0xBF, *range(0xC0, 0xC6), 0xCD, 0xD9, 0xDA, 0xDB, 0xE0, 0xF0}
)


@dataclass(frozen=True)
class Found:
    """The table of some values, and those that are in another one."""

    name: str
    confidence: float
    scores: tuple[Score, ...] = ()
    others: dict[bytes, str] = field(default_factory=dict)
    bad: frozenset[bytes] = frozenset()
    ties: tuple[str, ...] = ()
    near: frozenset[bytes] = frozenset()


def find(
    values: Sequence[bytes],
    declared: str | None,
    plain: Plain = western_weight,
    extra: tuple[str, ...] = (),
    beside: Sequence[bytes] = (),
    known: Collection[str] = (),
) -> Found:
    """Find the table of distinct values; `foreign` where they read better as Western text.

    `beside`: the column's values of ASCII. `known`: small words of its values in UTF-8.
    """
    names = (*extra, *CANDIDATES)
    tokens, ask = tokens_of(values), functools.partial(matrix, plain=plain)
    around = _met(_around(values, names, beside), tokens[:SAMPLE], known)
    weights = ask(tokens[:SAMPLE], names)
    ranked = _ranked(totals(weights.values(), names), declared, around)
    if tokens[SAMPLE:] and not _is_clear(ranked):
        weights |= ask(tokens[SAMPLE:MOST], names)
        ranked = _ranked(totals(weights.values(), names), declared, around)
    first = _settled(ranked)
    first = first if len(tokens) > UNSURE or _is_met(values, tokens, first, ranked) else FOREIGN
    weights |= ask([token for token in tokens if token not in weights], (first,))
    bad = _bad(weights, first)
    weights |= ask(_beside(near := with_tokens(values, bad), weights, names), names)
    close, sure = frozenset[bytes](), _confidence(ranked, first)
    asked = [*dict.fromkeys([*near, *_asked(values[:ASKED], weights, names)])]
    others = era.others(asked, weights, first, names)
    if others and first == FOREIGN:
        first, others, bad = _most(values, others, ranked, weights)
    if others and first != FOREIGN:
        weights |= ask([each for each, row in weights.items() if len(row) < len(names)], names)
        others, close = era.rather(values, weights, first, others)
        first, others = era.plainest(values, first, others)
        sure = max(sure, era.confidence(values, weights, first, others))
    name = _tied(first, weights, declared)
    return Found(name, sure, tuple(ranked), others, bad, ties(tokens[:SAMPLE], name), close)


def ties(tokens: Sequence[bytes], name: str) -> tuple[str, ...]:
    """Give the other tables that read the same text, the case of TCVN3's letters aside."""
    if name not in CANDIDATES:
        return ()
    joined = b"\n".join(tokens)
    text = decoder(name)(joined).lower()
    others = (other for other in CANDIDATES if other != name)
    return tuple(other for other in others if decoder(other)(joined).lower() == text)


def _is_met(
    values: Sequence[bytes], tokens: Sequence[bytes], name: str, ranked: Sequence[Score]
) -> bool:
    """Whether a few tokens hold a syllable that was met before, or weigh much without.

    What is no word of another language, by its capitals, need not. Nothing but letters beyond
    ASCII is rather of another script, but for a value of a form's closed list.
    """
    if not any(map(HAS_ASCII.search, values)) and any(len(token) > 1 for token in tokens):
        return closed(values, name) > 0
    gain = next((score.gain for score in ranked if score.name == name), 0.0)
    if gain > UNMET or not _words(tokens, name).isdisjoint(frequencies()):
        return True
    words = WORD.findall(latin(b"\n".join(tokens)))
    return not all(word.islower() or word.isupper() or word.istitle() for word in words)


def _met(
    around: Mapping[str, float], tokens: Sequence[bytes], known: Collection[str]
) -> dict[str, float]:
    """Add what it weighs that a table reads words which other values of the column have."""
    return {
        name: weight + (MET * min(MOST_MET, len(_words(tokens, name) & {*known})) if known else 0)
        for name, weight in around.items()
    }


def _words(tokens: Sequence[bytes], name: str) -> set[str]:
    """Give the small words beyond ASCII that a table reads in some tokens."""
    text = unicodedata.normalize("NFC", decoder(name)(b"\n".join(tokens))).lower()
    return {word for word in WORD.findall(text) if not word.isascii()}


def _most(
    values: Sequence[bytes], others: dict[bytes, str], ranked: Iterable[Score], weights: Weights
) -> tuple[str, dict[bytes, str], frozenset[bytes]]:
    """Take the commonest table, unless it alone reads no more than chance makes.

    Words of another language beside show that it was chance.
    """
    if ascii_evidence(others) < 0:
        return FOREIGN, {}, _bad(weights, FOREIGN)
    first, others = era.most(values, others)
    if not others and any(score.name == first and score.share <= HALF for score in ranked):
        first = FOREIGN
    return first, others, _bad(weights, first)


def with_tokens(values: Sequence[bytes], tokens: Collection[bytes]) -> list[bytes]:
    """Give the values that hold one of some tokens; a pattern leaves most values unparted."""
    if not tokens:
        return []
    chosen = frozenset(tokens)
    near: Iterable[bytes] = values
    if len(chosen) <= FEW_TOKENS:
        near = filter(re.compile(b"|".join(map(re.escape, chosen))).search, values)
    return [value for value in near if not chosen.isdisjoint(value.split())]


def _around(
    values: Sequence[bytes], names: Iterable[str], beside: Sequence[bytes]
) -> dict[str, float]:
    """Weigh what stands beside the words in question: ASCII, and values of closed lists."""
    base, few = ascii_evidence(values) + ascii_evidence(beside, MOST_AGAINST), len(values) <= FEW
    return {name: base + (closed([*values, *beside[:FEW]], name) if few else 0.0) for name in names}


def _ranked(scores: list[Score], declared: str | None, around: Mapping[str, float]) -> list[Score]:
    family = {"tcvn3-h": "tcvn3", "tcvn5712-3": "tcvn3"}
    told = family.get(declared or "", declared)
    lifted = []
    for score in scores:
        gain = score.gain + around[score.name]
        if score.name == told and gain > MARGIN:  # it chooses among tables, and makes none
            gain += TOLD - PRIOR.get(score.name, 0.0)  # a table that is named is no rare one
        lifted.append(Score(score.name, gain, score.valid, score.tokens))
    return sorted(lifted, key=lambda score: -score.gain)


def _is_clear(ranked: Sequence[Score]) -> bool:
    first = _settled(ranked)
    return first != FOREIGN and _confidence(ranked, first) > CLEAR


def _beside(near: Iterable[bytes], weights: Weights, names: Sequence[str]) -> list[bytes]:
    """Give the tokens of values that hold a word that the table does not read."""
    near = {token for value in near for token in value.split()}
    return [token for token in near if token in weights and len(weights[token]) < len(names)]


def _settled(ranked: Sequence[Score]) -> str:
    good = (s for s in ranked if s.gain > MARGIN and s.share >= HALF)
    return next((s.name for s in good if s.share >= SHARE or s.gain > CLEARLY), FOREIGN)


def _asked(values: Iterable[bytes], weights: Weights, names: Sequence[str]) -> Iterator[bytes]:
    """Give the values whose tokens all tables were asked about."""
    for value in values:
        if all(len(weights.get(token, names)) == len(names) for token in value.split()):
            yield value


def _bad(weights: Weights, name: str) -> frozenset[bytes]:
    """Give the tokens that are no Vietnamese words under the table; under none, all are."""
    if name == FOREIGN:
        return frozenset(weights)
    return frozenset(token for token, row in weights.items() if not row[name].is_valid)


def _confidence(ranked: Sequence[Score], first: str) -> float:
    if first == FOREIGN:
        return round(1 / (1 + math.exp(min(20.0, ranked[0].gain / 4))), 4) if ranked else 0.5
    best = next(score for score in ranked if score.name == first)
    family = ("tcvn3", "tcvn5712-1", "tcvn5712-2")
    rivals = [
        score.gain
        for score in ranked
        if score.name != first and not (first in family and score.name in family)
    ]
    margin = best.gain - max([0.0, *rivals])
    return round(best.share / (1 + math.exp(max(-20.0, min(20.0, -margin / 3)))), 4)


def _tied(name: str, tokens: Weights, declared: str | None) -> str:
    """Settle the family of TCVN: the same small letters, told apart by the bytes of capitals."""
    if name not in ("tcvn3", VN1, "tcvn5712-2"):
        return name
    if name == "tcvn3" and _has_low_capitals(tokens):
        return VN1
    used = set(b"".join(tokens))
    if name == "tcvn3":
        letters = {byte for byte in used if byte > LAST_ASCII}
        if declared in (VN1, "tcvn5712-2", "tcvn5712-3") and letters <= SHARED_BYTES:
            return declared
        return "tcvn3-h" if declared == "tcvn3-h" else "tcvn3"
    low = any(byte in VN1_ONLY or LAST_ASCII < byte < NO_BREAK for byte in used)
    if name == VN1 and not low and declared != VN1:
        return "tcvn5712-2"
    return name


def _has_low_capitals(tokens: Weights) -> bool:
    """Whether there are control codes, and all of them are VN1's capitals."""
    low = [row for token, row in tokens.items() if not VN1_ONLY.isdisjoint(token)]
    return bool(low) and all(row[VN1].is_valid for row in low if VN1 in row)
