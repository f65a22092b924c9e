"""Rows of both ends side by side, in one form."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playbooks.migration.mariadb import read
from playbooks.migration.mariadb.lines import Lines, canonical, composed, loose
from playbooks.migration.mariadb.place import Connection
from playbooks.migration.mariadb.read import Block, Span
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.mariadb.text import Reading
from playbooks.migration.postgres.place import PostgresPlace, identifier

_BEYOND_BIGINT = 1 << 63


@dataclass(frozen=True)
class Side:
    """The source's rows of a span.

    Attributes:
        data: What the target must have, a line a row, in the form in which both ends are compared.
        block: What the lines were made of, in the same order.
    """

    data: bytes
    block: Block

    @property
    def lines(self) -> Sequence[str]:
        return Lines(self.data, self.block.rows).lines


def of_source(old: Connection, plan: Plan, readings: Mapping[str, Reading], span: Span) -> Side:
    """Read and decode; the lines are what the target must have."""
    block = read.block(old, plan, span)
    return Side(canonical(composed(plan, readings, block), loose(plan)).data, block)


def of_target(target: PostgresPlace, plan: Plan, span: Span) -> Sequence[str]:
    """Read the rows of a span as lines, ordered by key."""

    async def got() -> Sequence[str]:
        async with target.connected() as connection:
            return (await there(connection, plan, span)).lines

    return asyncio.run(got())


async def there(connection: Connection, plan: Plan, span: Span) -> Lines:
    """Read the rows of a span of the target, ordered by key, in the form to be compared."""
    parts: list[bytes] = []

    async def keep(data: bytes) -> None:
        parts.append(bytes(data))

    await connection.copy_from_query(_words(plan, span), output=keep, format="text")
    data = b"".join(parts)
    return canonical(Lines(data[:-1], data.count(b"\n")), loose(plan))


async def differing(connection: Connection, plan: Plan, span: Span, lines: Lines) -> set[int]:
    """Give the first numbers of the keys of rows that are not the same on the target."""
    here = Counter(canonical(lines, loose(plan)).lines)
    new = Counter((await there(connection, plan, span)).lines)
    return {first(plan, line) for line in (*(here - new), *(new - here))}


def first(plan: Plan, line: str) -> int:
    """Give the first number of a line's key."""
    at = plan.targets().index(plan.ranged.name) if plan.ranged else 0
    return int(line.split("\t", at + 1)[at])


def within(plan: Plan, span: Span) -> str:
    """Give the condition for a chunk's rows on the target."""
    if plan.ranged is None:
        return "true"
    column = identifier(plan.ranged.name)
    if span.keys:  # which may be more than the column's own type holds
        kind = "bigint" if max(span.keys) < _BEYOND_BIGINT else "numeric"
        return f"{column} = any('{{{','.join(map(str, span.keys))}}}'::{kind}[])"
    lower = "true" if span.low == read.LEAST else f"{column} >= {span.low}"
    upper = "" if span.high is None else f" and {column} < {span.high}"
    return lower + upper


def _words(plan: Plan, span: Span) -> str:
    order = ", ".join(identifier(each.name) for each in plan.key)
    return (
        f"select {', '.join(plan.shows())} from {plan.where} where {within(plan, span)}"  # noqa: S608
        + (f" order by {order}" if order else "")
    )
