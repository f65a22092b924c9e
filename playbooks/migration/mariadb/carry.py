"""Carries chunks of one table: one is read while the one before is decoded and another written."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

from playbooks.migration.mariadb import memory, read
from playbooks.migration.mariadb.lines import Lines, composed, label
from playbooks.migration.mariadb.load import load
from playbooks.migration.mariadb.memory import Aside
from playbooks.migration.mariadb.place import Connection
from playbooks.migration.mariadb.read import Block, Span
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.mariadb.text import Reading

Beat = Callable[[int], None]
Chunk = tuple[Span, Block, Lines]
Chunks = AsyncGenerator[Chunk, None]
Blocks = AsyncGenerator[tuple[Span, Block], None]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Carrier:
    """One table, a connection to its source, and how its text is read."""

    old: Connection
    plan: Plan
    readings: Mapping[str, Reading]

    async def write(
        self, new: Connection, chunks: Chunks, beat: Beat, most: int | None = None
    ) -> int | None:
        """Write chunks, and remember them, within the transaction that is open.

        Args:
            new: The connection with the transaction.
            chunks: Read and decoded, of `chunks()`.
            beat: Is told of rows.
            most: How many chunks; None for all.

        Returns:
            The rows; None where no chunk was left.
        """
        name, done = self.plan.table.name, None
        for _ in itertools.count() if most is None else range(most):
            if (chunk := await anext(chunks, None)) is None:
                break
            span, block, lines = chunk
            refused = await load(new, self.plan, lines)
            await memory.set_aside(new, name, span.name, [*refused, *self.doubts(lines)])
            if not span.keys:
                digest = "" if refused else block.digest  # to be tried again by the next pass
                await memory.remember(new, name, span, block.rows, digest)
            done = (done or 0) + block.rows
            beat(block.rows)
        return done

    def chunk(self, span: Span) -> Chunk:
        """Read and decode a chunk."""
        block = read.block(self.old, self.plan, span)
        return span, block, composed(self.plan, self.readings, block)

    def doubts(self, lines: Lines) -> list[Aside]:
        """Name the rows whose bytes their encoding does not know."""
        return [
            Aside("text", label(self.plan, lines.lines[at]), f"{column}: bytes of no known letter")
            for at, column in lines.doubtful
        ]

    async def chunks(self, spans: Iterable[Span]) -> Chunks:
        """Read and decode chunks, ahead of who takes them."""
        async with (
            aclosing(_ahead(self._blocks(iter(spans)))) as blocks,
            aclosing(_ahead(self._decoded(blocks))) as chunks,
        ):
            async for each in chunks:
                yield each

    async def _blocks(self, spans: Iterator[Span]) -> Blocks:
        while got := await asyncio.to_thread(self._next, spans):
            yield got

    def _next(self, spans: Iterator[Span]) -> tuple[Span, Block] | None:
        span = next(spans, None)
        return None if span is None else (span, read.block(self.old, self.plan, span))

    async def _decoded(self, blocks: Blocks) -> Chunks:
        async for span, block in blocks:
            yield span, block, await asyncio.to_thread(composed, self.plan, self.readings, block)


async def _ahead(source: AsyncGenerator[Made, None]) -> AsyncGenerator[Made, None]:
    """Ask for the next while the one before is made use of; what was asked for is waited for."""
    following: asyncio.Task[Made | None] | None = None
    try:
        following = asyncio.create_task(_following(source))
        while (got := await following) is not None:
            following = asyncio.create_task(_following(source))
            yield got
    finally:
        if following is not None:
            await asyncio.gather(following, return_exceptions=True)
        await source.aclose()


async def _following(source: AsyncGenerator[Made, None]) -> Made | None:
    return await anext(source, None)
