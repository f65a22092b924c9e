"""Which old table bytes are in that are no UTF-8: by the words they become."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from playbooks.text.decode import decoder
from playbooks.text.score import (
    CANDIDATES,
    PRIOR,
    Plain,
    Score,
    Weight,
    Weights,
    ascii_evidence,
    closed,
    matrix,
    tokens_of,
    totals,
    western_weight,
)

MARGIN = 0.0  # in natural logarithms, over Western text
SHARE = 0.6  # of the words must be valid
OWN_MARGIN, KNOWN = 6.0, 0.7  # for a second encoding in the same column
TOLD = 6.0  # what a declared font or charset weighs
FOREIGN = "foreign"
SAMPLE, CLEAR = 800, 0.9  # words that all tables are asked about; how sure is enough
FEW = 80  # values that closed lists have
LAST_ASCII, NO_BREAK = 0x7F, 0xA0
# Bytes that only VN1 or only VN2 has; without them the text is the same as in TCVN3.
VN1_ONLY = frozenset({*range(0x01, 0x03), *range(0x04, 0x07), *range(0x11, 0x18)})
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


def find(
    values: Sequence[bytes],
    declared: str | None,
    plain: Plain = western_weight,
    extra: tuple[str, ...] = (),
) -> Found:
    """Find the table of distinct values; `foreign` where they read better as Western text."""
    names = (*extra, *CANDIDATES)
    tokens, ask = tokens_of(values), functools.partial(matrix, plain=plain)
    around = _around(values, names)
    weights = ask(tokens[:SAMPLE], names)
    ranked = _ranked(totals(weights.values(), names), declared, around)
    if tokens[SAMPLE:] and not _is_clear(ranked):
        weights |= ask(tokens[SAMPLE:], names)
        ranked = _ranked(totals(weights.values(), names), declared, around)
    first = _settled(ranked)
    weights |= ask([token for token in tokens if token not in weights], (first,))
    bad = _bad(weights, first)
    weights |= ask(_beside(values, bad, weights, names), names)
    others = _others(values, weights, first, bad, names) if bad else {}
    if others and first == FOREIGN:
        first, others = _most(values, others)
        bad = _bad(weights, first)
    if others and first != FOREIGN:
        weights |= ask([token for token, row in weights.items() if len(row) < len(names)], names)
        others = _rather(values, weights, first, others)
    return Found(
        _tied(first, values, declared), _confidence(ranked, first), tuple(ranked), others, bad
    )


def _around(values: Sequence[bytes], names: Iterable[str]) -> dict[str, float]:
    """Weigh what stands beside the words in question: ASCII, and values of closed lists."""
    base, few = ascii_evidence(values), len(values) <= FEW
    return {name: base + (closed(values, name) if few else 0.0) for name in names}


def _most(values: Sequence[bytes], others: dict[bytes, str]) -> tuple[str, dict[bytes, str]]:
    """Take the table of most values for the column's, if few are left that no table reads."""
    name, count = Counter(others.values()).most_common(1)[0]
    if 2 * len(others) < len(values):
        return FOREIGN, others if count > 1 else {}
    return name, {value: other for value, other in others.items() if other != name}


def _ranked(scores: list[Score], declared: str | None, around: Mapping[str, float]) -> list[Score]:
    family = {"tcvn3-h": "tcvn3", "tcvn5712-3": "tcvn3"}
    told = family.get(declared or "", declared)
    lifted = [
        Score(
            s.name, s.gain + around[s.name] + (TOLD if s.name == told else 0.0), s.valid, s.tokens
        )
        for s in scores
    ]
    return sorted(lifted, key=lambda score: -score.gain)


def _is_clear(ranked: Sequence[Score]) -> bool:
    first = _settled(ranked)
    return first != FOREIGN and _confidence(ranked, first) > CLEAR


def _beside(
    values: Iterable[bytes], bad: frozenset[bytes], weights: Weights, names: Sequence[str]
) -> list[bytes]:
    """Give the tokens that stand in one value with a word that the table does not read."""
    if not bad:
        return []
    parted = (value.split() for value in values)
    near = {token for tokens in parted if not bad.isdisjoint(tokens) for token in tokens}
    return [token for token in near if token in weights and len(weights[token]) < len(names)]


def _settled(ranked: Sequence[Score]) -> str:
    good = (s.name for s in ranked if s.gain > MARGIN and s.share >= SHARE)
    return next(good, FOREIGN)


def _bad(weights: Weights, name: str) -> frozenset[bytes]:
    """Give the tokens that are no Vietnamese words under the table; under none, all are."""
    if name == FOREIGN:
        return frozenset(weights)
    return frozenset(token for token, row in weights.items() if not row[name].is_valid)


def _others(
    values: Iterable[bytes],
    weights: Weights,
    first: str,
    bad: frozenset[bytes],
    names: tuple[str, ...],
) -> dict[bytes, str]:
    """Give the values that a second table, and then a third, reads clearly better."""
    found: dict[bytes, str] = {}
    left = {value: _rows(value, weights) for value in values if not bad.isdisjoint(value.split())}
    for _ in range(3):
        best: tuple[float, str, list[bytes]] = (0.0, "", [])
        for name in names:
            if name != first:
                mine = [v for v, rows in left.items() if _reads_better(rows, name, first)]
                gain = _gain(mine, weights, first, name)
                best = max(best, (gain, name, mine))
        gain, name, mine = best
        if gain < OWN_MARGIN:
            return found
        found |= dict.fromkeys(mine, name)
        for value in mine:
            del left[value]
    return found


def _rather(
    values: Sequence[bytes], weights: Weights, first: str, others: Mapping[bytes, str]
) -> dict[bytes, str]:
    """Give each value its table: words that stand elsewhere in the column weigh more.

    Values that one table alone reads say which words the column has, and how common each table is.
    """
    names = sorted({first, *others.values()} - {FOREIGN})
    gains = {
        value: {
            name: sum(row[name].gain for row in rows)
            for name in names
            if all(row[name].is_valid for row in rows)
        }
        for value in values
        if (rows := _rows(value, weights))
    }
    sure = {value: next(iter(each)) for value, each in gains.items() if len(each) == 1}
    shares = Counter(sure.values())
    known = Counter(word for value, name in sure.items() for word in _words(value, name))
    found = dict(others)
    for value, each in gains.items():
        if len(each) > 1:
            lifted = {
                name: gain
                + math.log(shares[name] + 1)
                + KNOWN * sum(math.log1p(known[word]) for word in _words(value, name))
                for name, gain in each.items()
            }
            found[value] = max(lifted, key=lambda name: lifted[name])
    return {value: name for value, name in found.items() if name != first}


def _words(value: bytes, name: str) -> list[str]:
    """Give the small words beyond ASCII that a table reads in a value."""
    return [word for word in decoder(name)(value).lower().split() if not word.isascii()]


def _rows(value: bytes, weights: Weights) -> list[dict[str, Weight]]:
    return [weights[token] for token in value.split() if token in weights]


def _gain(values: Iterable[bytes], weights: Weights, first: str, name: str) -> float:
    """Add up what distinct words gain over Western text and over the first table."""
    tokens = {token for value in values for token in value.split() if token in weights}
    rows = [weights[token] for token in tokens]
    lost = 0.0 if first == FOREIGN else sum(max(0.0, row[first].gain) for row in rows)
    return sum(row[name].gain for row in rows) - lost + PRIOR.get(name, 0.0)


def _reads_better(rows: Sequence[dict[str, Weight]], name: str, first: str) -> bool:
    gain = sum(row[name].gain for row in rows)
    base = 0.0 if first == FOREIGN else max(0.0, sum(row[first].gain for row in rows))
    valid = sum(row[name].is_valid for row in rows)
    return gain > base + MARGIN and valid >= SHARE * len(rows)


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


def _tied(name: str, values: Sequence[bytes], declared: str | None) -> str:
    """Settle the family of TCVN: the same small letters, told apart by the bytes of capitals."""
    if name not in ("tcvn3", "tcvn5712-1", "tcvn5712-2"):
        return name
    used = set(b"".join(values))
    if name == "tcvn3":
        letters = {byte for byte in used if byte > LAST_ASCII}
        if declared == "tcvn5712-3" and letters <= SHARED_BYTES:
            return declared
        if declared in ("tcvn5712-1", "tcvn5712-2") and letters <= SHARED_BYTES:
            return declared
        return "tcvn3-h" if declared == "tcvn3-h" else "tcvn3"
    low = any(byte in VN1_ONLY or LAST_ASCII < byte < NO_BREAK for byte in used)
    if name == "tcvn5712-1" and not low and declared != "tcvn5712-1":
        return "tcvn5712-2"
    return name
