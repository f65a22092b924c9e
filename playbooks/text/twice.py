"""Values of valid UTF-8 that were stored twice: old bytes taken for Windows-1252 and kept so.

Signs of measure, and words of other languages, are no reason to think of old bytes.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

from playbooks.text import legacy
from playbooks.text.decode import decoder, undouble
from playbooks.text.language import WORD, is_word, vietnamese
from playbooks.text.score import matrix, plain_weight
from playbooks.text.syllable import syllables
from playbooks.text.verdict import FOREIGN

LETTERS = frozenset(
    letter
    for small in syllables()
    for word in (small, small.upper())
    for letter in word
    if not letter.isascii()
)
UNIT = re.compile(
    r"(?<!\w)[\d.,]*[kcdmhnKCDMHN]?[mM][²³]"
    r"|(?<!\w)[\d.,]*µ[gmlsFVAW]\b|\d ?°[CFKN]?\b|(?<!\w)°[CFKN]\b"
    r"|\w+[®©™](?!\w)"
)
SIGN_OF_NUMBER = re.compile(r"[±×÷½¼¾²³°·µ€£¥§«»©®™…–—“”‘’•\xa0]")
# At the edges of words.
QUIET = re.compile(r"(?<![^\W\d_])[\xa0…–—“”‘’•]|[\xa0…–—“”‘’•](?![^\W\d_])")
CUT = "\ufffd"  # what is left of a letter
ETH = "\u00d0"  # typed for "Đ" by mistake: no old byte
KNOWN = 2000  # values whose words are looked at
EVIDENCE = 6.0  # in natural logarithms, against a column that is Vietnamese in UTF-8
ALONE = 12.0  # against it by one value, which may be a name of another language
LIKELIER = 2.0


def words_of(values: Sequence[bytes]) -> frozenset[str]:
    """Give the small words beyond ASCII of some values of UTF-8."""
    text = unicodedata.normalize("NFC", b"\n".join(values[:KNOWN]).decode("utf-8")).lower()
    return frozenset(word for word in WORD.findall(text) if not word.isascii())


def stored_twice(values: Sequence[bytes]) -> tuple[legacy.Found, dict[bytes, str]]:
    """Give the values that were stored twice, each with what it was before."""
    every = {value: undone for value in values if (undone := _undone(value)) is not None}
    modern = len(every) < len(values)
    inner = {value: each for value, each in every.items() if is_suspect(value, modern=modern)}
    sound = words_of([value for value in values if value not in inner])
    odd = _odd({v: each for v, each in every.items() if v not in inner}, sound) if modern else {}
    nothing = legacy.Found(FOREIGN, 0.5)
    if not inner:
        return nothing, odd
    raw = list(dict.fromkeys(inner.values()))
    found = legacy.find(raw, None, plain_weight, ("utf-8",), known=sound)
    gains = {score.name: score.gain for score in found.scores}
    least = (EVIDENCE if len(raw) > 1 else ALONE) if modern else EVIDENCE * (len(raw) == 1)
    if gains.get(found.name, 0.0) < least:
        return nothing, odd
    names = {value: found.others.get(each, found.name) for value, each in inner.items()}
    double = {
        value: f"double:{name}"
        for value, name in names.items()
        if name != FOREIGN and _has_word(value, f"double:{name}")
    }
    return found, odd | double | _rest(every, inner, double, len(values) - len(every))


def _odd(values: Mapping[bytes, bytes], sound: Collection[str]) -> dict[bytes, str]:
    """Give the values of nothing but Vietnamese letters that are no words, but were some.

    `values`: with what they were before. `sound`: small words of the column's other values.
    """
    odd = {value: each for value, each in values.items() if _is_odd(value)}
    if not odd:
        return {}
    found = legacy.find([*odd.values()], None, plain_weight, known=sound)
    names = {value: found.others.get(each, found.name) for value, each in odd.items()}
    return {
        value: f"double:{name}"
        for value, name in names.items()
        if name != FOREIGN
        and is_well(value, f"double:{name}")
        and _rise(odd[value], name, sound) > (EVIDENCE if len(odd) > 1 else ALONE)
    }


def _is_odd(value: bytes) -> bool:
    text = value.decode("utf-8").replace(ETH, "Đ")
    return not _are_words(text)


def _rise(value: bytes, name: str, sound: Collection[str]) -> float:
    """Give how much likelier a value is under a table; more for words that stand elsewhere."""
    tokens = [token for token in value.split() if not token.isascii()]
    rows = matrix(tokens, (name,), plain_weight).values()
    met = words_of([decoder(name)(value).encode()]) & {*sound}
    return sum(row[name].gain for row in rows) + legacy.MET * len(met)


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
        return {
            v: name
            for v in left
            if (is_well(v, name) and not _is_sound(v, name, len(double)))
            or (v in suspects and is_clean(v, name))
        }
    likelier = LIKELIER + math.log((sound + 1) / (len(double) + 1))
    return {
        value: name
        for value in left
        if is_well(value, name)
        and _likelihood(value, name) - _likelihood(value, "utf-8") > likelier
    }


def _is_sound(value: bytes, name: str, others: int) -> bool:
    """Whether a value beside others that were stored twice is rather Vietnamese as it stands."""
    if not is_well(value, "utf-8") or not is_of_letters(value.decode("utf-8")):
        return False
    gain = _likelihood(value, "utf-8") - _likelihood(value, name)
    return gain > LIKELIER + 2 * math.log(others + 1)


def _likelihood(value: bytes, name: str) -> float:
    """Give the logarithm of the words beyond ASCII that a value has under a table."""
    return sum(
        vietnamese(word) for word in WORD.findall(decoder(name)(value)) if not word.isascii()
    )


def is_clean(value: bytes, name: str) -> bool:
    """Whether nothing but Vietnamese letters comes out."""
    return is_of_letters(decoder(name)(value).rstrip(CUT))


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
    quiet = QUIET.sub(" ", text)
    if _are_words(quiet) and is_of_letters(quiet):
        return False
    if modern and not any(map(str.isalpha, SIGN_OF_NUMBER.sub("", text))):
        return False
    foreign = any(not char.isascii() and char not in LETTERS for char in text)
    if modern or foreign:
        return foreign
    return not _are_words(text)


def _are_words(text: str) -> bool:
    """Whether no word beyond ASCII is other than Vietnamese."""
    return all(is_word(word) for word in WORD.findall(text) if not word.isascii())


def _undone(value: bytes) -> bytes | None:
    """Give the bytes that were taken for Windows-1252, None where that cannot be."""
    try:
        return undouble(value.decode("utf-8"))
    except UnicodeEncodeError:
        return None


def is_of_letters(text: str) -> bool:
    return all(char in LETTERS or (char.isascii() and char >= " ") for char in text)
