"""Numbers of type FLOAT, which a dump writes with six digits: they are set again as they are.

This happens while the target follows. A row is set only where it still has what the dump made of
it, so that a change that came meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

import pymysql

from playbooks.migration.mariadb.place import Connection, MariadbPlace
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.mariadb_replica.rows import Table, tables
from playbooks.migration.steps import Pulse

_ROWS = 500
_TRIES = 5
# Somebody else holds the row, or both wait for each other.
_BUSY = frozenset({1205, 1213})


def columns(table: Table) -> list[str]:
    """Give the columns whose numbers a dump rounds."""
    return [name for name, kind in table.columns if kind == "float"]


def exact(source: MariadbPlace, target: MariadbPlace, pulse: Pulse) -> int:
    """Set what was rounded; give the number of rows that were looked at."""
    count = 0
    for table in tables(source).values():
        for column in columns(table):
            with source.connected() as old, target.connected() as new:
                found = _rounded(old, table, column)
                while some := list(islice(found, _ROWS)):
                    _set(new, table, column, some)
                    count += len(some)
                    pulse.beat(count)
    return count


def _rounded(old: Connection, table: Table, column: str) -> Any:  # noqa: ANN401 - what columns hold
    """Read exact number, its text, and the key, of those that the text does not say whole."""
    value, key = quoted(column), ", ".join(quoted(each) for each in table.key)
    with old.cursor(pymysql.cursors.SSCursor) as cursor:
        cursor.execute(
            f"select {value} + 0e0, cast({value} as char), {key} from {quoted(table.name)}"  # noqa: S608
            f" where {value} + 0e0 <> cast({value} as char) + 0e0"
        )
        yield from cursor


def _set(new: Connection, table: Table, column: str, some: Sequence[Any]) -> None:
    value = quoted(column)
    where = " and ".join(f"{quoted(each)} = %s" for each in table.key)
    words = (
        f"update {quoted(table.name)} set {value} = %s"  # noqa: S608
        f" where {where} and cast({value} as char) = %s"
    )
    for left in reversed(range(_TRIES)):
        try:
            new.begin()
            with new.cursor() as cursor:
                for number, text, *key in some:
                    cursor.execute(words, (repr(number), *key, text))
            new.commit()
        except pymysql.err.OperationalError as error:
            new.rollback()
            if error.args[0] not in _BUSY or not left:
                raise
        else:
            return
