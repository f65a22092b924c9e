"""Compares all of two MariaDB databases that is not a row: columns, keys, code, counters."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.verify import Check, Difference
from playbooks.migration.verify.difference import compared

# A character set bears another name in servers from 10.6 on.
_SAME = "regexp_replace(%s, '^utf8(_|$)', 'utf8mb3\\\\1')"
QUERIES: Mapping[str, str] = {
    "database": f"""
      select 'character set', concat_ws(' ', {_SAME % "@@character_set_database"},
        {_SAME % "@@collation_database"})
    """,
    "columns": f"""
      select concat_ws('.', TABLE_NAME, COLUMN_NAME), concat_ws(' ', COLUMN_TYPE, IS_NULLABLE,
        {_SAME % "CHARACTER_SET_NAME"}, {_SAME % "COLLATION_NAME"}, EXTRA, ORDINAL_POSITION)
      from information_schema.COLUMNS where TABLE_SCHEMA = database()
    """,  # noqa: S608
    "tables": """
      select TABLE_NAME, concat_ws(' ', TABLE_TYPE, ENGINE)
      from information_schema.TABLES where TABLE_SCHEMA = database()
    """,
    "indexes": """
      select concat_ws('.', TABLE_NAME, INDEX_NAME), group_concat(concat_ws(' ', COLUMN_NAME,
        SUB_PART, NON_UNIQUE, INDEX_TYPE) order by SEQ_IN_INDEX)
      from information_schema.STATISTICS where TABLE_SCHEMA = database()
      group by TABLE_NAME, INDEX_NAME
    """,
    "foreign keys": """
      select concat_ws('.', r.TABLE_NAME, r.CONSTRAINT_NAME), concat_ws(' ',
        r.REFERENCED_TABLE_NAME, r.UPDATE_RULE, r.DELETE_RULE,
        group_concat(concat_ws(' ', k.COLUMN_NAME, k.REFERENCED_COLUMN_NAME)
          order by k.ORDINAL_POSITION))
      from information_schema.REFERENTIAL_CONSTRAINTS r
      join information_schema.KEY_COLUMN_USAGE k on k.CONSTRAINT_SCHEMA = r.CONSTRAINT_SCHEMA
        and k.CONSTRAINT_NAME = r.CONSTRAINT_NAME and k.TABLE_NAME = r.TABLE_NAME
      where r.CONSTRAINT_SCHEMA = database()
      group by r.TABLE_NAME, r.CONSTRAINT_NAME, r.REFERENCED_TABLE_NAME, r.UPDATE_RULE,
        r.DELETE_RULE
    """,
    "checks": """
      select concat_ws('.', TABLE_NAME, CONSTRAINT_NAME), CHECK_CLAUSE
      from information_schema.CHECK_CONSTRAINTS where CONSTRAINT_SCHEMA = database()
    """,
    "triggers": """
      select TRIGGER_NAME, concat_ws(' ', EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION,
        ACTION_ORDER, SQL_MODE, DEFINER, md5(ACTION_STATEMENT))
      from information_schema.TRIGGERS where TRIGGER_SCHEMA = database()
    """,
    "routines": """
      select concat_ws(' ', ROUTINE_TYPE, ROUTINE_NAME), concat_ws(' ', DTD_IDENTIFIER,
        SECURITY_TYPE, SQL_MODE, DEFINER, md5(ROUTINE_DEFINITION))
      from information_schema.ROUTINES where ROUTINE_SCHEMA = database()
    """,
    "views": """
      select TABLE_NAME, concat_ws(' ', DEFINER, SECURITY_TYPE, CHECK_OPTION)
      from information_schema.VIEWS where TABLE_SCHEMA = database()
    """,
    "events": """
      select EVENT_NAME, concat_ws(' ', DEFINER, TIME_ZONE, EVENT_TYPE, EXECUTE_AT, INTERVAL_VALUE,
        INTERVAL_FIELD, SQL_MODE, STARTS, ENDS, ON_COMPLETION, md5(EVENT_DEFINITION))
      from information_schema.EVENTS where EVENT_SCHEMA = database()
    """,
}
_COUNTERS = """
  select t.TABLE_NAME, c.COLUMN_NAME, t.AUTO_INCREMENT from information_schema.TABLES t
  join information_schema.COLUMNS c on c.TABLE_SCHEMA = t.TABLE_SCHEMA
    and c.TABLE_NAME = t.TABLE_NAME and c.EXTRA like '%auto_increment%'
  where t.TABLE_SCHEMA = database() and t.TABLE_TYPE = 'BASE TABLE' order by t.TABLE_NAME
"""


def compare(source: MariadbPlace, target: MariadbPlace) -> list[Check]:
    """Compare objects by definition; check on the target that counters are ahead."""
    same = (_same(name, *ends(words, source, target)) for name, words in QUERIES.items())
    return [*same, counters_ahead(target)]


def ends(
    words: str, source: MariadbPlace, target: MariadbPlace
) -> tuple[dict[str, object], dict[str, object]]:
    """Ask both ends for names with what stands behind them."""
    old, new = ({row[0]: row[1] for row in place.ask(words)} for place in (source, target))
    return old, new


def counters_ahead(place: MariadbPlace) -> Check:
    """Check that the next number of each table is not taken."""
    rows, found = place.ask(_COUNTERS), []
    for table, column, following in rows:
        most = place.value(f"select max({quoted(column)}) from {quoted(table)}")  # noqa: S608
        if most is not None and int(following or 1) <= int(most):
            found.append(Difference(table, "changed"))
    return Check.of("counters ahead", len(rows), found)


def advance(source: MariadbPlace, target: MariadbPlace) -> int:
    """Let the target give no number that the source gave, also of rows that are gone again."""
    there = {row[0]: int(row[2] or 1) for row in target.ask(_COUNTERS)}
    behind = {
        row[0]: int(row[2])
        for row in source.ask(_COUNTERS)
        if row[2] is not None and row[0] in there and int(row[2]) > there[row[0]]
    }
    target.tell(*(f"alter table {quoted(k)} auto_increment = {n}" for k, n in behind.items()))
    return len(behind)


def _same(name: str, old: dict[str, object], new: dict[str, object]) -> Check:
    text = "\n".join(f"{key}\t{old[key]}" for key in sorted(old))
    return compared(name, old, new, hashlib.sha256(text.encode()).hexdigest())
