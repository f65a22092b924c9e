"""Rows as lines of COPY's text format: text decoded, bytes beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playbooks.migration.mariadb.read import Block
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.mariadb.text import Reading

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
NULL = "\\N"


@dataclass(frozen=True)
class Lines:
    """The rows of a block.

    Attributes:
        doubtful: Position of a row, and the column whose bytes its encoding does not know.
    """

    lines: Sequence[str]
    doubtful: Sequence[tuple[int, str]] = ()


def composed(plan: Plan, readings: Mapping[str, Reading], block: Block) -> Lines:
    """Give a line a row, its fields in the order of `plan.targets()`."""
    if not block.rows:
        return Lines(())
    parts: list[Sequence[str]] = []
    doubtful: list[tuple[int, str]] = []
    if any(each.plain for each in plan.fields):
        parts.append(b"\n".join(block.plain).decode("ascii").split("\n"))
    for field in plan.fields:
        if field.plain:
            continue
        values = block.values[field.column.name]
        if field.way == "bytes":
            parts.append(_hex(values))
            continue
        texts, odd = readings[field.column.name].decode(values)
        doubtful += [(at, field.column.name) for at in odd]
        parts.append(_escaped(texts))
        if field.raw:
            parts.append(_raw(values, readings[field.column.name]))
    return Lines(list(map("\t".join, zip(*parts, strict=True))), doubtful)


def key_of(plan: Plan, line: str) -> tuple[str, ...]:
    """Give the fields of the primary key of a line; the whole line where there is no key."""
    fields = line.split("\t")
    names = plan.targets()
    return tuple(fields[names.index(each.name)] for each in plan.key) or (line,)


def label(plan: Plan, line: str) -> str:
    """Name a row to people: `table (key)`."""
    if not plan.key:
        return f"{plan.name} (row without a key)"
    return f"{plan.name} ({', '.join(map(_shown, key_of(plan, line)))})"


def fields(line: str) -> list[str | None]:
    """Take a line apart: None for NULL, escapes undone."""
    return [None if each == NULL else unescaped(each) for each in line.split("\t")]


def unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    out, letters = [], iter(text)
    for letter in letters:
        following = next(letters) if letter == "\\" else ""
        out.append(_ESCAPED.get(following, following) if following else letter)
    return "".join(out)


def loose(plan: Plan) -> list[int]:
    """Give the positions of floating-point numbers: both ends print them in a way of their own."""
    doubles = {each.name for each in plan.fields if each.way == "double"}
    return [at for at, name in enumerate(plan.targets()) if name in doubles]


def canonical(lines: Sequence[str], positions: Sequence[int]) -> Sequence[str]:
    """Give lines whose floating-point numbers are printed in one way."""
    if not positions:
        return lines
    return [_canonical(line, positions) for line in lines]


def _canonical(line: str, positions: Sequence[int]) -> str:
    parts = line.split("\t")
    for at in positions:
        if parts[at] != NULL:
            parts[at] = repr(float(parts[at]))
    return "\t".join(parts)


def _shown(text: str) -> str:
    return "NULL" if text == NULL else text


def _hex(values: Sequence[bytes | None]) -> list[str]:
    return [NULL if value is None else "\\\\x" + value.hex() for value in values]


def _raw(values: Sequence[bytes | None], reading: Reading) -> list[str]:
    """Give the bytes that are kept beside a text: none where they are the text's own."""
    if not reading.reads_ascii_as_it_stands:
        return _hex(values)
    return [NULL if value is None or value.isascii() else "\\\\x" + value.hex() for value in values]


def _escaped(texts: Sequence[str | None]) -> list[str]:
    joined = "".join(text for text in texts if text is not None)
    needed = [(old, new) for old, new in _ESCAPES.items() if old in joined]
    if not needed:
        return [NULL if text is None else text for text in texts]
    return [NULL if text is None else _replaced(text, needed) for text in texts]


def _replaced(text: str, needed: Sequence[tuple[str, str]]) -> str:
    for old, new in needed:
        text = text.replace(old, new)
    return text
