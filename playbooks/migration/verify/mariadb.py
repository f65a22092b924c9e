"""Proves that a MariaDB database arrived whole on PostgreSQL, row by row, text decoded."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

import asyncpg
import blake3

from playbooks.migration.mariadb import memory, read, rows
from playbooks.migration.mariadb.lines import key_of, label
from playbooks.migration.mariadb.place import Connection, MariadbPlace
from playbooks.migration.mariadb.read import Span
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.mariadb.text import Reading
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.verify.difference import Check, Difference, Verdict
from playbooks.migration.verify.postgres_shape import foreign_keys, sequences_ahead


def verify(
    source: MariadbPlace,
    target: PostgresPlace,
    plans: Sequence[Plan],
    readings: Mapping[str, Mapping[str, Reading]],
) -> Verdict:
    """Compare both ends while nobody writes to either.

    A line holds a row's decoded text and its bytes: equal lines say that the text is what the
    bytes mean and that the bytes are the source's.
    """
    checks = [compare(source, target, each, readings.get(each.table.name, {})) for each in plans]
    return Verdict([*checks, foreign_keys(target), sequences_ahead(target)])


def compare(
    source: MariadbPlace, target: PostgresPlace, plan: Plan, readings: Mapping[str, Reading]
) -> Check:
    """Compare the rows of one table, chunk by chunk, both ends being read at once."""
    known = memory.known(target, plan.table.name) if plan.ranged else []
    spans = [each.span for each in known] or [Span()]
    looked_at, found, hashed = 0, [], blake3.blake3()

    async def compared(old: Connection) -> None:
        nonlocal looked_at
        async with target.connected() as new:
            for span in spans:
                reading = asyncio.to_thread(rows.of_source, old, plan, readings, span)
                before, after = await asyncio.gather(
                    reading, rows.there(new, plan, span), return_exceptions=True
                )
                if isinstance(before, BaseException):
                    raise before
                if isinstance(after, BaseException):
                    raise after
                looked_at += before.block.rows
                hashed.update(before.data)
                if (before.data, before.block.rows) != (after.data, after.rows):
                    found.extend(differences(plan, before.lines, after.lines))

    with source.connected() as old:
        read.prepare(old)
        try:
            asyncio.run(compared(old))
        except asyncpg.PostgresError as error:
            raise target.refused(error) from None
    return Check.of(f"rows of {plan.name}", looked_at, found, hashed.hexdigest())


def differences(plan: Plan, before: Sequence[str], after: Sequence[str]) -> list[Difference]:
    """Name the rows that differ; their order does not matter."""
    gone = list((Counter(before) - Counter(after)).elements())
    new = list((Counter(after) - Counter(before)).elements())
    if not plan.key:
        missing = [Difference(label(plan, line), "missing") for line in gone]
        return missing + [Difference(label(plan, line), "extra") for line in new]
    old, latest = ({key_of(plan, line): line for line in lines} for lines in (gone, new))
    both = old.keys() & latest.keys()
    return [
        *(Difference(label(plan, old[key]), "changed") for key in sorted(both)),
        *(Difference(label(plan, old[key]), "missing") for key in sorted(old.keys() - both)),
        *(Difference(label(plan, latest[key]), "extra") for key in sorted(latest.keys() - both)),
    ]
