"""Rows of the source in chunks: the server joins them, so that a chunk is one value a column."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pymysql

from playbooks.migration.mariadb.place import Connection
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.mariadb.shape import NULL, Field, Plan
from playbooks.migration.mariadb.text import SEPARATOR

NOTHING = b"\x0e\x0f\x0e"  # stands for NULL between separators; counted, so never mistaken
LEAST = -(1 << 63)
_TOO_LARGE = 1301
_PAGES = 20_000


@dataclass(frozen=True)
class Span:
    """Which rows: from `low` to below `high` by the key's first number, or a page of all rows.

    Attributes:
        keys: Of the rows from `low` on, those alone that have these first numbers.
    """

    low: int = LEAST
    high: int | None = None
    page: tuple[int, int] | None = None
    keys: tuple[int, ...] = ()

    @property
    def name(self) -> int:
        """Give the number by which the chunk is remembered."""
        return self.page[0] if self.page else self.low


@dataclass(frozen=True)
class Block:
    """The rows of a span.

    Attributes:
        digest: Of all their bytes; empty where the server would not give the same.
        plain: The ASCII part of each COPY line.
        values: The bytes of each column that is text or bytes, by the source's name.
        joined: The same between separators, nothing for NULL, of columns that came so.
    """

    rows: int
    digest: str
    plain: Sequence[bytes]
    values: Mapping[str, Sequence[bytes | None]]
    joined: Mapping[str, bytes] = field(default_factory=dict)


def prepare(connection: Connection) -> None:
    """Let the server join as much as a packet holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@max_allowed_packet")
        (packet,) = cursor.fetchone()
        cursor.execute(f"SET SESSION group_concat_max_len = {int(packet) // 2}")


@dataclass(frozen=True)
class Joined:
    """The rows of a span as the server joined them; they can be told apart."""

    rows: int
    own: Sequence[Field]
    parts: Sequence[bytes]
    counts: Sequence[int]

    def block(self) -> Block:
        """Take the rows apart."""
        values: dict[str, Sequence[bytes | None]] = {}
        whole: dict[str, bytes] = {}
        for each, count, data in zip(self.own, self.counts, self.parts[1:], strict=True):
            name, missing = each.column.name, self.rows - count
            parts = _apart(data, missing)
            values[name] = _unhexed(parts) if each.way == "bytes" else parts
            if each.way == "text" and data.count(NOTHING) == missing:
                whole[name] = data.replace(NOTHING, b"") if missing else data
        hashes = [hashlib.md5(each, usedforsecurity=False).hexdigest() for each in self.parts]
        return Block(self.rows, _together(hashes), self.parts[0].split(b"\n"), values, whole)


def block(connection: Connection, plan: Plan, span: Span) -> Block:
    """Read the rows of a span, and take them apart."""
    return opened(fetch(connection, plan, span))


def opened(fetched: Joined | Block) -> Block:
    """Take apart what is joined."""
    return fetched.block() if isinstance(fetched, Joined) else fetched


def fetch(connection: Connection, plan: Plan, span: Span) -> Joined | Block:
    """Read the rows of a span; what is too large or too odd to be joined is read row by row."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {_joined(plan, '{}')} {_source(plan, span)}")
            row = cursor.fetchone()
            cursor.execute("SELECT @@group_concat_max_len")
            limit = int(cursor.fetchone()[0])
    except pymysql.err.OperationalError as error:
        if error.args[0] != _TOO_LARGE:
            raise
        return _row_by_row(connection, plan, span)
    return _told(plan, row, limit) or _row_by_row(connection, plan, span)


def digest(connection: Connection, plan: Plan, span: Span) -> tuple[int, str]:
    """Let the server hash the rows of a span; nothing but the hash comes over."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_joined(plan, 'MD5({})')} {_source(plan, span)}")
        row = cursor.fetchone()
    hashes = [each if isinstance(each, str) else each.decode() for each in row[1::2] if each]
    return row[0], _together(hashes)


def spans(connection: Connection, plan: Plan, rows: int, after: int = LEAST) -> Iterator[Span]:
    """Cut a table with a number as its key into spans; the last one is open."""
    low, column = after, plan.ranged
    name = quoted(column.column.name) if column else ""
    while column is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {name} FROM {quoted(plan.table.name)} FORCE INDEX (PRIMARY)"  # noqa: S608
                f" WHERE {name} > {low} ORDER BY {name} LIMIT 1 OFFSET {rows}"
            )
            found = cursor.fetchone()
        if found is None:
            break
        yield Span(low, int(found[0]))
        low = int(found[0])
    yield Span(low)


def pages(connection: Connection, plan: Plan) -> Iterator[Span]:
    """Cut a table without a number as its key into pages, by what it holds now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {quoted(plan.table.name)}")  # noqa: S608
        (rows,) = cursor.fetchone()
    size = max(1, min(_PAGES, (1 << 22) // max(1, plan.table.row_bytes)))
    for start in range(0, max(rows, 1), size):
        yield Span(page=(start, size))


def _joined(plan: Plan, around: str) -> str:
    plain = [f"IFNULL({each.read}, {NULL})" for each in plan.fields if each.plain]
    line = f"CAST(CONCAT_WS(X'09', {', '.join(plain)}) AS BINARY)" if plain else "X''"
    parts = ["COUNT(*)", around.format(f"GROUP_CONCAT({line} SEPARATOR X'0A')")]
    for each in _own(plan):
        read = f"HEX({quoted(each.column.name)})" if each.way == "bytes" else each.read
        value = f"IFNULL({read}, X'{NOTHING.hex()}')"
        joined = f"GROUP_CONCAT({value} SEPARATOR X'{SEPARATOR.hex()}')"
        parts += [f"COUNT({quoted(each.column.name)})", around.format(joined)]
    return ", ".join(parts)


def _source(plan: Plan, span: Span) -> str:
    table = quoted(plan.table.name)
    if span.page is not None:
        order = ", ".join(map(quoted, plan.table.key))
        start, size = span.page
        ordered = f" ORDER BY {order}" if order else ""
        inner = f"SELECT * FROM {table}{ordered} LIMIT {size} OFFSET {start}"  # noqa: S608
        return f"FROM ({inner}) sen_page"
    if plan.ranged is None:
        return f"FROM {table}"
    column = quoted(plan.ranged.column.name)
    if span.keys:
        listed = ", ".join(map(str, span.keys))
        return f"FROM {table} FORCE INDEX (PRIMARY) WHERE {column} IN ({listed})"
    upper = "" if span.high is None else f" AND {column} < {span.high}"
    return f"FROM {table} FORCE INDEX (PRIMARY) WHERE {column} >= {span.low}{upper}"


def _own(plan: Plan) -> list[Field]:
    return [each for each in plan.fields if not each.plain]


def _told(plan: Plan, row: Sequence[Any], limit: int) -> Joined | Block | None:
    """Give the rows, or None where what the server joined cannot be told apart again."""
    rows, parts, counts = row[0], [each or b"" for each in row[1::2]], row[2::2]
    own = _own(plan)
    if not rows:
        return Block(0, _together([]), (), {each.column.name: () for each in own})
    if parts[0].count(b"\n") != rows - 1 or any(len(each) > limit - 4 for each in parts):
        return None
    for count, data in zip(counts, parts[1:], strict=True):
        if data.count(SEPARATOR) != rows - 1 or not _marked(data, rows - count):
            return None
    return Joined(rows, own, parts, counts)


def _marked(data: bytes, missing: int) -> bool:
    """Say whether as many values are the mark for NULL as are missing."""
    # Each missing value is a mark: where there are no more marks, none stands within a value.
    if not missing or data.count(NOTHING) == missing:
        return True
    return _apart(data, missing).count(None) == missing


def _apart(data: bytes, missing: int) -> list[bytes | None]:
    parts: list[bytes | None] = list(data.split(SEPARATOR))
    return [None if each == NOTHING else each for each in parts] if missing else parts


def _unhexed(parts: Sequence[bytes | None]) -> list[bytes | None]:
    """Undo what keeps bytes apart from separators."""
    return [None if each is None else binascii.unhexlify(each) for each in parts]


def _row_by_row(connection: Connection, plan: Plan, span: Span) -> Block:
    own = _own(plan)
    plain = [f"CAST({each.read} AS BINARY)" for each in plan.fields if each.plain]
    words = ", ".join([*plain, *(each.read for each in own)])
    with connection.cursor(pymysql.cursors.SSCursor) as cursor:
        cursor.execute(f"SELECT {words} {_source(plan, span)}")
        found = cursor.fetchall()
    lines = [b"\t".join(b"\\N" if v is None else v for v in row[: len(plain)]) for row in found]
    values: dict[str, Sequence[bytes | None]] = {
        each.column.name: [row[at] for row in found] for at, each in enumerate(own, len(plain))
    }
    return Block(len(lines), "", lines, values)


def _together(hashes: Sequence[str]) -> str:
    return hashlib.md5("".join(hashes).encode(), usedforsecurity=False).hexdigest()
