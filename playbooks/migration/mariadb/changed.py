"""What the old database got since the copy began: tables and columns that the new one lacks."""

from __future__ import annotations

from collections.abc import Sequence

from playbooks.migration.mariadb import memory, schema
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.shape import Field, Options, Plan
from playbooks.migration.postgres.place import PostgresPlace, identifier
from stacks.problem import Problem, ProblemError

_THERE = """
  select a.attname from pg_attribute a
  where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
"""


_NAMES = """
  select TABLE_NAME from information_schema.TABLES
  where TABLE_SCHEMA = database() and TABLE_TYPE in ('BASE TABLE', 'SYSTEM VERSIONED')
"""


def placed(source: MariadbPlace, target: PostgresPlace, options: Options) -> bool:
    """Say whether every table of the old database has its place on the new one."""
    names = {options.named(each) for (each,) in source.ask(_NAMES)}
    return names <= schema.there(target, options.schema)


def copied(source: MariadbPlace, target: PostgresPlace) -> bool:
    """Say whether every table was copied to its end, also one without rows."""
    return {each for (each,) in source.ask(_NAMES)} <= memory.copied(target)


def refuse_changed(source: MariadbPlace, target: PostgresPlace, plans: Sequence[Plan]) -> None:
    """Refuse to follow what has no place on the target, before a row is written.

    Raises:
        ProblemError: The old database was changed; each change is named, with what to do.
    """
    found = [problem for plan in plans for problem in _lacking(source, target, plan)]
    if found:
        raise ProblemError(*found)


def _lacking(source: MariadbPlace, target: PostgresPlace, plan: Plan) -> list[Problem]:
    there = {row[0] for row in target.ask(_THERE, plan.where)}
    if not there:
        return [Problem("mariadb-new-table", str(source), {"table": plan.table.name})]
    lacking = [each for each in plan.fields if each.name not in there]
    return [Problem("mariadb-new-column", str(source), _said(plan, each)) for each in lacking]


def _said(plan: Plan, field: Field) -> dict[str, object]:
    added = f"add column {identifier(field.name)} {field.type}"
    column = f"{plan.table.name}.{field.column.name}"
    return {"column": column, "words": f"alter table {plan.where} {added}"}
