"""What each column becomes on PostgreSQL, how it is read there and here; the types are data."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources

import yaml

from playbooks.migration.mariadb.catalogue import WHOLE, Column, Table
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.postgres.place import identifier, literal

# Charsets of one byte a letter may hold an old Vietnamese encoding; the server reads the others.
UNICODE = frozenset({"utf8", "utf8mb3", "utf8mb4", "ascii"})
SINGLE = frozenset(
    {
        "latin1", "latin2", "latin5", "latin7", "cp1250", "cp1251", "cp1256", "cp1257", "cp850",
        "cp852", "cp866", "hebrew", "greek", "tis620", "koi8r", "koi8u", "swe7", "dec8", "hp8",
    }
)  # fmt: skip
NULL = "X'5C4E'"  # \N, as COPY writes it
_SLASH_X = "X'5C5C78'"  # \\x
_FRACTION = 20


@dataclass(frozen=True)
class Options:
    """What the owner may choose.

    Attributes:
        lower: Whether names become lower case, as SQL without quotes has them on PostgreSQL.
        zone: Where the clock stood that `datetime` was read from; None keeps it without a zone.
        accepted: Kinds of set-aside rows that do not keep the switch closed.
        rows_a_chunk: Rows that are hashed, and copied again, together.
    """

    lower: bool = True
    schema: str = "public"
    zone: str | None = None
    accepted: frozenset[str] = field(default_factory=frozenset)
    rows_a_chunk: int = 5000

    def named(self, name: str) -> str:
        return name.lower() if self.lower else name


@dataclass(frozen=True)
class Field:
    """A column on its way.

    Attributes:
        way: How it is carried, as types.yaml says.
        type: On PostgreSQL.
        read: What the source is asked for; of `text` and `bytes` the bytes.
        show: What the target is asked for to get the same text as `read` gives.
        raw: Name of the column that keeps the bytes, NULL in rows where they are plain ASCII; None
            where the text says all.
    """

    column: Column
    name: str
    way: str
    type: str
    read: str
    show: str
    raw: str | None = None

    @property
    def plain(self) -> bool:
        """Say whether its text is ASCII that COPY takes as it stands."""
        return self.way not in {"text", "bytes"}


@dataclass(frozen=True)
class Plan:
    """A table on its way; `fields` in the source's order."""

    table: Table
    name: str
    schema: str
    fields: tuple[Field, ...]

    @property
    def where(self) -> str:
        return f"{identifier(self.schema)}.{identifier(self.name)}"

    @property
    def key(self) -> tuple[Field, ...]:
        return tuple(self.of(each) for each in self.table.key)

    @property
    def ranged(self) -> Field | None:
        """Give the number by whose ranges the rows are taken; None: all rows at once."""
        if not self.table.key:
            return None
        first = self.of(self.table.key[0])
        crowded = len(self.table.key) > 1 and self.table.rows > 100 * self.table.first_distinct
        return None if first.column.kind not in WHOLE or crowded else first

    def of(self, name: str) -> Field:
        return next(each for each in self.fields if each.column.name == name)

    def targets(self) -> list[str]:
        """Give the target's columns in the order of a line: plain ones, then text and bytes."""
        plain = [each.name for each in self.fields if each.plain]
        rest = [
            name
            for each in self.fields
            if not each.plain
            for name in (each.name, each.raw)
            if name is not None
        ]
        return plain + rest

    def shows(self) -> list[str]:
        """Give the target's expressions in the same order."""
        plain = [each.show for each in self.fields if each.plain]
        rest = [
            show
            for each in self.fields
            if not each.plain
            for show in (each.show, _hex(each.raw) if each.raw else None)
            if show is not None
        ]
        return plain + rest


@functools.cache
def types() -> Mapping[str, Mapping[str, str]]:
    """Read the table of types."""
    file = resources.files("playbooks.migration.mariadb") / "types.yaml"
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(file.read_text("utf-8"))
    return found


def field_of(column: Column, options: Options, *, keeps_raw: bool, is_flag: bool) -> Field:
    """Map a column; of a type that nobody knows the text is taken.

    Args:
        column: As the source declares it.
        options: What the owner chose.
        keeps_raw: Whether its bytes are kept beside its text.
        is_flag: Whether it is a `tinyint(1)` or `bit(1)` that holds nothing but 0 and 1.
    """
    entry = types().get(column.kind, {"to": "text", "as": "text"})
    way, target = entry["as"], entry["to"]
    if "unsigned" in column.full and not column.counts:
        target = entry.get("unsigned", target)
    if column.kind == "datetime" and options.zone:
        target, way = target.replace("timestamp", "timestamptz"), "zoned"
    if is_flag:
        target, way = "boolean", "flag"
    name = options.named(column.name)
    target = target.format(
        precision=column.precision or 1,
        scale=column.scale,
        length=max(1, column.length),
        fraction=column.fraction,
    )
    zone = options.zone if way == "zoned" else "UTC" if column.kind == "timestamp" else None
    return Field(
        column,
        name,
        way,
        target,
        _read(way, column, options.zone),
        _show(way, name, column.fraction, zone),
        f"{name}_raw" if keeps_raw else None,
    )


def _read(way: str, column: Column, zone: str | None) -> str:
    name = quoted(column.name)
    true_day = f"IF(MONTH({name}) = 0 OR DAYOFMONTH({name}) = 0, NULL, {name})"
    if way == "text" and column.charset not in {*UNICODE, *SINGLE, None}:
        return f"CAST(CONVERT({name} USING utf8mb4) AS BINARY)"
    return {
        "number": f"{name} + 0",
        "flag": f"{name} + 0",
        "double": f"{name} + 0e0",
        "bits": f"LPAD(BIN({name} + 0), {column.precision}, '0')",
        "day": true_day,
        "moment": true_day,
        "zoned": f"CONCAT({true_day}, {literal(' ' + (zone or ''))[2:]})",
        "clock": name,
        "word": name,
        "text": f"CAST({name} AS BINARY)",
        "bytes": f"CAST({name} AS BINARY)",
        "shape": f"CONCAT({_SLASH_X}, HEX(ST_AsWKB({name})))",
    }[way]


def _show(way: str, name: str, fraction: int, zone: str | None) -> str:
    column = identifier(name)
    at = f"{column} at time zone {literal(zone)}" if zone else column
    suffix = f" || {literal(' ' + zone)}" if way == "zoned" and zone else ""
    shown = {
        "flag": f"{column}::int::text",
        "double": f"{column}::float8::text",
        "moment": _moment(at, fraction),
        "zoned": _moment(at, fraction) + suffix,
        "clock": _clock(column, fraction),
        "bytes": _hex(name),
        "shape": f"'\\x' || upper(encode({column}, 'hex'))",
    }
    return shown.get(way, f"{column}::text")


def _moment(expression: str, fraction: int) -> str:
    if not fraction:
        return f"to_char({expression}, 'YYYY-MM-DD HH24:MI:SS')"
    return f"left(to_char({expression}, 'YYYY-MM-DD HH24:MI:SS.US'), {_FRACTION + fraction})"


def _clock(column: str, fraction: int) -> str:
    if not fraction:
        return f"{column}::text"
    return f"left(to_char(interval '0' + {column}, 'HH24:MI:SS.US'), {9 + fraction})"


def _hex(name: str) -> str:
    return f"'\\x' || encode({identifier(name)}, 'hex')"
