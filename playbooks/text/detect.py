"""Which encoding a column is in: decided for the column, checked for each value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from playbooks.text import declared as telling
from playbooks.text import legacy, modern, other, page, plain, rubbish, sevenbit, twice
from playbooks.text.kind import Kinds, are_longest, body, is_all_cut, is_cut, kinds_of
from playbooks.text.verdict import FOREIGN, Verdict

UNSURE = 0.75  # of a column: below, a person should see all its old values


class Detector:
    """Tells the encoding of columns; holds no state between them."""

    def column(self, values: Iterable[bytes | None], declared: str | None = None) -> Verdict:
        """Judge a column by its distinct values; nothing but ASCII may still be VIQR or NCR."""
        kept = Counter(values)
        kept.pop(None, None)
        kept.pop(b"", None)
        distinct: list[bytes] = [*kept]  # type: ignore[list-item]
        odd = rubbish.few(kept)  # type: ignore[arg-type]
        if other.is_noise(distinct):
            return Verdict("unknown", 0.9, "zero bytes: no text", doubtful=frozenset(distinct))
        whole = rubbish.unfilled(distinct)
        if whole:
            parts = [*dict.fromkeys(whole.values())]
            return rubbish.filled(_judge(parts, declared, odd), whole)
        return _judge(distinct, declared, odd)


def _judge(values: Sequence[bytes], declared: str | None, odd: Collection[bytes]) -> Verdict:
    """Judge distinct values; a few rows that are no text are set aside."""
    if odd:
        left = _of_text([value for value in values if value not in odd], declared)
        found = rubbish.beside(left, odd)
        if found:
            return found
    return _of_text(values, declared)


def _of_text(values: Sequence[bytes], declared: str | None) -> Verdict:
    told, kinds = telling.told(declared), kinds_of(values)
    if not kinds.raw and not kinds.unicode:
        return sevenbit.judge(values, told)
    if not kinds.raw:
        return modern.judge(kinds)
    if not kinds.unicode:
        return _old(kinds, told, declared)
    return _eras(kinds, told)


def _old(kinds: Kinds, told: str | None, declared: str | None) -> Verdict:
    """Judge a column that has other bytes than UTF-8 and ASCII."""
    if is_all_cut(kinds.raw):
        return _cut(kinds)
    sent = page.judge(kinds.raw, kinds.plain)
    if sent:
        return sent
    found, said = legacy.find(kinds.raw, told, beside=kinds.plain), plain.eras(kinds.plain)
    if found.name == FOREIGN and (not found.others or other.is_binary(kinds.raw)):
        if all(is_cut(value) and not body(value).isascii() for value in kinds.raw):
            return _cut(kinds)
        return _among(said, other.judge(kinds.raw, declared), kinds)
    if found.name != told and other.is_rather(found, kinds.raw):
        return _among(said, other.judge(kinds.raw, declared), kinds)
    return _verdict(found, kinds.raw, said)


def _among(said: Mapping[bytes, str], found: Verdict, kinds: Kinds) -> Verdict:
    """Say of a column of VIQR or references that a few rows are of something else."""
    names = sorted(set(said.values()))
    if len(names) != 1 or len(said) < len(kinds.raw):
        return found
    exceptions = dict.fromkeys(kinds.raw, found.encoding)
    reason = f"{len(said)} values of {names[0]}; beside: {found.reason}"
    doubtful = frozenset(kinds.raw)
    return Verdict(names[0], found.confidence, reason, exceptions, doubtful, codec=found.codec)


def _cut(kinds: Kinds) -> Verdict:
    """Judge a column whose values of UTF-8 were all cut, by what is whole in them."""
    whole = modern.judge(Kinds(kinds.plain, list(map(body, kinds.raw)), [], []))
    doubtful = frozenset(kinds.raw)
    if whole.encoding.startswith("double:"):
        return Verdict(whole.encoding, 0.8, f"{whole.reason}; cut", doubtful=doubtful)
    return Verdict("utf-8", 0.8, "UTF-8, cut", doubtful=doubtful)


def _is_cut_too(kinds: Kinds, name: str) -> bool:
    """Whether the other values were stored twice as those in UTF-8, and cut at their limit."""
    return (
        name.startswith("double:")
        and all(map(is_cut, kinds.raw))
        and are_longest(kinds.raw, kinds)
        and all(twice.is_clean(body(value), name) for value in kinds.raw)
    )


def _eras(kinds: Kinds, told: str | None) -> Verdict:
    """Judge a column that has UTF-8 and other bytes."""
    new = modern.judge(kinds)
    if _is_cut_too(kinds, new.encoding):
        reason = f"{new.reason}; cut"
        return Verdict(new.encoding, new.confidence, reason, doubtful=frozenset(kinds.raw))
    found = legacy.find(kinds.raw, told, known=twice.words_of(kinds.unicode))
    if len(kinds.raw) > len(kinds.unicode):
        codec = other.of_wide_codec([*kinds.raw, *kinds.unicode], found)
        if codec:
            return codec
    is_most = len(kinds.raw) > len(kinds.unicode)
    if is_most and found.name == FOREIGN and other.is_binary(kinds.raw):
        return other.judge([*kinds.raw, *kinds.unicode], None)
    if found.name == FOREIGN and not found.others:
        texts = dict.fromkeys(kinds.raw, "foreign") | {v: new.of(v) for v in kinds.unicode}
        reason = "UTF-8 and Western text in Windows-1252"
        return Verdict("mixed", 0.8, reason, texts, frozenset(kinds.raw))
    by_chance = {
        value
        for value in kinds.unicode
        if found.name != FOREIGN
        and twice.is_suspect(value, modern=True)
        and twice.is_well(value, found.name)
    }
    others = {value: new.of(value) for value in kinds.unicode if value not in by_chance}
    others |= plain.eras(kinds.plain)
    if by_chance and not others:
        return _verdict(found, [*kinds.raw, *by_chance], {})
    others |= dict.fromkeys(by_chance, found.name)
    return _verdict(found, kinds.raw, others)


def _verdict(found: legacy.Found, values: Sequence[bytes], others: dict[bytes, str]) -> Verdict:
    """Put one table and what else is in the column into words."""
    exceptions = found.others | others
    names = sorted({found.name, *exceptions.values()})
    doubtful = frozenset(v for v in legacy.with_tokens(values, found.bad) if v not in exceptions)
    doubtful |= found.near if found.confidence >= UNSURE else {*values, *found.others}
    if exceptions:
        all_values = {value: exceptions.get(value, found.name) for value in values} | others
        reason = f"rows of several eras: {', '.join(names)}"
        return Verdict("mixed", found.confidence, reason, all_values, doubtful)
    best = next((score for score in found.scores if score.name in found.name), None)
    told = f"{best.valid} of {best.tokens} words are Vietnamese" if best else ""
    if found.ties:
        told += f"; the bytes are the same text in {', '.join(found.ties)}"
    return Verdict(found.name, found.confidence, told, {}, doubtful)


__all__ = ["Detector", "Verdict"]
