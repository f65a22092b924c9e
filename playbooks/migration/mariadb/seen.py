"""What the target's chunks look like: hashed at the switch, and again on the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg

from playbooks.migration.mariadb import memory
from playbooks.migration.mariadb.read import Span
from playbooks.migration.mariadb.rows import within
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.postgres.place import PostgresPlace, identifier
from playbooks.migration.postgres.schema import MARKS

_HASHES = ("hash_record_extended({row}, 0)", "hashtextextended({row}::text, 0)")
_FEW = 2  # Less than one chunk in so many is looked for by the key, more by reading all.


def look_at(target: PostgresPlace, plan: Plan) -> int:
    """Hash the chunks that were not hashed since they were written; give their number."""
    known = memory.known(target, plan.table.name)
    new = [each.span for each in known if each.seen is None]
    if not new:
        return 0
    now = hashes(target, plan, new if len(new) * _FEW < len(known) else ())

    async def kept() -> None:
        async with target.connected() as connection:
            await connection.executemany(
                f"update {MARKS}.span set seen = $3 where name = $1 and low = $2",  # noqa: S608
                [(plan.table.name, each.name, now.get(_bucket(plan, each), "")) for each in new],
            )

    asyncio.run(kept())
    return len(new)


def changed(target: PostgresPlace, plan: Plan) -> list[memory.Known]:
    """Give the chunks whose rows on the target are not those that were remembered."""
    now = hashes(target, plan)
    return [
        each
        for each in memory.known(target, plan.table.name)
        if now.get(_bucket(plan, each.span), "") != (each.seen or "")
    ]


def hashes(target: PostgresPlace, plan: Plan, only: Sequence[Span] = ()) -> dict[int, str]:
    """Give the hash of each chunk that has rows, by its lowest key; 0 where all rows are one.

    The bytes beside a text have no part in it: nobody but a move writes them.

    Args:
        target: Where the table is.
        plan: The table.
        only: The chunks to look at; all where none is named.
    """
    known = memory.known(target, plan.table.name)
    lows = sorted(each.span.low for each in known) if plan.ranged else []
    where = " or ".join(f"({within(plan, each)})" for each in only) or "true"
    row = (
        f"row({', '.join(identifier(each.name) for each in plan.fields)})"  # raw bytes: ours alone
    )
    for way in _HASHES:
        try:
            rows = asyncio.run(_grouped(target, plan, lows, way.format(row=row), where))
        except asyncpg.UndefinedFunctionError:  # a type such as json has no hash
            continue
        return {lows[at - 1] if lows else 0: said for at, said in rows}
    return {}


async def _grouped(
    target: PostgresPlace, plan: Plan, lows: list[int], way: str, where: str
) -> list[tuple[int, str]]:
    bucket, given = "0", []
    if plan.ranged and lows:
        kind = "numeric" if plan.ranged.type.startswith("numeric") else "bigint"  # much faster
        bucket = f"width_bucket({identifier(plan.ranged.name)}::{kind}, $1::{kind}[])"
        given = [lows]
    async with target.connected() as connection:
        await connection.execute("set enable_sort = off")  # the planner expects a chunk a row
        rows = await connection.fetch(
            f"select b, concat_ws(' ', count(*), sum(h >> 32), sum(h & 4294967295)) from"  # noqa: S608
            f" (select {bucket} as b, {way} as h from {plan.where} where {where}) x group by b",
            *given,
        )
    return [(row[0], row[1]) for row in rows]


def _bucket(plan: Plan, span: Span) -> int:
    return span.low if plan.ranged else 0
