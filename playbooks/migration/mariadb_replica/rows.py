"""Compares the rows of two MariaDB databases without carrying them over the network.

Each table is hashed in buckets by key, text as the bytes that it is; only buckets that differ are
looked into, row by row. Sums of hashes tell differences that happen, not ones made on purpose.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.verify import Check, Difference

ROWS_A_BUCKET = 20_000
_TABLES = """
  select TABLE_NAME, coalesce(TABLE_ROWS, 0) from information_schema.TABLES
  where TABLE_SCHEMA = database() and TABLE_TYPE in ('BASE TABLE', 'SEQUENCE') order by TABLE_NAME
"""
_COLUMNS = """
  select TABLE_NAME, COLUMN_NAME, DATA_TYPE from information_schema.COLUMNS
  where TABLE_SCHEMA = database() and coalesce(GENERATION_EXPRESSION, '') = ''
  order by TABLE_NAME, ORDINAL_POSITION
"""
_KEYS = """
  select TABLE_NAME, COLUMN_NAME from information_schema.STATISTICS
  where TABLE_SCHEMA = database() and INDEX_NAME = 'PRIMARY' order by TABLE_NAME, SEQ_IN_INDEX
"""
_SHAPES = frozenset(
    (
        *("bit", "geometry", "geometrycollection", "linestring", "multilinestring", "multipoint"),
        *("multipolygon", "point", "polygon"),
    )
)
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Table:
    """A table, and how its rows are hashed.

    Attributes:
        columns: Name and type; what the server computes is left out.
        key: Columns of the primary key; empty where there is none: then the whole row is the key.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    buckets: int

    @property
    def hash(self) -> str:
        values = ", ".join(f"ifnull({_bytes(*each)}, '')" for each in self.columns)
        sizes = ", ".join(f"ifnull(length({_bytes(*each)}), -1)" for each in self.columns)
        return f"md5(concat_ws(',', {sizes}, {values}))"

    @property
    def bucket(self) -> str:
        if not self.key:
            return f"(conv(left({self.hash}, 8), 16, 10) & {self.buckets - 1})"
        return f"(crc32({self._named}) & {self.buckets - 1})"

    @property
    def label(self) -> str:
        return self._named if self.key else f"concat('md5 ', {self.hash})"

    @property
    def sums(self) -> str:
        return (
            f"select b, count(*), sum(conv(left(h, 8), 16, 10)), sum(conv(right(h, 8), 16, 10))"  # noqa: S608
            f" from (select {self.bucket} as b, {self.hash} as h from {quoted(self.name)}) x"
            " group by b"
        )

    def rows(self, buckets: Sequence[int]) -> str:
        inside = ", ".join(str(int(each)) for each in buckets)
        return (
            f"select {self.label}, {self.hash} from {quoted(self.name)}"  # noqa: S608
            f" where {self.bucket} in ({inside})"
        )

    @property
    def _named(self) -> str:
        kinds = dict(self.columns)
        return f"concat_ws(', ', {', '.join(_bytes(k, kinds.get(k, '')) for k in self.key)})"


def tables(place: MariadbPlace) -> dict[str, Table]:
    """Give the tables of a database by name."""
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in place.ask(_COLUMNS):
        columns.setdefault(table, []).append((column, str(kind).lower()))
    keys: dict[str, list[str]] = {}
    for table, column in place.ask(_KEYS):
        keys.setdefault(table, []).append(column)
    return {
        name: Table(name, tuple(columns[name]), tuple(keys.get(name, ())), _buckets(int(rows)))
        for name, rows in place.ask(_TABLES)
    }


def compare(source: MariadbPlace, target: MariadbPlace) -> list[Check]:
    """Compare all rows of all tables; both ends work at the same time."""
    old, new = tables(source), tables(target)
    checks = [
        Check.of(f"rows of {name}", 0, [Difference(name, "missing" if name in old else "extra")])
        for name in sorted(old.keys() ^ new.keys())
    ]
    return checks + [_compare(old[name], source, target) for name in sorted(old.keys() & new)]


def _compare(table: Table, source: MariadbPlace, target: MariadbPlace) -> Check:
    before, after = ({r[0]: r[1:] for r in rows} for rows in _both(source, target, table.sums))
    differing = sorted(
        int(each) for each in before.keys() | after.keys() if before.get(each) != after.get(each)
    )
    found = _rows(table, source, target, differing) if differing else []
    digest = hashlib.sha256(repr(sorted(before.items())).encode()).hexdigest()
    return Check.of(f"rows of {table.name}", sum(r[0] for r in before.values()), found, digest)


def _rows(
    table: Table, source: MariadbPlace, target: MariadbPlace, buckets: list[int]
) -> list[Difference]:
    """Name the rows that differ, as bags: rows without a key may be there twice."""
    old, new = (Counter(rows) for rows in _both(source, target, table.rows(buckets)))
    gone, come = (sorted(_text(r[0]) for r in each.elements()) for each in (old - new, new - old))
    changed = Counter(gone) & Counter(come)
    return [
        *(_named(table, each, "changed") for each in changed.elements()),
        *(_named(table, each, "missing") for each in (Counter(gone) - changed).elements()),
        *(_named(table, each, "extra") for each in (Counter(come) - changed).elements()),
    ]


def _both(source: MariadbPlace, target: MariadbPlace, words: str) -> tuple[Rows, Rows]:
    with ThreadPoolExecutor(2) as pool:
        old, new = pool.map(lambda place: place.ask(words), (source, target))
    return old, new


def _bytes(name: str, kind: str) -> str:
    """Give a value as bytes that say all of it."""
    if kind in _SHAPES:
        return f"hex({quoted(name)})"
    if kind == "float":  # as text it would be rounded
        return f"cast({quoted(name)} + 0e0 as char)"
    return f"cast({quoted(name)} as binary)"


def _named(table: Table, label: str, what: str) -> Difference:
    return Difference(f"{table.name} ({label})", what)


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _buckets(rows: int) -> int:
    return 1 << (rows // ROWS_A_BUCKET).bit_length()
