"""Columns of ASCII alone: VIQR, character references, or what they look like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playbooks.text import ncr, viqr
from playbooks.text.language import WORD, is_word
from playbooks.text.score import Score, weigh, western_weight
from playbooks.text.verdict import Verdict

STRONG = re.compile(
    r"[aeouAEOU][\^(+*][\^`'?~.]?|[aeiouyAEIOUY][`~]|[dD][dD][aeiouyAEIOUY]|[aeiouyAEIOUY]['.?][a-zA-Z]"
)
CODE = re.compile(r"[{};=<>\[\]|$#@_]|\w\(\)|//|\\\w")


def judge(values: Sequence[bytes], told: str | None) -> Verdict:
    """Judge distinct values of ASCII."""
    texts = [value.decode("ascii") for value in values]
    if not texts:
        return Verdict("ascii", 1.0, "no value")
    if any(ncr.REFERENCE.search(text) for text in texts):
        found = _references(values, texts)
        if found:
            return found
    return _marks(values, texts, told) or Verdict("ascii", 0.99, "ASCII alone")


def _references(values: Sequence[bytes], texts: Sequence[str]) -> Verdict | None:
    hits = {value: ncr.decode(text) for value, text in zip(values, texts, strict=True)}
    words = [
        word
        for value, said in hits.items()
        if said != value.decode("ascii")
        for word in WORD.findall(said)
        if not word.isascii()
    ]
    good = sum(map(is_word, words))
    if not words or good < 0.6 * len(words):
        return None
    return Verdict("ncr", good / len(words), f"{good} of {len(words)} words are Vietnamese")


def _marks(values: Sequence[bytes], texts: Sequence[str], told: str | None) -> Verdict | None:
    good = wrong = 0
    for token in {token for text in texts for token in text.split()}:
        if not STRONG.search(token):
            continue
        if viqr.read(token) != token:
            good += 1
        elif not viqr.PROTECTED.search(token):
            wrong += 1
    if told == "viqr" and good:
        wrong //= 2
    if not good or good <= 2 * wrong or (any(CODE.search(text) for text in texts) and good < 3):
        return None
    return Verdict("viqr", round(good / (good + wrong + 0.2), 4), f"{good} words with marks")


__all__ = ["Score", "judge", "weigh", "western_weight"]
