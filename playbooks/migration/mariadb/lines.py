"""Rows as lines of COPY's text format: text decoded, bytes beside it."""

from __future__ import annotations

import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from playbooks.migration.mariadb.read import Block
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.mariadb.text import SEPARATOR, Reading, Values

_ESCAPES = ((b"\\", b"\\\\"), (b"\t", b"\\t"), (b"\r", b"\\r"), (b"\n", b"\\n"))
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
NULL = "\\N"
_NULL = NULL.encode()
_AS_IT_COMES = "surrogatepass"  # the target refuses what is no letter, and names the row


@dataclass(frozen=True)
class Lines:
    """The rows of a block.

    Attributes:
        data: A line a row, with a line's end between two.
        doubtful: Position of a row, and the column whose bytes its encoding does not know.
    """

    data: bytes
    rows: int
    doubtful: Sequence[tuple[int, str]] = ()

    @cached_property
    def lines(self) -> Sequence[str]:
        """Give the rows one by one."""
        return self.data.decode("utf-8", _AS_IT_COMES).split("\n") if self.rows else ()

    def halves(self) -> tuple[Lines, Lines]:
        """Part two rows or more in the middle."""
        parts, half = self.data.split(b"\n"), self.rows // 2
        first, second = b"\n".join(parts[:half]), b"\n".join(parts[half:])
        return Lines(first, half), Lines(second, self.rows - half)


def composed(plan: Plan, readings: Mapping[str, Reading], block: Block) -> Lines:
    """Give a line a row, its fields in the order of `plan.targets()`."""
    if not block.rows:
        return Lines(b"", 0)
    parts: list[Sequence[bytes]] = []
    doubtful: list[tuple[int, str]] = []
    if any(each.plain for each in plan.fields):
        parts.append(block.plain)
    for field in plan.fields:
        if field.plain:
            continue
        values, joined = block.values[field.column.name], block.joined.get(field.column.name)
        if field.way == "bytes":
            parts.append(_hex(values))
            continue
        reading = readings[field.column.name]
        texts, odd = _texts(values, joined, reading)
        doubtful += [(at, field.column.name) for at in odd]
        parts.append(texts)
        if field.raw:
            parts.append(_beside(values, joined, reading))
    data = b"\n".join(map(b"\t".join, zip(*parts, strict=True)))
    return Lines(data, block.rows, doubtful)


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


def canonical(lines: Lines, positions: Sequence[int]) -> Lines:
    """Give lines whose floating-point numbers are printed in one way."""
    if not positions or not lines.rows:
        return lines
    text = "\n".join(_canonical(line, positions) for line in lines.lines)
    return replace(lines, data=text.encode("utf-8", _AS_IT_COMES))


def _canonical(line: str, positions: Sequence[int]) -> str:
    parts = line.split("\t")
    for at in positions:
        if parts[at] != NULL:
            parts[at] = repr(float(parts[at]))
    return "\t".join(parts)


def _shown(text: str) -> str:
    return "NULL" if text == NULL else text


def _hex(values: Values) -> list[bytes]:
    return [_NULL if v is None else b"\\\\x" + binascii.hexlify(v) for v in values]


def _beside(values: Values, joined: bytes | None, reading: Reading) -> list[bytes]:
    """Give the bytes that are kept beside a text: none where they are the text's own."""
    if not reading.reads_ascii_as_it_stands:
        return _hex(values)
    if joined is not None and joined.isascii():
        return [_NULL] * len(values)
    hexed = binascii.hexlify
    return [_NULL if v is None or v.isascii() else b"\\\\x" + hexed(v) for v in values]


def _texts(
    values: Values, joined: bytes | None, reading: Reading
) -> tuple[Sequence[bytes], Sequence[int]]:
    """Give the texts as COPY takes them, and where bytes are of no known letter."""
    text = None if joined is None else reading.whole(joined)
    parts = [] if text is None else _taken_apart(text, len(values))
    odd: Sequence[int] = ()
    if len(parts) != len(values):
        texts, odd = reading.decode(values)
        parts = [_escaped((text or "").encode("utf-8", _AS_IT_COMES)) for text in texts]
    if None in values:
        parts = [_NULL if v is None else part for v, part in zip(values, parts, strict=True)]
    return parts, odd


def _taken_apart(text: str, rows: int) -> list[bytes]:
    """Give what was joined; more or fewer parts than rows where it cannot be told apart."""
    data = text.encode("utf-8", _AS_IT_COMES)
    if data.count(b"\n") == rows - 1 and b"\\" not in data and b"\t" not in data:
        return (data if b"\r" not in data else data.replace(b"\r", b"\\r")).split(SEPARATOR)
    return _escaped(data).split(_escaped(SEPARATOR))


def _escaped(data: bytes) -> bytes:
    for old, new in _ESCAPES:
        data = data.replace(old, new)
    return data
