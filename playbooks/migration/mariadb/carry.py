"""Carries chunks of one table: one is read while the one before is decoded and another written."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from playbooks.migration.mariadb import memory, read
from playbooks.migration.mariadb.lines import Lines, composed, label
from playbooks.migration.mariadb.load import load
from playbooks.migration.mariadb.memory import Aside
from playbooks.migration.mariadb.place import Connection
from playbooks.migration.mariadb.read import Block, Joined, Span
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.mariadb.text import Reading

Beat = Callable[[int], None]
Chunk = tuple[Span, Block, Lines]
Chunks = AsyncGenerator[Chunk, None]
Fetched = tuple[Span, Joined | Block]
AHEAD = 3  # chunks that are asked for, read or decoded at a time


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
        return self._composed(span, read.fetch(self.old, self.plan, span))

    def _composed(self, span: Span, fetched: Joined | Block) -> Chunk:
        block = read.opened(fetched)
        return span, block, composed(self.plan, self.readings, block)

    def doubts(self, lines: Lines) -> list[Aside]:
        """Name the rows whose bytes their encoding does not know."""
        return [
            Aside("text", label(self.plan, lines.lines[at]), f"{column}: bytes of no known letter")
            for at, column in lines.doubtful
        ]

    async def chunks(self, spans: Iterable[Span]) -> Chunks:
        """Read and decode chunks ahead of who takes them, each in a thread of its own.

        The source is asked for the next as soon as one came, whatever else goes on.
        """
        left, reader, decoder = iter(spans), ThreadPoolExecutor(1), ThreadPoolExecutor(1)

        def begin() -> Future[Chunk | None]:
            return decoder.submit(self._decoded, reader.submit(self._next, left))

        try:
            ahead = deque(begin() for _ in range(AHEAD))
            while (chunk := await asyncio.wrap_future(ahead.popleft())) is not None:
                ahead.append(begin())
                yield chunk
        finally:
            for each in (reader, decoder):
                await asyncio.to_thread(each.shutdown, cancel_futures=True)

    def _next(self, spans: Iterator[Span]) -> Fetched | None:
        span = next(spans, None)
        return None if span is None else (span, read.fetch(self.old, self.plan, span))

    def _decoded(self, asked: Future[Fetched | None]) -> Chunk | None:
        got = asked.result()
        return None if got is None else self._composed(*got)
