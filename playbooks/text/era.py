"""Several old tables in one column: which value is in which, by the words of all of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from playbooks.text.decode import decoder
from playbooks.text.score import PRIOR, Weight, Weights
from playbooks.text.verdict import FOREIGN

SHARE = 0.6  # of the words must be valid
OWN_MARGIN, KNOWN = 6.0, 0.7  # for a second encoding in the same column
FAMILY = frozenset({"tcvn3", "tcvn5712-1", "tcvn5712-2"})  # the same small letters
MOST_ERAS = 3


def others(
    values: Iterable[bytes], weights: Weights, first: str, names: tuple[str, ...]
) -> dict[bytes, str]:
    """Give the values that a second table, and then a third, reads clearly better."""
    found: dict[bytes, str] = {}
    used = {first}
    left = {value: _rows(value, weights) for value in values}
    for _ in range(MOST_ERAS):
        best: tuple[float, str, list[bytes]] = (0.0, "", [])
        for name in names:
            if name not in used and not (name in FAMILY and used & FAMILY):
                mine = [v for v, rows in left.items() if _reads_better(rows, name, first)]
                gain = _gain(mine, weights, first, name)
                best = max(best, (gain, name, mine))
        gain, name, mine = best
        seldom = 0.0 if first == FOREIGN else math.log1p(len(weights))
        if gain < OWN_MARGIN * len(used) + seldom:
            return found
        found |= dict.fromkeys(mine, name)
        used.add(name)
        for value in mine:
            del left[value]
    return found


def most(values: Sequence[bytes], found: dict[bytes, str]) -> tuple[str, dict[bytes, str]]:
    """Take the table of most values for the column's, if few are left that no table reads."""
    name, count = Counter(found.values()).most_common(1)[0]
    if 2 * len(found) < len(values):
        return FOREIGN, found if count > 1 else {}
    return name, {value: other for value, other in found.items() if other != name}


def rather(
    values: Sequence[bytes], weights: Weights, first: str, found: Mapping[bytes, str]
) -> dict[bytes, str]:
    """Give each value its table: words that stand elsewhere in the column weigh more.

    Values that one table alone reads say which words the column has, and how common each table
    is. A value that no table reads whole goes to the one that reads the most of it.
    """
    names = sorted({first, *found.values()} - {FOREIGN})
    rows = {value: each for value in values if (each := _rows(value, weights))}
    valid = {
        value: [name for name in names if all(row[name].is_valid for row in each)]
        for value, each in rows.items()
    }
    sure = {value: each[0] for value, each in valid.items() if len(each) == 1}
    shares = Counter(sure.values())
    known = Counter(word for value, name in sure.items() for word in _words(value, name))

    def weight(value: bytes, name: str) -> float:
        words = (known[word] for word in _words(value, name))
        gain = sum(row[name].gain for row in rows[value])
        return gain + math.log(shares[name] + 1) + KNOWN * sum(map(math.log1p, words))

    chosen = {
        value: sure.get(value) or max(valid[value] or names, key=lambda name: weight(value, name))
        for value in rows
    }
    return {value: name for value, name in chosen.items() if name != first}


def plainest(
    values: Iterable[bytes], first: str, found: dict[bytes, str]
) -> tuple[str, dict[bytes, str]]:
    """Take TCVN3 for a table of its family where its rows say the same in TCVN3."""
    used = {first, *found.values()}
    plain = decoder("tcvn3")
    for name in sorted(FAMILY & used - {"tcvn3"}):
        mine = [value for value in values if found.get(value, first) == name]
        if all(decoder(name)(value).lower() == plain(value).lower() for value in mine):
            first = "tcvn3" if first == name else first
            found = {v: "tcvn3" if other == name else other for v, other in found.items()}
    return first, {value: other for value, other in found.items() if other != first}


def confidence(
    values: Iterable[bytes], weights: Weights, first: str, found: Mapping[bytes, str]
) -> float:
    """Give the share of values that their own table reads whole."""
    read = [
        all(row[found.get(value, first)].is_valid for row in rows)
        for value in values
        if (rows := _rows(value, weights))
    ]
    return round(sum(read) / len(read), 4) if read else 0.0


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
    return gain > base and valid >= SHARE * len(rows)
