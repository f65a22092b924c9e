"""What the old database got since the copy began: tables and columns that the new one lacks."""

from __future__ import annotations

from collections.abc import Sequence

from playbooks.migration.mariadb import growing, memory, schema
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.shape import Options, Plan
from playbooks.migration.postgres.place import PostgresPlace
from stacks.problem import Problem, ProblemError

_COLUMNS = """
  select c.TABLE_NAME, c.COLUMN_NAME from information_schema.COLUMNS c
  join information_schema.TABLES t using (TABLE_SCHEMA, TABLE_NAME)
  where c.TABLE_SCHEMA = database() and t.TABLE_TYPE in ('BASE TABLE', 'SYSTEM VERSIONED')
"""
_NAMES = """
  select TABLE_NAME from information_schema.TABLES
  where TABLE_SCHEMA = database() and TABLE_TYPE in ('BASE TABLE', 'SYSTEM VERSIONED')
"""


def placed(source: MariadbPlace, target: PostgresPlace, options: Options) -> bool:
    """Say whether every column of the old database has its place on the new one."""
    there = schema.columns(target, options.schema)
    return all(
        options.named(column) in there.get(options.named(table), ())
        for table, column in source.ask(_COLUMNS)
    )


def copied(source: MariadbPlace, target: PostgresPlace) -> bool:
    """Say whether every table was copied to its end, also one without rows."""
    return {each for (each,) in source.ask(_NAMES)} <= memory.copied(target)


def refuse_changed(source: MariadbPlace, target: PostgresPlace, plans: Sequence[Plan]) -> None:
    """Refuse to follow what has no place on the target, before a row is written.

    Raises:
        ProblemError: The old database was changed; each change is named, with what to do.
    """
    there = {name: schema.columns(target, name) for name in {each.schema for each in plans}}
    found = [each for plan in plans for each in _lacking(source, plan, there[plan.schema])]
    if found:
        raise ProblemError(*found)


def _lacking(source: MariadbPlace, plan: Plan, there: growing.Columns) -> list[Problem]:
    if plan.name not in there:
        return [Problem("mariadb-new-table", str(source), {"table": plan.table.name})]
    names = (f"{plan.table.name}.{each.column.name}" for each in growing.lacking(plan, there))
    return [Problem("mariadb-new-column", str(source), {"column": each}) for each in names]
