"""Columns of ASCII alone: VIQR, character references, or what they look like."""

from __future__ import annotations

import functools
import math
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from playbooks.text import ncr, viqr
from playbooks.text.language import WORD, frequencies, is_word
from playbooks.text.syllable import is_highland, without_marks
from playbooks.text.verdict import Verdict

MARKED = re.compile(r"[aeoAEO]\^|[aA]\(|[uoUO][+*]|[aeiouyAEIOUY][`~]|[dD][dD][aeiouyAEIOUY]")
# A letter typed twice is what other ways of typing leave behind too, in text without marks.
TYPED = re.compile(r"[dD][dD][a-zA-Z]+")
INSIDE = re.compile(r"[aeiouyAEIOUY]['.?][a-zA-Z]")
# A tone inside a word, as English hardly has it: "Khu'c", "Hu?y", "Thi.nh"; not "he's", "a.m".
TONED = re.compile(r"[aeiouy][+^(*]?(?:[?`~'][a-z]|\.(?:n[gh]|ch)\b)", re.IGNORECASE)
CONTRACTION = re.compile(r"'(?:s|d|re|ve|ll)\b|n't\b|^[a-z]'", re.IGNORECASE)
# A dot inside, which is an abbreviation's or a file's sometimes: "Ta.p", "cha.y", "lo.c".
DOTTED = re.compile(r"[a-z]+[+^(*]?\.(?:[cmnpt]|[iouya]{1,2})", re.IGNORECASE)
ASKING = re.compile(r"[aeiouy]\?[aeiouy]", re.IGNORECASE)
TYPED_BIG = re.compile(r"DD[a-z]{2,}")
SURE, STRONG, FAIR, HALF, WEAK, ENOUGH = 2.0, 1.3, 1.0, 0.7, 0.25, 1.2
WITHOUT, MOST_WITHOUT = 0.5, 2.0  # what a word without the marks it should have weighs
LEFT_INSIDE = re.compile(r"[\^`~*+?'.(]['?~`.]*[^\W_]")  # marks that no letter took
LEAST = 3  # characters of a token that tells much
STATEMENT = re.compile(r"\$[a-z]\w*|=>|==|[;{}]\s*(?:$|//)", re.IGNORECASE)
# "?" where VIQR has none: what a charset without our letters left of them.
LOST = re.compile(r"[bcdghklmnpqrstvx]\?[a-z]|\?\?[a-z]|^\?[a-z]", re.IGNORECASE)
SHARE_LOST = 0.2
BESIDE, OFTEN, TOLD, AS_CODE = 3.0, 4, 1.0, 6.0
CODE = re.compile(r"[{}=<>\[\]|$_]|\w\(\)|\\\w")


def judge(values: Sequence[bytes], told: str | None) -> Verdict:
    """Judge distinct values of ASCII."""
    texts = [value.decode("ascii") for value in values]
    if not texts:
        return Verdict("ascii", 1.0, "no value")
    if any(ncr.REFERENCE.search(text) for text in texts):
        found = _references(values, texts)
        if found:
            return found
    return _marks(texts, told) or Verdict("ascii", 0.99, "ASCII alone")


def _references(values: Sequence[bytes], texts: Sequence[str]) -> Verdict | None:
    hits = {value: ncr.decode(text) for value, text in zip(values, texts, strict=True)}
    words = [
        word
        for value, said in hits.items()
        if said != value.decode("ascii")
        for word in WORD.findall(said)
        if not word.isascii()
    ]
    good = sum(
        is_word(word) or is_highland(word.lower()) or ncr.OURS.search(word) is not None
        for word in words
    )
    if not words or good < 0.6 * len(words):
        return None
    return Verdict("ncr", good / len(words), f"{good} of {len(words)} words are Vietnamese")


def _strength(token: str) -> float:
    if viqr.SURE.search(token):
        return SURE
    if TYPED.fullmatch(token):
        return STRONG if TYPED_BIG.fullmatch(token) else HALF
    if len(token) > LEAST and TONED.search(token) and not CONTRACTION.search(token):
        return STRONG
    if MARKED.search(token) or ASKING.search(token):
        return STRONG
    return FAIR if len(token) > LEAST and DOTTED.fullmatch(token) else WEAK


@dataclass(frozen=True)
class Marks:
    """What the marks of some words weigh, how many were read or not, and the strongest."""

    weight: float
    good: int
    wrong: int
    best: float


def _marks(texts: Sequence[str], told: str | None) -> Verdict | None:
    found = _weighed(texts)
    weight = found.weight + (TOLD if told == "viqr" else 0.0)
    if weight < ENOUGH or found.good <= found.wrong:
        return None
    sure = round(found.good / (found.good + found.wrong + 0.2), 4)
    return Verdict("viqr", sure, f"{found.good} words with marks")


def beside(values: Sequence[bytes]) -> dict[bytes, str]:
    """Give the values of ASCII that are VIQR beyond doubt, in a column that has other eras too."""
    texts = {value: value.decode("ascii") for value in values}
    if not any(map(MARKED.search, texts.values())):
        return {}
    found = _weighed([*texts.values()])
    if found.weight < BESIDE or found.best < STRONG or found.good < OFTEN * found.wrong:
        return {}
    habit = viqr.habit_of(texts.values())
    return {v: "viqr" for v, text in texts.items() if viqr.decode(text, habit) != text}


def _weighed(texts: Sequence[str]) -> Marks:
    """Weigh tokens by how seldom English and code have such marks."""
    weight, good, wrong, best = 0.0, 0, 0, 0.0
    if 2 * sum(STATEMENT.search(text) is not None for text in texts) >= len(texts):
        return Marks(weight, good, wrong, best)
    words = {word for text in texts for word in viqr.TOKEN.findall(text)}
    words = {word for word in words if not viqr.BASE64.fullmatch(word)}
    tokens = _without_lost({part for word in words for part in viqr.parts_of(word)})
    for token in tokens:
        strength = _strength(token)
        if not MARKED.search(token) and not INSIDE.search(token):
            continue
        if viqr.PROTECTED.search(token):
            continue
        if viqr.is_read(token) and not LEFT_INSIDE.search(viqr.read(token).lstrip("(\"'[")):
            weight, good, best = weight + strength, good + 1, max(best, strength)
        elif viqr.is_name(token):  # alone it tells nothing
            weight, good = weight + WEAK, good + 1
        else:
            weight, wrong = weight - max(strength, 0.5), wrong + 1
    code = sum(CODE.search(text) is not None and "://" not in text for text in texts)
    weight -= AS_CODE * code / len(texts)
    if best < STRONG:
        weight -= min(MOST_WITHOUT, WITHOUT * sum(map(_lacks_marks, tokens)))
    return Marks(weight, good, wrong, best)


def _without_lost(tokens: Collection[str]) -> Collection[str]:
    """Leave out words with "?" where it stands for lost letters: "Nguy?n V?n ??c"."""
    asked = [token for token in tokens if "?" in token.rstrip("?")]
    lost = sum(LOST.search(token) is not None for token in asked)
    if lost <= SHARE_LOST * len(asked):
        return tokens
    return [token for token in tokens if "?" not in token]


def _lacks_marks(token: str) -> float:
    """Give how seldom a Vietnamese word of these letters has no marks; 0 where it is none."""
    group = _alike().get(token.strip(".,;:").lower())
    return 1 - group if group is not None else 0.0


@functools.cache
def _alike() -> Mapping[str, float]:
    """Give the share without marks among the words of the same letters."""
    shares: dict[str, float] = defaultdict(float)
    for word, share in frequencies().items():
        shares[without_marks(word)] += math.exp(share)
    known = frequencies()
    return {
        word: math.exp(known[word]) / share if word in known else 0.0
        for word, share in shares.items()
    }
