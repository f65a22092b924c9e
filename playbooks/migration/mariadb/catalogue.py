"""What tables the source has: columns, keys, indexes, as its own catalogue says."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from playbooks.migration.mariadb.place import MariadbPlace

_TABLES = """
  select TABLE_NAME as name, ENGINE as engine, coalesce(TABLE_ROWS, 0) as row_count,
    coalesce(AVG_ROW_LENGTH, 0) as row_bytes, AUTO_INCREMENT as next
  from information_schema.TABLES
  where TABLE_SCHEMA = database() and TABLE_TYPE in ('BASE TABLE', 'SYSTEM VERSIONED')
  order by TABLE_NAME
"""
_COLUMNS = """
  select * from information_schema.COLUMNS where TABLE_SCHEMA = database()
  order by TABLE_NAME, ORDINAL_POSITION
"""
_INDEXES = """
  select TABLE_NAME as tab, INDEX_NAME as idx, NON_UNIQUE as many, COLUMN_NAME as col,
    SUB_PART as part, INDEX_TYPE as kind, CARDINALITY as distinct_count
  from information_schema.STATISTICS where TABLE_SCHEMA = database()
  order by TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX
"""
_FOREIGN = """
  select k.TABLE_NAME as tab, k.CONSTRAINT_NAME as name, k.COLUMN_NAME as col,
    k.REFERENCED_TABLE_NAME as parent, k.REFERENCED_COLUMN_NAME as parent_col,
    r.UPDATE_RULE as on_update, r.DELETE_RULE as on_delete
  from information_schema.KEY_COLUMN_USAGE k
  join information_schema.REFERENTIAL_CONSTRAINTS r
    on r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA and r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
    and r.TABLE_NAME = k.TABLE_NAME
  where k.TABLE_SCHEMA = database() and k.REFERENCED_TABLE_NAME is not null
    and k.REFERENCED_TABLE_SCHEMA = database()
  order by k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION
"""
_CHECKS = """
  select TABLE_NAME as tab, CHECK_CLAUSE as clause from information_schema.CHECK_CONSTRAINTS
  where CONSTRAINT_SCHEMA = database() and CHECK_CLAUSE like 'json_valid(%'
"""
_JSON = re.compile(r"^json_valid\(`(.+)`\)$")
Rows = list[dict[str, Any]]
WHOLE = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint"})


@dataclass(frozen=True)
class Column:
    """A column as the source declares it.

    Attributes:
        kind: `int`, `varchar`, ...; `full` with length, sign and labels.
        default: An expression of the source's SQL; None where there is none.
        fraction: Digits of a second.
    """

    name: str
    kind: str
    full: str
    nullable: bool
    default: str | None = None
    extra: str = ""
    charset: str | None = None
    collation: str | None = None
    length: int = 0
    precision: int = 0
    scale: int = 0
    fraction: int = 0

    @property
    def counts(self) -> bool:
        return "auto_increment" in self.extra

    @property
    def generated(self) -> bool:
        return "generated" in self.extra.lower() and "default_generated" not in self.extra.lower()


@dataclass(frozen=True)
class Index:
    """An index; `part` where it holds only the beginning of a value."""

    name: str
    columns: tuple[str, ...]
    unique: bool
    kind: str = "BTREE"
    part: bool = False
    distinct: int = 0


@dataclass(frozen=True)
class Foreign:
    """A foreign key."""

    name: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_update: str
    on_delete: str


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        rows: As the server estimates.
        first_distinct: How many values the key's first column has, as the server estimates.
    """

    name: str
    engine: str
    rows: int
    row_bytes: int
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    indexes: tuple[Index, ...]
    foreign: tuple[Foreign, ...]
    next: int | None = None
    first_distinct: int = 0

    def column(self, name: str) -> Column:
        return next(each for each in self.columns if each.name == name)


def tables(place: MariadbPlace) -> list[Table]:
    """Read all tables of the database."""
    found = place.several(_TABLES, _COLUMNS, _INDEXES, _FOREIGN, _CHECKS)
    columns, indexes = _columns(found[1], found[4]), _indexes(found[2])
    foreign = _foreign(found[3])
    return [_table(row, columns, indexes, foreign) for row in found[0]]


def _table(
    row: dict[str, Any],
    columns: dict[str, list[Column]],
    indexes: dict[str, list[Index]],
    foreign: dict[str, list[Foreign]],
) -> Table:
    name = row["name"]
    key = next((each for each in indexes[name] if each.name == "PRIMARY"), None)
    return Table(
        name,
        row["engine"] or "",
        int(row["row_count"]),
        int(row["row_bytes"]),
        tuple(columns[name]),
        key.columns if key else (),
        tuple(each for each in indexes[name] if each is not key),
        tuple(foreign[name]),
        row["next"],
        key.distinct if key else 0,
    )


def _columns(rows: Rows, checks: Rows) -> dict[str, list[Column]]:
    valid = {(row["tab"], hit[1]) for row in checks if (hit := _JSON.match(row["clause"]))}
    found: dict[str, list[Column]] = defaultdict(list)
    for row in rows:
        is_json = (row["TABLE_NAME"], row["COLUMN_NAME"]) in valid
        found[row["TABLE_NAME"]].append(_column(row, is_json=is_json))
    return found


def _column(row: dict[str, Any], *, is_json: bool) -> Column:
    default = row["COLUMN_DEFAULT"]
    return Column(
        row["COLUMN_NAME"],
        "json" if is_json else row["DATA_TYPE"].lower(),
        row["COLUMN_TYPE"],
        row["IS_NULLABLE"] == "YES",
        None if default in {None, "NULL"} else str(default),
        row["EXTRA"] or "",
        row["CHARACTER_SET_NAME"],
        row["COLLATION_NAME"],
        int(row["CHARACTER_MAXIMUM_LENGTH"] or 0),
        int(row["NUMERIC_PRECISION"] or 0),
        int(row["NUMERIC_SCALE"] or 0),
        int(row["DATETIME_PRECISION"] or 0),
    )


def _indexes(found_rows: Rows) -> dict[str, list[Index]]:
    parts: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in found_rows:
        parts[row["tab"], row["idx"]].append(row)
    found: dict[str, list[Index]] = defaultdict(list)
    for (table, name), rows in parts.items():
        first = rows[0]
        found[table].append(
            Index(
                name,
                tuple(row["col"] for row in rows),
                not first["many"],
                first["kind"],
                any(row["part"] for row in rows),
                int(first["distinct_count"] or 0),
            )
        )
    return found


def _foreign(found_rows: Rows) -> dict[str, list[Foreign]]:
    parts: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in found_rows:
        parts[row["tab"], row["name"]].append(row)
    found: dict[str, list[Foreign]] = defaultdict(list)
    for (table, name), rows in parts.items():
        found[table].append(
            Foreign(
                name,
                tuple(row["col"] for row in rows),
                rows[0]["parent"],
                tuple(row["parent_col"] for row in rows),
                rows[0]["on_update"],
                rows[0]["on_delete"],
            )
        )
    return found
