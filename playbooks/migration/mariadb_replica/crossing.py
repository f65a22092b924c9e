"""What in a database reaches into another one of its server: it breaks where that one is not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from playbooks.migration.mariadb.place import MariadbPlace

FOREIGN_KEY, VIEW = "foreign key", "view"
# What breaks as soon as somebody writes or the copy is read in; code only when it is called.
_AT_ONCE = frozenset({FOREIGN_KEY, VIEW, "trigger"})
_CODE = f"""
  select '{VIEW}', TABLE_NAME, VIEW_DEFINITION from information_schema.VIEWS
  where TABLE_SCHEMA = database()
  union all select 'trigger', TRIGGER_NAME, ACTION_STATEMENT from information_schema.TRIGGERS
  where TRIGGER_SCHEMA = database()
  union all select lower(ROUTINE_TYPE), ROUTINE_NAME, ROUTINE_DEFINITION
  from information_schema.ROUTINES where ROUTINE_SCHEMA = database()
  union all select 'event', EVENT_NAME, EVENT_DEFINITION from information_schema.EVENTS
  where EVENT_SCHEMA = database()
"""  # noqa: S608
_KEYS = """
  select distinct CONSTRAINT_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, TABLE_NAME
  from information_schema.KEY_COLUMN_USAGE
  where TABLE_SCHEMA = database() and REFERENCED_TABLE_SCHEMA <> TABLE_SCHEMA
"""
_THERE = """
  select TABLE_SCHEMA, TABLE_NAME from information_schema.TABLES where TABLE_SCHEMA in %s
  union select ROUTINE_SCHEMA, ROUTINE_NAME from information_schema.ROUTINES
  where ROUTINE_SCHEMA in %s
"""
_WORD = r"(?:`(?:[^`]|``)+`|[\w$]+)"
_SAID = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"|/\*.*?\*/|(?:--\s|\#)[^\n]*"
    rf"|(?P<database>{_WORD})\s*\.\s*(?P<name>{_WORD})",
    re.DOTALL,
)


@dataclass(frozen=True)
class Crossing:
    """Something that reaches into another database.

    Attributes:
        kind: `view`, `trigger`, `foreign key`, `procedure`, `function`, `event`.
        reached: A table, view or routine of the other database.
        table: Of a foreign key.
    """

    kind: str
    name: str
    database: str
    reached: str
    table: str = ""

    def __str__(self) -> str:
        return f"{self.table}.{self.name}" if self.table else self.name

    @property
    def at_once(self) -> bool:
        return self.kind in _AT_ONCE


def crossings(place: MariadbPlace, others: Collection[str]) -> list[Crossing]:
    """Give what reaches into one of the others: only what is there counts, not what looks alike."""
    if not others:
        return []
    found = [
        *(Crossing(FOREIGN_KEY, *row) for row in place.ask(_KEYS)),
        *(each for row in place.ask(_CODE) for each in _named(row, others)),
    ]
    there = known(place, sorted({each.database for each in found}))
    real = (each for each in found if (each.database, each.reached) in there)
    return list(dict.fromkeys(each for each in real if each.database in others))


def known(place: MariadbPlace, databases: Sequence[str]) -> set[tuple[str, str]]:
    """Give databases with the names of their tables, views and routines."""
    if not databases:
        return set()
    return set(place.with_database("").ask(_THERE, databases, databases))


def _named(row: tuple[str, str, str | None], others: Collection[str]) -> Iterator[Crossing]:
    """Give what a text names with its database; literals and comments say nothing."""
    kind, name, words = row
    for said in _SAID.finditer(words or ""):
        database, reached = (_bare(said[group]) for group in ("database", "name"))
        if database in others:
            yield Crossing(kind, name, database, reached)


def _bare(word: str | None) -> str:
    if word is None:
        return ""
    return word[1:-1].replace("``", "`") if word.startswith("`") else word
