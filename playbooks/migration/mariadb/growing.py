"""A table of the old database that got a column: it gets it here too, and all its rows anew.

What people gave on the table stays: rights, views, its own name; so it is emptied, not dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence

import asyncpg

from playbooks.migration.mariadb import memory, planning, schema
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.schema import built_name
from playbooks.migration.mariadb.shape import Field, Plan
from playbooks.migration.postgres.place import PostgresPlace, identifier

Columns = Mapping[str, Collection[str]]


def lacking(plan: Plan, there: Columns) -> list[Field]:
    """Give the fields for which a table that is there has no column."""
    columns = there.get(plan.name)
    return [] if columns is None else [e for e in plan.fields if e.name not in columns]


def look(source: MariadbPlace, target: PostgresPlace, name: str, plans: Sequence[Plan]) -> None:
    """Find out how new columns are read; what was found out of the others stands."""
    there = schema.columns(target, name)
    for plan in plans:
        new = {each.column.name for each in lacking(plan, there)}
        if new:
            readings = planning.look(source, plan.table).items()
            kept = {column: reading for column, reading in readings if column in new}
            memory.keep_readings(target, plan.table.name, kept)


def grow(target: PostgresPlace, name: str, plans: Sequence[Plan]) -> list[str]:
    """Make room for new columns, and let the rows of their tables come anew; name the tables.

    Raises:
        ProblemError: Something that is not of this move hangs on the rows.
    """
    there, made = schema.columns(target, name), schema.built(target, plans)
    grown = [each for each in plans if lacking(each, there)]
    for plan in grown:
        words = [*_taken_off(plan, plans, made), *_changed(plan, lacking(plan, there))]
        try:
            asyncio.run(_done(target, plan, words))
        except asyncpg.PostgresError as error:
            raise target.refused(error) from None
    schema.loosen(target, grown)
    return [each.table.name for each in grown]


async def _done(target: PostgresPlace, plan: Plan, words: Sequence[str]) -> None:
    """Change the table and forget its rows at once: a killed run leaves neither or both."""
    async with target.connected() as connection, connection.transaction():
        for each in words:
            await connection.execute(each)
        await memory.forget(connection, plan.table.name)


def _changed(plan: Plan, fields: Sequence[Field]) -> Iterator[str]:
    yield f"truncate {plan.where}"
    added = ", ".join(f"add column {each}" for field in fields for each in schema.column(field))
    yield f"alter table {plan.where} {added}"


def _taken_off(
    plan: Plan, plans: Sequence[Plan], made: Mapping[str, Collection[str]]
) -> Iterator[str]:
    """Take off what loading would have to keep up, and what refers to the rows; it comes again."""
    for child in plans:
        for foreign in child.table.foreign:
            if plan.table.name in {child.table.name, foreign.parent}:
                yield from _without(child, f"{foreign.name}_fk", made)
    for each in ("pkey", *(f"{field.name}_labels" for field in plan.fields)):
        yield from _without(plan, each, made)
    for index in plan.table.indexes:
        name = built_name(plan, index.name)
        if name in made[plan.name]:
            yield f"drop index if exists {identifier(plan.schema)}.{identifier(name)}"


def _without(plan: Plan, name: str, made: Mapping[str, Collection[str]]) -> Iterator[str]:
    full = built_name(plan, name)
    if full in made[plan.name]:
        yield f"alter table {plan.where} drop constraint if exists {identifier(full)}"
