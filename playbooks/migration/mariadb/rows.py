"""Rows of both ends side by side, in one form."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from playbooks.migration.mariadb import read
from playbooks.migration.mariadb.fill import within
from playbooks.migration.mariadb.lines import canonical, composed, loose
from playbooks.migration.mariadb.place import Connection
from playbooks.migration.mariadb.read import Block, Span
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.mariadb.text import Reading
from playbooks.migration.postgres.place import PostgresPlace, identifier


@dataclass(frozen=True)
class Side:
    """The source's rows of a span: lines, and what they were made of, in the same order."""

    lines: list[str]
    block: Block


def of_source(old: Connection, plan: Plan, readings: Mapping[str, Reading], span: Span) -> Side:
    """Read and decode; the lines are what the target must have."""
    block = read.block(old, plan, span)
    return Side(list(canonical(composed(plan, readings, block).lines, loose(plan))), block)


def of_target(target: PostgresPlace, plan: Plan, span: Span) -> list[str]:
    """Read the rows of a span as lines, ordered by key."""

    async def got() -> bytes:
        parts: list[bytes] = []

        async def keep(data: bytes) -> None:
            parts.append(bytes(data))

        async with target.connected() as connection:
            await connection.copy_from_query(_words(plan, span), output=keep, format="text")
        return b"".join(parts)

    text = asyncio.run(got()).decode()
    lines = text.split("\n")[:-1]
    return list(canonical(lines, loose(plan)))


def _words(plan: Plan, span: Span) -> str:
    order = ", ".join(identifier(each.name) for each in plan.key)
    return (
        f"select {', '.join(plan.shows())} from {plan.where} where {within(plan, span)}"  # noqa: S608
        + (f" order by {order}" if order else "")
    )
