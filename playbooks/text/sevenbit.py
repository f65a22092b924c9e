"""Columns of ASCII alone: VIQR, character references, or what they look like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playbooks.text import ncr, viqr
from playbooks.text.language import WORD, is_word
from playbooks.text.syllable import is_highland
from playbooks.text.verdict import Verdict

MARKED = re.compile(r"[aeoAEO]\^|[aA]\(|[uoUO][+*]|[aeiouyAEIOUY][`~]|[dD][dD][aeiouyAEIOUY]")
INSIDE = re.compile(r"[aeiouyAEIOUY]['.?][a-zA-Z]")
# A tone inside a word, as English hardly has it: "Khu'c", "Hu?y", "Thi.nh"; not "he's", "a.m".
TONED = re.compile(r"[aeiouyAEIOUY][+^(*]?(?:[?`~'][a-zA-Z]|\.(?:n[gh]|ch)\b)", re.IGNORECASE)
CONTRACTION = re.compile(r"'(?:s|m|d|t|re|ve|ll)\b|^[a-z]'", re.IGNORECASE)
SURE, STRONG, WEAK, ENOUGH = 2.0, 1.3, 0.25, 1.2
LEFT_INSIDE = re.compile(r"[\^`~*+?'.(]['?~`.]*[^\W_]")  # marks that no letter took
LEAST = 3  # characters of a token that tells much
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
    is_toned = TONED.search(token) and not CONTRACTION.search(token) and len(token) > LEAST
    return STRONG if is_toned or MARKED.search(token) else WEAK


def _marks(texts: Sequence[str], told: str | None) -> Verdict | None:
    """Weigh tokens by how seldom English and code have such marks."""
    weight, good, wrong = 0.0, 0, 0
    for token in {token for text in texts for token in text.split()}:
        strength = _strength(token)
        if not MARKED.search(token) and not INSIDE.search(token):
            continue
        if viqr.PROTECTED.search(token):
            continue
        if viqr.is_read(token) and not LEFT_INSIDE.search(viqr.read(token)):
            weight, good = weight + strength, good + 1
        elif viqr.is_name(token):  # alone it tells nothing
            weight, good = weight + WEAK, good + 1
        else:
            weight, wrong = weight - max(strength, 0.5), wrong + 1
    code = sum(CODE.search(text) is not None and "://" not in text for text in texts)
    weight -= 6.0 * code / len(texts)
    if weight + (1.0 if told == "viqr" else 0.0) < ENOUGH or good <= wrong:
        return None
    return Verdict("viqr", round(good / (good + wrong + 0.2), 4), f"{good} words with marks")
