"""Columns of valid UTF-8: as they stand, or old bytes that were stored so by mistake.

The rule above all others: what is Unicode already stays. Signs of measure, and words of other
languages, are no reason to think of old bytes.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

from playbooks.text import legacy, ncr
from playbooks.text.decode import decoder, undouble
from playbooks.text.kind import Kinds
from playbooks.text.language import WORD, is_word, vietnamese
from playbooks.text.score import plain_weight
from playbooks.text.syllable import syllables
from playbooks.text.verdict import FOREIGN, Verdict

LETTERS = frozenset(
    letter
    for small in syllables()
    for word in (small, small.upper())
    for letter in word
    if not letter.isascii()
)
UNIT = re.compile(
    r"(?<!\w)[\d.,]*[kcdmhn]?m[²³]|(?<!\w)[\d.,]*µ[gmlsFVAW]\b|\d ?°[CFKN]?\b|(?<!\w)°[CFKN]\b"
    r"|\w+[®©™](?!\w)"
)
SIGN_OF_NUMBER = re.compile(r"[±×÷½¼¾²³°·µ€£¥§«»©®™…–—“”‘’•\xa0]")
OURS = re.compile("[ơưƠƯ\u1ea0-\u1ef9]")  # letters of no other language
ETH = "\u00d0"  # typed for "Đ" by mistake: no old byte
WELL = 0.6  # of a value's words
EVIDENCE = 6.0  # in natural logarithms, against a column that is Vietnamese in UTF-8
LIKELIER = 2.0


def judge(kinds: Kinds) -> Verdict:
    """Judge distinct values of UTF-8 and ASCII."""
    plain = Verdict("utf-8", 0.99, "valid UTF-8", doubtful=frozenset(kinds.cut))
    found, double = _double(kinds.unicode)
    names = {**double, **references(kinds.plain)}
    if not names:
        return plain
    kept = {value: "utf-8" for value in kinds.unicode if value not in double}
    used = sorted(set(names.values()))
    if len(used) == 1 and not kept and double:
        reason = "old bytes that were taken for Windows-1252 and stored as UTF-8"
        return Verdict(used[0], max(found.confidence, 0.9), reason)
    reason = f"rows of several eras: {', '.join([*used, *sorted(set(kept.values()))])}"
    return Verdict("mixed", 0.9, reason, names | kept, frozenset(kinds.cut))


def references(values: Collection[bytes]) -> dict[bytes, str]:
    """Give the values of ASCII whose character references become Vietnamese words."""
    found = {}
    for value in values:
        if b"&" in value:
            text = value.decode("ascii")
            said = ncr.decode(text)
            words = [word for word in WORD.findall(said) if not word.isascii()]
            good = sum(map(is_word, words)) >= WELL * len(words) or OURS.search(said)
            if said != text and words and good:
                found[value] = "ncr"
    return found


def _double(values: Sequence[bytes]) -> tuple[legacy.Found, dict[bytes, str]]:
    """Give the values that were stored twice, each with what it was before."""
    every = {value: undone for value in values if (undone := _undone(value)) is not None}
    modern = len(every) < len(values)
    inner = {value: each for value, each in every.items() if is_suspect(value, modern=modern)}
    nothing = legacy.Found(FOREIGN, 0.5)
    if not inner:
        return nothing, {}
    raw = list(dict.fromkeys(inner.values()))
    found = legacy.find(raw, None, plain_weight, ("utf-8",))
    gains = {score.name: score.gain for score in found.scores}
    if modern and gains.get(found.name, 0.0) < EVIDENCE:
        return nothing, {}
    names = {value: found.others.get(each, found.name) for value, each in inner.items()}
    double = {
        value: f"double:{name}"
        for value, name in names.items()
        if name != FOREIGN and _has_word(inner[value], name)
    }
    sound = len(values) - len(every)
    return found, double | _rest(every, inner, double, sound)


def _rest(
    every: Mapping[bytes, bytes],
    suspects: Collection[bytes],
    double: Mapping[bytes, str],
    sound: int,
) -> dict[bytes, str]:
    """Give the values that go with the sure ones: they read well so, and not as they stand."""
    if len(set(double.values())) != 1:
        return {}
    (name,) = set(double.values())
    left = [value for value in every if value not in double]
    if not sound:
        return {v: name for v in left if is_well(v, name) or (v in suspects and _is_clean(v, name))}
    likelier = LIKELIER + math.log((sound + 1) / (len(double) + 1))
    return {
        value: name
        for value in left
        if is_well(value, name)
        and _likelihood(value, name) - _likelihood(value, "utf-8") > likelier
    }


def _likelihood(value: bytes, name: str) -> float:
    """Give the logarithm of the words beyond ASCII that a value has under a table."""
    return sum(
        vietnamese(word) for word in WORD.findall(decoder(name)(value)) if not word.isascii()
    )


def _is_clean(value: bytes, name: str) -> bool:
    """Whether nothing but Vietnamese letters comes out."""
    return all(char.isascii() or char in LETTERS for char in decoder(name)(value))


def _has_word(data: bytes, name: str) -> bool:
    """Whether a word of more than one letter comes out: a sign alone (`A3×6`) is a sign."""
    words = WORD.findall(decoder(name)(data))
    return any(len(word) > 1 and not word.isascii() for word in words)


def is_well(value: bytes, name: str) -> bool:
    """Whether its words beyond ASCII are all Vietnamese under a table."""
    words = [word for word in WORD.findall(decoder(name)(value)) if not word.isascii()]
    return bool(words) and all(map(is_word, words))


def is_suspect(value: bytes, *, modern: bool) -> bool:
    """Whether UTF-8 holds signs or letters that Vietnamese does not have.

    `modern`: other values are Vietnamese in UTF-8 beyond doubt.
    """
    text = UNIT.sub("", unicodedata.normalize("NFC", value.decode("utf-8")))
    text = text.replace(ETH, "Đ")
    if modern and not any(map(str.isalpha, SIGN_OF_NUMBER.sub("", text))):
        return False
    foreign = any(not char.isascii() and char not in LETTERS for char in text)
    if modern or foreign:
        return foreign
    return not all(is_word(word) for word in WORD.findall(text) if not word.isascii())


def _undone(value: bytes) -> bytes | None:
    """Give the bytes that were taken for Windows-1252, None where that cannot be."""
    try:
        return undouble(value.decode("utf-8"))
    except UnicodeEncodeError:
        return None
