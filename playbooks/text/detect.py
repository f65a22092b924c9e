"""Which encoding a column is in: decided for the column, checked for each value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playbooks.text import declared as telling
from playbooks.text import legacy, sevenbit
from playbooks.text.decode import latin, undouble
from playbooks.text.score import SPECIAL, plain_weight
from playbooks.text.verdict import Verdict

CUT = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{0,2}\Z")
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
            return _unicode(kinds, told)
        if not kinds.unicode:
            return _old(kinds, told, declared)
        return _eras(kinds, told, declared)


def _kinds(values: Sequence[bytes]) -> Kinds:
    kinds = Kinds([], [], [], [])
    for value in values:
        if value.isascii():
            (kinds.raw if SPECIAL.search(value) else kinds.plain).append(value)
        elif _is_utf8(value):
            kinds.unicode.append(value)
        else:
            kinds.raw.append(value)
    if any(not value.isascii() for value in kinds.raw) or kinds.unicode:
        for value in [value for value in kinds.raw if value.isascii()]:
            if kinds.unicode:
                kinds.raw.remove(value)
                kinds.plain.append(value)
    cut = [value for value in kinds.raw if kinds.unicode and _is_cut(value)]
    kinds.cut.extend(cut)
    kinds.raw[:] = [value for value in kinds.raw if value not in set(cut)]
    return kinds


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_cut(value: bytes) -> bool:
    """Whether it is UTF-8 but for a character that was cut at one of its ends."""
    body = CUT_HEAD.sub(b"", CUT.sub(b"", value))
    return len(body) < len(value) and _is_utf8(body)


def _old(kinds: Kinds, told: str | None, declared: str | None) -> Verdict:
    found = legacy.find(kinds.raw, told)
    if found.name == legacy.FOREIGN and not found.others:
        if all(_is_cut(value) and not CUT.sub(b"", value).isascii() for value in kinds.raw):
            return Verdict("utf-8", 0.8, "UTF-8, cut", doubtful=frozenset(kinds.raw))
        return _foreign(kinds, found, declared)
    return _verdict(found, kinds.raw, {})


def _foreign(kinds: Kinds, found: legacy.Found, declared: str | None) -> Verdict:
    codec = telling.codec(declared) or "cp1252"
    if _is_binary(kinds.raw):
        return Verdict("unknown", 0.5, "no table reads it", doubtful=frozenset(kinds.raw))
    return Verdict("foreign", found.confidence, "reads as Western text", codec=codec)


def _is_binary(values: Sequence[bytes]) -> bool:
    odd = sum(len(SPECIAL.findall(value)) for value in values if value.isascii())
    controls = sum(byte < 0x20 and byte not in b"\t\r\n" for value in values for byte in value)
    return controls > 0 and odd + controls > 0


def _verdict(found: legacy.Found, values: Sequence[bytes], others: dict[bytes, str]) -> Verdict:
    """Put one table and what else is in the column into words."""
    exceptions = found.others | others
    names = sorted({found.name, *exceptions.values()})
    doubtful = frozenset(
        value
        for value in values
        if value not in exceptions and not found.bad.isdisjoint(value.split())
    )
    if exceptions:
        all_values = {value: exceptions.get(value, found.name) for value in values} | others
        reason = f"rows of several eras: {', '.join(names)}"
        return Verdict("mixed", found.confidence, reason, all_values, doubtful)
    best = next((score for score in found.scores if score.name in found.name), None)
    told = f"{best.valid} of {best.tokens} words are Vietnamese" if best else ""
    return Verdict(found.name, found.confidence, told, {}, doubtful)


def _unicode(kinds: Kinds, told: str | None) -> Verdict:
    """Judge UTF-8: as it stands, or old bytes that were taken for Windows-1252 and stored so."""
    inner = {value: undone for value in kinds.unicode if (undone := _undone(value)) is not None}
    plain = Verdict("utf-8", 0.99, "valid UTF-8", doubtful=frozenset(kinds.cut))
    if not inner:
        return plain
    raw = list(dict.fromkeys(inner.values()))
    whole = [each for each in raw if _is_utf8(each)]
    found = legacy.find(raw, None, plain_weight)
    double: dict[bytes, str] = {}
    if whole:
        double = {value: "double:utf-8" for value, each in inner.items() if each in set(whole)}
    if found.name != legacy.FOREIGN or found.others:
        for value, each in inner.items():
            name = found.others.get(each, found.name)
            if value not in double and name != legacy.FOREIGN:
                double[value] = f"double:{name}"
    return _doubled(kinds, double, found, plain)


def _doubled(
    kinds: Kinds, double: dict[bytes, str], found: legacy.Found, plain: Verdict
) -> Verdict:
    names = sorted(set(double.values()))
    if not double:
        return plain
    if len(names) == 1 and len(double) == len(kinds.unicode):
        reason = "old bytes that were taken for Windows-1252 and stored as UTF-8"
        return Verdict(names[0], max(found.confidence, 0.9), reason)
    rest = {value: "utf-8" for value in kinds.unicode if value not in double}
    reason = f"rows of several eras: {', '.join([*names, *sorted(set(rest.values()))])}"
    return Verdict("mixed", 0.9, reason, double | rest)


def _undone(value: bytes) -> bytes | None:
    """Give the bytes that were taken for Windows-1252, None where that cannot be."""
    try:
        return undouble(value.decode("utf-8"))
    except UnicodeEncodeError:
        return None


def _eras(kinds: Kinds, told: str | None, declared: str | None) -> Verdict:
    """Judge a column that has UTF-8 and other bytes."""
    modern = _unicode(kinds, told)
    found = legacy.find(kinds.raw, told)
    if found.name == legacy.FOREIGN and not found.others:
        texts = dict.fromkeys(kinds.raw, "foreign") | {v: modern.of(v) for v in kinds.unicode}
        reason = "UTF-8 and Western text in Windows-1252"
        return Verdict("mixed", 0.8, reason, texts, frozenset(kinds.raw))
    others = {value: modern.of(value) for value in (*kinds.unicode, *kinds.cut)}
    return _verdict(found, [*kinds.raw], others)


__all__ = ["Detector", "Verdict", "latin"]
