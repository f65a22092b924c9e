"""Copies tables and brings what changed since, chunk by chunk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg

from playbooks.migration.mariadb import memory, read
from playbooks.migration.mariadb.lines import Lines, composed, label
from playbooks.migration.mariadb.load import DELETED, load
from playbooks.migration.mariadb.memory import Aside
from playbooks.migration.mariadb.place import Connection, MariadbPlace
from playbooks.migration.mariadb.read import Block, Span
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.mariadb.text import Reading
from playbooks.migration.postgres.place import PostgresPlace, identifier

# Chunks that one transaction holds: what a killed run does again at most.
TOGETHER = 16
Beat = Callable[[int], None]


@dataclass(frozen=True)
class Filling:
    """One table, both ends, and how its text is read."""

    source: MariadbPlace
    target: PostgresPlace
    plan: Plan
    readings: Mapping[str, Reading]

    def copy(self, rows_a_chunk: int, beat: Beat) -> int:
        """Bring the chunks that are not there yet; give the rows brought."""
        known = memory.known(self.target, self.plan.table.name)
        whole = self.plan.ranged is None
        if known and (whole or known[-1].span.high is None):
            return 0
        after = known[-1].span.high if known else None
        with self.source.connected() as old:
            read.prepare(old)
            low = read.LEAST if after is None else after
            spans = (
                read.pages(old, self.plan)
                if whole
                else read.spans(old, self.plan, rows_a_chunk, low)
            )
            batches = [list(spans)] if whole else _batches(spans)
            return sum(self._bring(old, each, beat, fresh=True) for each in batches)

    def follow(self, rows_a_chunk: int, beat: Beat) -> dict[str, int]:
        """Copy again what changed on the source; give chunks looked at, changed, and rows."""
        known = memory.known(self.target, self.plan.table.name)
        with self.source.connected() as old:
            read.prepare(old)
            changed, looked = self._changed(old, known, rows_a_chunk)
            if not changed:
                return {"chunks": looked, "changed": 0, "rows": 0}
            if self.plan.ranged is None:
                changed = list(read.pages(old, self.plan))
            rows = self._bring(old, changed, beat, fresh=False)
        return {"chunks": looked, "changed": len(changed), "rows": rows}

    def _changed(
        self,
        old: Connection,
        known: Sequence[memory.Known],
        rows_a_chunk: int,
    ) -> tuple[list[Span], int]:
        if self.plan.ranged is None:
            now = list(read.pages(old, self.plan))
            if [each.span for each in known] != now:
                return now, len(now)
        changed, looked = [], 0
        for each in known:
            for span in self._cut(old, each, rows_a_chunk):
                looked += 1
                _, digest = read.digest(old, self.plan, span)
                if digest != each.digest or span != each.span:
                    changed.append(span)
        return changed, looked

    def _cut(self, old: Connection, known: memory.Known, rows_a_chunk: int) -> Iterator[Span]:
        """Cut the open end anew, where rows are added; the others stay as they are."""
        if known.span.page is None and known.span.high is None:
            yield from read.spans(old, self.plan, rows_a_chunk, known.span.low)
        else:
            yield known.span

    def _bring(self, old: Connection, spans: Sequence[Span], beat: Beat, *, fresh: bool) -> int:
        try:
            return asyncio.run(self._brought(old, spans, beat, fresh=fresh))
        except asyncpg.PostgresError as error:
            raise self.target.refused(error) from None

    async def _brought(
        self,
        old: Connection,
        spans: Sequence[Span],
        beat: Beat,
        *,
        fresh: bool,
    ) -> int:
        name, done = self.plan.table.name, 0
        async with AsyncExitStack() as stack:
            new = await stack.enter_async_context(self.target.connected())
            await stack.enter_async_context(new.transaction())
            await new.execute(DELETED)
            if not fresh:
                await self._cleared(new, spans)
            async for span, block, lines in self._read(old, spans):
                low = span.page[0] if span.page else span.low
                refused = await load(new, self.plan, lines.lines)
                odd = [*refused, *self._doubts(lines)]
                await memory.set_aside(new, name, low, odd)
                digest = "" if refused else block.digest  # to be tried again by the next pass
                await memory.remember(new, name, span, block.rows, digest)
                done += block.rows
                beat(block.rows)
        return done

    async def _cleared(self, new: Connection, spans: Sequence[Span]) -> None:
        whole = self.plan.ranged is None
        await memory.forget(new, self.plan.table.name, None if whole else spans)
        if whole:
            await new.execute(f"delete from {self.plan.where}")  # noqa: S608
            return
        for span in spans:
            await new.execute(f"delete from {self.plan.where} where {within(self.plan, span)}")  # noqa: S608

    async def _read(
        self,
        old: Connection,
        spans: Sequence[Span],
    ) -> AsyncIterator[tuple[Span, Block, Lines]]:
        """Read one chunk ahead of the one that is being written."""
        ahead: asyncio.Task[tuple[Span, Block, Lines]] | None = None
        try:
            for span in spans:
                now, ahead = ahead, None
                got = await now if now else None
                ahead = asyncio.create_task(asyncio.to_thread(self._one, old, span))
                if got:
                    yield got
            if ahead:
                yield await ahead
        finally:
            if ahead and not ahead.done():
                await asyncio.gather(ahead, return_exceptions=True)

    def _one(self, old: Connection, span: Span) -> tuple[Span, Block, Lines]:
        block = read.block(old, self.plan, span)
        return span, block, composed(self.plan, self.readings, block)

    def _doubts(self, lines: Lines) -> list[Aside]:
        return [
            Aside("text", label(self.plan, lines.lines[at]), f"{column}: bytes of no known letter")
            for at, column in lines.doubtful
        ]


def within(plan: Plan, span: Span) -> str:
    """Give the condition for a chunk's rows on the target."""
    if plan.ranged is None:
        return "true"
    column = identifier(plan.ranged.name)
    lower = "true" if span.low == read.LEAST else f"{column} >= {span.low}"
    upper = "" if span.high is None else f" and {column} < {span.high}"
    return lower + upper


def _batches(spans: Iterable[Span]) -> Iterator[list[Span]]:
    held: list[Span] = []
    for span in spans:
        held.append(span)
        if len(held) == TOGETHER:
            yield held
            held = []
    if held:
        yield held
