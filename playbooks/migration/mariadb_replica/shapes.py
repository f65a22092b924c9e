"""How the source's tables are made at one moment, and which of them stand without the others.

A table that was changed meanwhile, or made anew under its name, is another one: its rows on the
target are not what its log goes on from.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.mariadb_replica import shape
from playbooks.migration.mariadb_replica.ends import Ends
from playbooks.migration.mariadb_replica.stream import Name

# A definition has no time in it, and TRUNCATE changes neither; it gives the table another number.
_TABLES = """
  select TABLE_NAME, CREATE_TIME,
    cast(convert(database() using filename) as binary),
    cast(convert(TABLE_NAME using filename) as binary)
  from information_schema.TABLES
  where TABLE_SCHEMA = database() and TABLE_TYPE = 'BASE TABLE' and ENGINE = 'InnoDB'
"""
_NUMBERS = "select NAME, TABLE_ID from information_schema.INNODB_SYS_TABLES order by NAME"
_VIEWS = """
  select TABLE_NAME, VIEW_DEFINITION from information_schema.VIEWS
  where TABLE_SCHEMA = database() order by TABLE_NAME
"""
_FORMAT = "select 'binlog_format', @@global.binlog_format"
_REST = ("database", "triggers", "routines", "views", "events")
_REFERS = """
  select TABLE_SCHEMA, TABLE_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME
  from information_schema.KEY_COLUMN_USAGE
  where TABLE_SCHEMA in %s and REFERENCED_TABLE_SCHEMA in %s
"""
_BROKEN = """
  select count(*) from information_schema.COLUMNS where TABLE_SCHEMA in %s
    and (TABLE_SCHEMA like %s or TABLE_NAME like %s or COLUMN_NAME like %s)
"""
_COUNTER = re.compile(r" AUTO_INCREMENT=\d+")


@dataclass(frozen=True)
class Shapes:
    """What the source defines.

    Attributes:
        tables: A digest of each table that keeps transactions whole and that a filter can name.
        rest: A digest of all that is no table.
    """

    tables: Mapping[Name, str]
    rest: str

    def same(self, others: Shapes, tables: Collection[Name]) -> set[Name]:
        """Give those tables that are in both as they were."""
        return {e for e in tables if e in self.tables and self.tables[e] == others.tables.get(e)}


def look(ends: Ends) -> Shapes:
    """Look at the source as it is now."""
    numbers: dict[str, list[str]] = {}
    for file, number in ends.source.with_database("").ask(_NUMBERS):
        numbers.setdefault(str(file).split("#")[0], []).append(f"{file} {number}")
    tables = {
        (source.database, name): digest
        for source in ends.sources
        for name, digest in _tables(source, numbers).items()
        if _nameable(source.database, name)
    }
    return Shapes(tables, _digest(*map(_rest, ends.sources)))


def closed(ends: Ends, tables: Collection[Name]) -> set[Name]:
    """Leave out what refers to a table that is not among them, and what refers to that in turn.

    The log names no row that a foreign key deletes or sets: the server that follows does it again.
    """
    names = ends.databases
    refers = {
        (child, parent)
        for *both, schema, name in ends.source.with_database("").ask(_REFERS, names, names)
        for child, parent in [((both[0], both[1]), (schema, name))]
    }
    found = set(tables)
    while torn := {child for child, parent in refers if child in found and parent not in found}:
        found -= torn
    return found


def told_apart(ends: Ends) -> bool:
    """Say whether a dump's lines are what they seem: no name has a newline."""
    newline = ["%\n%"] * 3
    return not ends.source.with_database("").value(_BROKEN, ends.databases, *newline)


def _tables(source: MariadbPlace, numbers: Mapping[str, list[str]]) -> dict[str, str]:
    rows = source.ask(_TABLES)
    asked = source.several(*(f"show create table {quoted(row[0])}" for row in rows))
    return {
        name: _digest(
            _COUNTER.sub("", str(made[0]["Create Table"])),
            str(time),
            *numbers.get(f"{_text(database)}/{_text(file)}", ()),
        )
        for (name, time, database, file), made in zip(rows, asked, strict=True)
    }


def _rest(source: MariadbPlace) -> str:
    words = (*(shape.QUERIES[each] for each in _REST), _VIEWS, _FORMAT)
    return repr([sorted(map(repr, source.ask(each))) for each in words])


def _nameable(database: str, table: str) -> bool:
    """Say whether a list of tables can name it: parted by commas, the first dot ends a database."""
    name = f"{database}.{table}"
    return "," not in name and "." not in database and name == name.strip()


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:16]


def _text(said: bytes | str) -> str:
    return said.decode("ascii") if isinstance(said, bytes) else said
