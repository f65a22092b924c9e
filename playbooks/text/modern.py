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
ETH = "\u00d0"  # typed for "Đ" by mistake: no old byte
KNOWN = 2000  # values whose words are looked at
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


def words_of(values: Sequence[bytes]) -> frozenset[str]:
    """Give the small words beyond ASCII of some values of UTF-8."""
    text = unicodedata.normalize("NFC", b"\n".join(values[:KNOWN]).decode("utf-8")).lower()
    return frozenset(word for word in WORD.findall(text) if not word.isascii())


def references(values: Collection[bytes]) -> dict[bytes, str]:
    """Give the values of ASCII whose character references become Vietnamese words.

    Where some do, the others' references to Vietnamese letters are such too.
    """
    found: dict[bytes, str] = {}
    other: dict[bytes, str] = {}
    for value in values:
        if b"&" in value:
            text = value.decode("ascii")
            said = ncr.decode(text)
            words = [word for word in WORD.findall(said) if not word.isascii()]
            if said != text and words:
                good = sum(map(is_word, words)) >= WELL * len(words) or ncr.OURS.search(said)
                (found if good else other)[value] = said
    ours = found | {v: said for v, said in other.items() if found and _is_of_letters(said)}
    return dict.fromkeys(ours, "ncr")


def _is_of_letters(text: str) -> bool:
    return all(char.isascii() or char in LETTERS for char in text)


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
        if name != FOREIGN and _has_word(value, f"double:{name}")
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
    return _is_of_letters(decoder(name)(value))


def _has_word(value: bytes, name: str) -> bool:
    """Whether a word comes out: a letter alone that was a sign (`A3×6`) is a sign."""
    words = [word for word in WORD.findall(decoder(name)(value)) if not word.isascii()]
    lettered = any(not char.isascii() and char.isalpha() for char in value.decode("utf-8"))
    return bool(words) and (lettered or max(map(len, words)) > 1)


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
