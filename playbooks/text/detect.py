"""Which encoding a column is in: decided for the column, checked for each value."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playbooks.text import declared as telling
from playbooks.text import foreign, legacy, sevenbit
from playbooks.text.decode import decoder, latin, undouble
from playbooks.text.language import WORD, is_word
from playbooks.text.score import SPECIAL, plain_weight
from playbooks.text.syllable import syllables
from playbooks.text.verdict import Verdict

LETTERS = frozenset(
    letter
    for small in syllables()
    for word in (small, small.upper())
    for letter in word
    if not letter.isascii()
)
UTF8_PAIR = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
SPACE = 0x20
SURE = 0.4  # of a table; below, another language is asked too
UNREAD = 0.2  # of the values: with fewer, no other language is asked
WELL_READ = 0.9  # share of words, above which no other language is asked
FOREIGN_GAIN = 8.0
CUT = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{0,2}\Z")
# Letters of one script in a word of another, and blocks that no text here uses: two old bytes
# that happen to be valid UTF-8.
UNLIKELY = re.compile(
    "[A-Za-z\u00c0-\u024f][\u0370-\u07ff]|[\u0370-\u07ff][A-Za-z\u00c0-\u024f]"
    "|[\x80-\x9f\u0180-\u019f\u01a2-\u01ae\u01b1-\u02af\u0700-\u07ff]"
)
CUT_HEAD = re.compile(rb"\A[\x80-\xbf]{1,3}")


@dataclass(frozen=True)
class Kinds:
    """Distinct values by what their bytes can be."""

    plain: list[bytes]
    unicode: list[bytes]
    cut: list[bytes]
    raw: list[bytes]


class Detector:
    """Tells the encoding of columns; holds no state between them."""

    def column(self, values: Iterable[bytes | None], declared: str | None = None) -> Verdict:
        """Judge a column by its distinct values; nothing but ASCII may still be VIQR or NCR."""
        distinct = list(dict.fromkeys(value for value in values if value))
        told = telling.told(declared)
        kinds = _kinds(distinct)
        if not kinds.raw and not kinds.unicode:
            return sevenbit.judge(distinct, told)
        if not kinds.raw:
            return _unicode(kinds)
        if not kinds.unicode:
            return _old(kinds, told, declared)
        return _eras(kinds, told)


def _kinds(values: Sequence[bytes]) -> Kinds:
    kinds = Kinds([], [], [], [])
    odd: list[bytes] = []
    joined = b"\n".join(values)
    is_possible = UTF8_PAIR.search(joined) is not None
    is_whole = is_possible and _is_utf8(joined)
    for value in values:
        if value.isascii():
            (odd if SPECIAL.search(value) else kinds.plain).append(value)
        elif is_possible and (is_whole or _is_utf8(value)):
            kinds.unicode.append(value)
        else:
            kinds.raw.append(value)
    chance = [value for value in kinds.unicode if UNLIKELY.search(value.decode("utf-8"))]
    if chance and (kinds.raw or _reads_as_old(chance)):
        kinds.raw.extend(chance)
        kinds.unicode[:] = [value for value in kinds.unicode if value not in set(chance)]
    (kinds.plain if kinds.unicode and not kinds.raw else kinds.raw).extend(odd)
    if kinds.unicode and all(map(_is_cut, kinds.raw)):
        kinds.cut.extend(kinds.raw)
        kinds.raw.clear()
    return kinds


def _reads_as_old(values: Sequence[bytes]) -> bool:
    return legacy.find(values, None).name != legacy.FOREIGN


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_cut(value: bytes) -> bool:
    """Whether it is UTF-8 but for a character that was cut at one of its ends."""
    body = _body(value)
    return len(body) < len(value) and _is_utf8(body)


def _body(value: bytes) -> bytes:
    return CUT_HEAD.sub(b"", CUT.sub(b"", value))


def _old(kinds: Kinds, told: str | None, declared: str | None) -> Verdict:
    found = legacy.find(kinds.raw, told)
    if found.name == legacy.FOREIGN and not found.others:
        if all(_is_cut(value) and not _body(value).isascii() for value in kinds.raw):
            return Verdict("utf-8", 0.8, "UTF-8, cut", doubtful=frozenset(kinds.raw))
        return _foreign(kinds.raw, declared)
    if _is_rather_foreign(found, kinds.raw):
        return _foreign(kinds.raw, declared)
    return _verdict(found, kinds.raw, {})


def _is_rather_foreign(found: legacy.Found, values: list[bytes]) -> bool:
    """Whether a codec of another language reads what a table reads badly, and better."""
    best = max(found.scores, key=lambda score: score.gain if score.name in found.name else -1e9)
    if found.name != legacy.FOREIGN:
        left = [v for v in values if v not in found.others or found.others[v] == legacy.FOREIGN]
        unread = sum(not found.bad.isdisjoint(value.split()) for value in left)
        if found.confidence >= SURE and (unread < UNREAD * len(values) or best.share >= WELL_READ):
            return False
    other = foreign.guess(values)
    gain = 0.0 if found.name == legacy.FOREIGN else best.gain
    return other.is_readable and other.codec != "cp1252" and other.gain > max(gain, FOREIGN_GAIN)


def _foreign(values: list[bytes], declared: str | None) -> Verdict:
    """Judge text of another language: by its declaration, else by the codec that fits best."""
    if _is_binary(values):
        return Verdict("unknown", 0.5, "no table reads it", doubtful=frozenset(values))
    told = telling.codec(declared)
    if told and all(_is_read_by(value, told) for value in values):
        return Verdict("foreign", 0.9, f"reads as {told}, as declared", codec=told)
    other = foreign.guess(values)
    if not other.is_readable:
        doubts = frozenset(values)
        return Verdict("unknown", 0.4, "neither a table nor a codec reads it", doubtful=doubts)
    sure = round(1 / (1 + math.exp(-max(0.0, min(20.0, other.lead)) / 3)), 4)
    doubts = frozenset() if other.codec == "cp1252" else frozenset(values)
    return Verdict("foreign", sure, f"reads as {other.codec}", doubtful=doubts, codec=other.codec)


def _is_read_by(value: bytes, codec: str) -> bool:
    try:
        value.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _is_binary(values: Sequence[bytes]) -> bool:
    odd = sum(len(SPECIAL.findall(value)) for value in values if value.isascii())
    controls = sum(byte < SPACE and byte not in b"\t\r\n" for value in values for byte in value)
    return controls > 0 and odd + controls > 0


def _verdict(found: legacy.Found, values: Sequence[bytes], others: dict[bytes, str]) -> Verdict:
    """Put one table and what else is in the column into words."""
    exceptions = found.others | others
    names = sorted({found.name, *exceptions.values()})
    doubtful = frozenset(
        value
        for value in values
        if found.bad and value not in exceptions and not found.bad.isdisjoint(value.split())
    )
    if exceptions:
        all_values = {value: exceptions.get(value, found.name) for value in values} | others
        reason = f"rows of several eras: {', '.join(names)}"
        return Verdict("mixed", found.confidence, reason, all_values, doubtful)
    best = next((score for score in found.scores if score.name in found.name), None)
    told = f"{best.valid} of {best.tokens} words are Vietnamese" if best else ""
    return Verdict(found.name, found.confidence, told, {}, doubtful)


def _unicode(kinds: Kinds) -> Verdict:
    """Judge UTF-8: as it stands, or old bytes that were taken for Windows-1252 and stored so."""
    inner = {value: undone for value in kinds.unicode if (undone := _undone(value)) is not None}
    modern = len(inner) < len(kinds.unicode)
    every = inner
    inner = {value: each for value, each in inner.items() if _is_suspect(value, modern=modern)}
    plain = Verdict("utf-8", 0.99, "valid UTF-8", doubtful=frozenset(kinds.cut))
    if not inner:
        return plain
    raw = list(dict.fromkeys(inner.values()))
    found = legacy.find(raw, None, plain_weight, ("utf-8",))
    names = {value: found.others.get(each, found.name) for value, each in inner.items()}
    double = {
        value: f"double:{name}"
        for value, name in names.items()
        if name != legacy.FOREIGN and _has_word(inner[value], name)
    }
    kinds_of_double = set(double.values())
    if not modern and len(kinds_of_double) == 1:  # the rest goes with them where it reads well
        (name,) = kinds_of_double
        double |= {value: name for value in every if value not in double and _is_well(value, name)}
    return _doubled(kinds, double, found, plain)


def _doubled(
    kinds: Kinds, double: dict[bytes, str], found: legacy.Found, plain: Verdict
) -> Verdict:
    if not double:
        return plain
    names = sorted(set(double.values()))
    if len(names) == 1 and len(double) == len(kinds.unicode):
        reason = "old bytes that were taken for Windows-1252 and stored as UTF-8"
        return Verdict(names[0], max(found.confidence, 0.9), reason)
    rest = {value: "utf-8" for value in kinds.unicode if value not in double}
    reason = f"rows of several eras: {', '.join([*names, *sorted(set(rest.values()))])}"
    return Verdict("mixed", 0.9, reason, double | rest)


def _has_word(data: bytes, name: str) -> bool:
    """Whether a word of more than one letter comes out: a sign alone (`A3×6`) is a sign."""
    words = WORD.findall(decoder(name)(data))
    return any(len(word) > 1 and not word.isascii() for word in words)


def _is_well(value: bytes, name: str) -> bool:
    words = [word for word in WORD.findall(decoder(name)(value)) if not word.isascii()]
    return bool(words) and all(map(is_word, words))


def _is_suspect(value: bytes, *, modern: bool) -> bool:
    """Whether UTF-8 holds signs or letters that Vietnamese does not have.

    `modern`: other values are Vietnamese in UTF-8 beyond doubt.
    """
    text = unicodedata.normalize("NFC", value.decode("utf-8"))
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


def _codec_of_all(kinds: Kinds, found: legacy.Found) -> Verdict | None:
    """Judge values of a wide codec, of which a few are valid UTF-8 by chance."""
    if found.name != legacy.FOREIGN:
        return None
    values = [*kinds.raw, *kinds.unicode]
    other = foreign.guess(values)
    if other.codec == "cp1252" or not other.is_readable or other.gain < 5 * FOREIGN_GAIN:
        return None
    if not all(_is_read_by(value, other.codec) for value in values):
        return None
    return _foreign(values, None)


def _eras(kinds: Kinds, told: str | None) -> Verdict:
    """Judge a column that has UTF-8 and other bytes."""
    modern = _unicode(kinds)
    found = legacy.find(kinds.raw, told)
    if len(kinds.raw) > len(kinds.unicode) and (codec := _codec_of_all(kinds, found)):
        return codec
    if found.name == legacy.FOREIGN and not found.others:
        texts = dict.fromkeys(kinds.raw, "foreign") | {v: modern.of(v) for v in kinds.unicode}
        reason = "UTF-8 and Western text in Windows-1252"
        return Verdict("mixed", 0.8, reason, texts, frozenset(kinds.raw))
    by_chance = [
        value
        for value in kinds.unicode
        if found.name != legacy.FOREIGN
        and _is_suspect(value, modern=True)
        and _is_well(value, found.name)
    ]
    others = {value: modern.of(value) for value in kinds.unicode if value not in set(by_chance)}
    if by_chance and not others:
        return _verdict(found, [*kinds.raw, *by_chance], {})
    others |= dict.fromkeys(by_chance, found.name)
    return _verdict(found, [*kinds.raw], others)


__all__ = ["Detector", "Verdict", "latin"]
