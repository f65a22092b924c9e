"""Several old tables in one column: which value is in which, by the words of all of them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playbooks.text.decode import decoder
from playbooks.text.language import values as whole_values
from playbooks.text.score import PRIOR, Weight, Weights
from playbooks.text.verdict import FOREIGN

SHARE = 0.6  # of the words must be valid
KNOWN, WHOLE = 0.7, 3.0  # of a word, of a whole value, that other values have too
COST, CHANCE, ROUNDS = 7.0, 0.02, 4  # of a second table in a column; of a Western value
FAMILY = frozenset({"tcvn3", "tcvn5712-1", "tcvn5712-2"})  # the same small letters
MOST_ERAS = 3
NEAR = 2.5  # in natural logarithms: a person should see which of two readings is meant
JOINT = re.compile(rb"[-/_.,:;()0-9]+")
FEW = 80  # values that closed lists have


def others(
    values: Sequence[bytes], weights: Weights, first: str, names: Sequence[str]
) -> dict[bytes, str]:
    """Give the values of a second table, and of a third: a mixture that explains all of them.

    Every value comes from one of the eras, or is Western by chance. An era more must be worth
    what it costs: how seldom columns are mixed, and which of the tables it is.
    """
    alike = _alike(values, weights)
    rows = {same[0]: _rows(same[0], weights) for same in alike}
    gains = {
        name: np.array([sum(row[name].gain for row in each) for each in rows.values()])
        for name in names
    }
    if len(rows) <= FEW:
        _lift(gains, [*rows])
    used, share = _eras(gains, first, names)
    if len(used) < 2:  # noqa: PLR2004 - one era
        return {}
    found: dict[bytes, str] = {}
    best = np.argmax([gains[name] + math.log(share[name]) for name in used], axis=0)
    for same, each, at in zip(alike, rows.values(), best.tolist(), strict=True):
        name = used[at]
        valid = sum(row[name].is_valid for row in each)
        if name != first and valid >= SHARE * len(each):
            found |= dict.fromkeys(same, name)
    return found


def _alike(values: Sequence[bytes], weights: Weights) -> list[list[bytes]]:
    """Group values of the same weighed words: `NV12 Lan`, `NV13 Lan` say no more than one."""
    groups: dict[tuple[bytes, ...], list[bytes]] = {}
    for value in values:
        tokens = [token for token in value.split() if token in weights]
        if tokens:
            groups.setdefault(tuple(map(_words_in, tokens)), []).append(value)
    return [*groups.values()]


def _words_in(token: bytes) -> bytes:
    """Give the parts of a token that have bytes beyond ASCII: not the code before a name."""
    return b" ".join(part for part in JOINT.split(token) if not part.isascii()) or token


def _lift(gains: Mapping[str, NDArray[np.float64]], values: Sequence[bytes]) -> None:
    """Add what it weighs that a value is one of a form's closed list."""
    for name, gain in gains.items():
        texts = (unicodedata.normalize("NFC", decoder(name)(value)).strip() for value in values)
        gain += [WHOLE * (text.lower() in whole_values()) for text in texts]


def _eras(
    gains: Mapping[str, NDArray[np.float64]], first: str, names: Sequence[str]
) -> tuple[list[str], dict[str, float]]:
    """Add tables to the first one while each is worth its cost; give their shares too."""
    used: list[str] = [] if first == FOREIGN else [first]
    share: dict[str, float] = dict.fromkeys(used, 1.0)
    reached, _ = _mixture(gains, used)
    for _ in range(MOST_ERAS):
        options, cost = [], COST * max(1, len(used))
        for name in names:
            is_kin = name in FAMILY and FAMILY & set(used)
            if name not in used and not is_kin and _most_gained(gains, used, name) > cost:
                weight, shares = _mixture(gains, [*used, name])
                options.append((weight + PRIOR.get(name, 0.0) - cost, name, shares))
        if not options:
            break
        weight, name, shares = max(options, key=lambda option: option[0])
        if weight <= reached:
            break
        used, share, reached = [*used, name], shares, weight
    return used, share


def _most_gained(gains: Mapping[str, NDArray[np.float64]], used: Sequence[str], name: str) -> float:
    """Give what a table more can explain at most."""
    floor = math.log(CHANCE) if used else 0.0
    reached = np.max([np.full_like(gains[name], floor), *(gains[each] for each in used)], axis=0)
    return float(np.maximum(0.0, gains[name] - reached).sum())


def _mixture(
    gains: Mapping[str, NDArray[np.float64]], used: Sequence[str]
) -> tuple[float, dict[str, float]]:
    """Give the logarithm of how well some tables explain all values, and the share of each."""
    shares = dict.fromkeys(used, 1 / max(1, len(used)))
    total = 0.0
    for _ in range(ROUNDS if len(used) > 1 else 1):
        parts = [np.exp(np.minimum(gains[name], 600.0)) * shares[name] for name in used]
        whole = np.sum(parts, axis=0) * (1 - CHANCE) + CHANCE
        total = float(np.log(whole).sum())
        counts = [float((part * (1 - CHANCE) / whole).sum()) + 0.5 for part in parts]
        shares = {name: count / sum(counts) for name, count in zip(used, counts, strict=True)}
    return total, shares


def most(values: Sequence[bytes], found: dict[bytes, str]) -> tuple[str, dict[bytes, str]]:
    """Take the table of most values for the column's, if few are left that no table reads."""
    name, count = Counter(found.values()).most_common(1)[0]
    if 2 * len(found) < len(values):
        return FOREIGN, found if count > 1 else {}
    return name, {value: other for value, other in found.items() if other != name}


def rather(
    values: Sequence[bytes], weights: Weights, first: str, found: Mapping[bytes, str]
) -> tuple[dict[bytes, str], frozenset[bytes]]:
    """Give each value its table, and the values that another table reads nearly as well.

    Values that one table alone reads say which words the column has, and how common each table
    is; words that stand elsewhere in the column weigh more. A value that no table reads whole
    goes to the one that reads the most of it.
    """
    names = sorted({first, *found.values()} - {FOREIGN})
    rows = {value: each for value in values if (each := _rows(value, weights))}
    valid = {
        value: [name for name in names if all(row[name].is_valid for row in each)]
        for value, each in rows.items()
    }
    readings = {
        value: {name: _Reading.of(value, name, rows[value]) for name in some or names}
        for value, some in valid.items()
    }
    chosen = {value: some[0] for value, some in valid.items() if len(some) == 1}
    for _ in range(2):
        ranked = _likeliest(readings, chosen)
        chosen = {value: some[0][0] for value, some in ranked.items()}
    near = {value for value, some in ranked.items() if _is_near(readings[value], some)}
    others = {value: name for value, name in chosen.items() if name != first}
    return others, frozenset(near)


def _is_near(readings: Mapping[str, _Reading], ranked: Sequence[tuple[str, float]]) -> bool:
    """Whether another text is nearly as likely as the first one."""
    (best, most), *rest = ranked
    return any(
        most - weight < NEAR and readings[name].text != readings[best].text for name, weight in rest
    )


@dataclass(frozen=True)
class _Reading:
    """What a table makes of a value: how likely its words are, and its small letters."""

    gain: float
    text: str

    @classmethod
    def of(cls, value: bytes, name: str, rows: Iterable[Mapping[str, Weight]]) -> _Reading:
        text = unicodedata.normalize("NFC", decoder(name)(value)).strip().lower()
        return cls(sum(row[name].gain for row in rows), text)

    @property
    def words(self) -> list[str]:
        return [word for word in self.text.split() if not word.isascii()]


def _likeliest(
    readings: Mapping[bytes, Mapping[str, _Reading]], chosen: Mapping[bytes, str]
) -> dict[bytes, list[tuple[str, float]]]:
    """Weigh anew, by what is chosen for the other values, best first; its own words say nothing."""
    shares = Counter(chosen.values())
    known = Counter(word for value, name in chosen.items() for word in readings[value][name].words)

    whole = Counter(readings[value][name].text for value, name in chosen.items())

    def weight(value: bytes, name: str) -> float:
        reading, mine = readings[value][name], chosen.get(value) == name
        seen = sum(math.log1p(max(0, known[word] - mine)) for word in reading.words)
        twice = WHOLE * (whole[reading.text] > mine or reading.text in whole_values())
        return reading.gain + math.log(shares[name] + 1) + KNOWN * seen + twice

    return {
        value: sorted(((name, weight(value, name)) for name in some), key=lambda one: -one[1])
        for value, some in readings.items()
    }


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


def _rows(value: bytes, weights: Weights) -> list[dict[str, Weight]]:
    return [weights[token] for token in value.split() if token in weights]
