"""How each table is moved: its columns' types, and how their text is read, from what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playbooks.migration.mariadb import catalogue, memory
from playbooks.migration.mariadb.catalogue import WHOLE, Column, Table
from playbooks.migration.mariadb.place import Connection, MariadbPlace
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.mariadb.shape import UNICODE, Options, Plan, field_of, types
from playbooks.migration.mariadb.text import Reading
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.text.detect import Detector
from playbooks.text.siblings import agreed
from playbooks.text.verdict import Verdict

_SAMPLE = 20_000
_PLACES = 20
_DISTINCT = 500_000
_FLAG = Reading("flag", 1.0, "holds 0 and 1 alone", {})
_SEVEN_BITS = "'[^ -~\\\\t\\\\r\\\\n]'"
Readings = Mapping[str, Mapping[str, Reading]]


def plans(place: MariadbPlace, readings: Readings, options: Options) -> list[Plan]:
    """Plan all tables by what was found out about their columns."""
    return [plan(table, readings.get(table.name, {}), options) for table in catalogue.tables(place)]


def plan(table: Table, readings: Mapping[str, Reading], options: Options) -> Plan:
    """Plan one table."""
    fields = tuple(
        field_of(
            each,
            options,
            keeps_raw=_keeps_raw(each, readings.get(each.name)),
            is_flag=readings.get(each.name) == _FLAG,
        )
        for each in table.columns
    )
    return Plan(table, options.named(table.name), options.schema, fields)


def find_out(source: MariadbPlace, target: PostgresPlace) -> dict[str, int]:
    """Look at every column's values once, and remember on the target; give columns by encoding."""
    memory.make(target)
    known = memory.readings(target)
    counted: dict[str, int] = {}
    for table in catalogue.tables(source):
        if table.name not in known:
            known[table.name] = look(source, table)
            memory.keep_readings(target, table.name, known[table.name])
        for reading in known[table.name].values():
            counted[reading.encoding] = counted.get(reading.encoding, 0) + 1
    return counted


def look(source: MariadbPlace, table: Table) -> dict[str, Reading]:
    """Find out how the columns of a table are read."""
    with source.connected() as connection:
        found = {each.name: _FLAG for each in _flags(connection, table)}
        texts = [each for each in table.columns if _is_text(each)]
        if not texts:
            return found
        values = _sampled(connection, table, texts)
        judged = [
            _judged(connection, table, column, [row[at] for row in values])
            for at, column in enumerate(texts)
        ]
    verdicts = agreed([sample for sample, _ in judged], [verdict for _, verdict in judged])
    readings = zip((each.name for each in texts), map(Reading.of, verdicts), strict=True)
    return {**found, **dict(readings)}


def _judged(
    connection: Connection, table: Table, column: Column, sample: list[bytes | None]
) -> tuple[list[bytes | None], Verdict]:
    """Judge a column by itself; give also the values that it was judged by."""
    if all(value is None or value.isascii() for value in sample) and len(sample) >= _SAMPLE:
        sample = sample + _odd(connection, table, column)
    verdict = Detector().column(sample, column.charset)
    if verdict.exceptions and len(sample) >= _SAMPLE:
        words = f"SELECT DISTINCT {_bytes(column)} FROM {quoted(table.name)} LIMIT {_DISTINCT}"  # noqa: S608
        sample = [row[0] for row in _rows(connection, words)]
        verdict = Detector().column(sample, column.charset)
    return sample, verdict


def _sampled(
    connection: Connection,
    table: Table,
    columns: list[Column],
) -> list[tuple[bytes | None, ...]]:
    words = f"SELECT {', '.join(map(_bytes, columns))} FROM {quoted(table.name)}"  # noqa: S608
    first = table.column(table.key[0]) if table.key else None
    if first is None or first.kind not in WHOLE or table.rows <= _SAMPLE:
        return _rows(connection, f"{words} LIMIT {_SAMPLE}")
    key = quoted(first.name)
    ends = _rows(connection, f"SELECT MIN({key}), MAX({key}) FROM {quoted(table.name)}")[0]  # noqa: S608
    least, most = (int(each or 0) for each in ends)
    found = []
    for place in range(_PLACES):
        low = least + (most - least) * place // _PLACES
        found += _rows(
            connection, f"{words} WHERE {key} >= {low} ORDER BY {key} LIMIT {_SAMPLE // _PLACES}"
        )
    return found


def _odd(connection: Connection, table: Table, column: Column) -> list[bytes | None]:
    """Look through all of a column whose sample had nothing but ASCII."""
    words = (
        f"SELECT {_bytes(column)} FROM {quoted(table.name)}"  # noqa: S608
        f" WHERE {_bytes(column)} REGEXP {_SEVEN_BITS} LIMIT {_SAMPLE}"
    )
    return [row[0] for row in _rows(connection, words)]


def _flags(connection: Connection, table: Table) -> list[Column]:
    asked = [each for each in table.columns if each.full.startswith(("tinyint(1)", "bit(1)"))]
    asked = [each for each in asked if not each.counts and each.name not in table.key]
    if not asked:
        return []
    parts = ", ".join(f"MAX({quoted(each.name)} + 0 NOT IN (0, 1))" for each in asked)
    (row,) = _rows(connection, f"SELECT {parts} FROM {quoted(table.name)}")  # noqa: S608
    return [each for each, odd in zip(asked, row, strict=True) if not odd]


def _is_text(column: Column) -> bool:
    entry = types().get(column.kind)
    return entry is None or entry["as"] == "text"


def _keeps_raw(column: Column, reading: Reading | None) -> bool:
    if reading is None or reading == _FLAG or column.kind in {"json", "enum", "set"}:
        return False
    return column.charset not in UNICODE or not reading.as_it_stands


def _bytes(column: Column) -> str:
    return f"CAST({quoted(column.name)} AS BINARY)"


def _rows(connection: Connection, words: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(words)
        return list(cursor.fetchall())
