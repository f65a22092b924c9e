"""What the target's chunks look like: hashed at the switch, and again on the way back."""

from __future__ import annotations

import asyncio

import asyncpg

from playbooks.migration.mariadb import memory
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.postgres.place import PostgresPlace, identifier
from playbooks.migration.postgres.schema import MARKS

_HASHES = ("hash_record_extended(t, 0)", "hashtextextended(t::text, 0)")


def look_at(target: PostgresPlace, plan: Plan) -> int:
    """Hash the chunks of a table and remember it; give how many there are."""
    now = hashes(target, plan)
    known = memory.known(target, plan.table.name)
    lows = [each.span.page[0] if each.span.page else each.span.low for each in known]

    async def kept() -> None:
        async with target.connected() as connection:
            await connection.executemany(
                f"update {MARKS}.span set seen = $3 where name = $1 and low = $2",  # noqa: S608
                [(plan.table.name, low, now.get(_bucket(plan, low), "")) for low in lows],
            )

    asyncio.run(kept())
    return len(known)


def changed(target: PostgresPlace, plan: Plan) -> list[memory.Known]:
    """Give the chunks whose rows on the target are not those that were remembered."""
    now = hashes(target, plan)
    return [
        each
        for each in memory.known(target, plan.table.name)
        if now.get(_bucket(plan, each.span.low), "") != (each.seen or "")
    ]


def hashes(target: PostgresPlace, plan: Plan) -> dict[int, str]:
    """Give the hash of each chunk that has rows, by its lowest key; 0 where all rows are one."""
    known = memory.known(target, plan.table.name)
    lows = sorted(each.span.low for each in known) if plan.ranged else []
    for way in _HASHES:
        try:
            rows = asyncio.run(_grouped(target, plan, lows, way))
        except asyncpg.UndefinedFunctionError:  # a type such as json has no hash
            continue
        return {lows[at - 1] if lows else 0: said for at, said in rows}
    return {}


async def _grouped(
    target: PostgresPlace, plan: Plan, lows: list[int], way: str
) -> list[tuple[int, str]]:
    column = identifier(plan.ranged.name) if plan.ranged else ""
    bucket = f"width_bucket({column}::numeric, $1::numeric[])" if lows else "0"
    given = [lows] if lows else []
    async with target.connected() as connection:
        rows = await connection.fetch(
            f"select b, concat_ws(' ', count(*), sum(h >> 32), sum(h & 4294967295)) from"  # noqa: S608
            f" (select {bucket} as b, {way} as h from {plan.where} t) x group by b",
            *given,
        )
    return [(row[0], row[1]) for row in rows]


def _bucket(plan: Plan, low: int) -> int:
    return low if plan.ranged else 0
