"""Writes rows of one table on the target: copies chunks, and puts right what is not the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from playbooks.migration.mariadb import memory, rows
from playbooks.migration.mariadb.carry import Beat, Carrier
from playbooks.migration.mariadb.load import DELETED
from playbooks.migration.mariadb.place import Connection
from playbooks.migration.mariadb.read import Span
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.mariadb.text import Reading
from playbooks.migration.postgres.place import PostgresPlace

# Chunks that one transaction holds: what a killed run does again at most.
TOGETHER = 16
_KEYS_A_QUESTION = 1000


@dataclass(frozen=True)
class Mender:
    """One table of the target, and how its text is read."""

    target: PostgresPlace
    plan: Plan
    readings: Mapping[str, Reading]

    def copy(self, old: Connection, spans: Iterator[Span], beat: Beat) -> int:
        """Copy chunks that are not there yet; give the rows."""
        return self._run(self._copied(old, spans, beat))

    def reload(self, old: Connection, pages: Sequence[Span], beat: Beat) -> int:
        """Copy all rows in place of those that are there; give how many."""
        return self._run(self._reloaded(old, pages, beat))

    def recut(self, spans: Sequence[Span]) -> int:
        """Remember an open chunk as several."""
        return self._run(self._recut(spans))

    def mend(
        self,
        old: Connection,
        spans: Sequence[Span],
        named: Mapping[int, Sequence[int]],
        beat: Beat,
    ) -> int:
        """Replace rows that differ within chunks, and rows that are named; give how many came.

        Args:
            old: A connection to the source.
            spans: Chunks to compare row by row.
            named: First numbers of keys, by the beginning of their chunk.
            beat: Is told of rows.
        """
        return self._run(self._mended(old, spans, named, beat))

    def _run(self, work: Coroutine[Any, Any, int]) -> int:
        try:
            return asyncio.run(work)
        except asyncpg.PostgresError as error:
            raise self.target.refused(error) from None

    @asynccontextmanager
    async def _begun(self) -> AsyncIterator[Connection]:
        async with self.target.connected() as new, _transaction(new):
            yield new

    async def _copied(self, old: Connection, spans: Iterator[Span], beat: Beat) -> int:
        carrier, done = Carrier(old, self.plan, self.readings), 0
        async with (
            self.target.connected() as new,
            aclosing(carrier.chunks(spans)) as chunks,
        ):
            more = True
            while more:
                async with _transaction(new):
                    rows = await carrier.write(new, chunks, beat, TOGETHER)
                more, done = rows is not None, done + (rows or 0)
        return done

    async def _reloaded(self, old: Connection, pages: Sequence[Span], beat: Beat) -> int:
        async with self._begun() as new:
            await memory.forget(new, self.plan.table.name)
            await self._delete(new, Span())
            return await self._write(new, Carrier(old, self.plan, self.readings), pages, beat)

    async def _recut(self, spans: Sequence[Span]) -> int:
        async with self._begun() as new:
            for span in spans:
                await memory.remember(new, self.plan.table.name, span, 0, "")
        return len(spans)

    async def _mended(
        self,
        old: Connection,
        spans: Sequence[Span],
        named: Mapping[int, Sequence[int]],
        beat: Beat,
    ) -> int:
        """All go before any comes: a unique value may have passed from one row to another."""
        carrier, anew = Carrier(old, self.plan, self.readings), []
        touched = {low: sorted(keys) for low, keys in named.items()}
        async with self._begun() as new:
            for span in spans:
                keys = await self._compared(new, carrier, span)
                if keys is None:
                    anew.append(span)
                elif keys:
                    touched[span.low] = sorted(keys)
            await memory.set_changed(new, self.plan.table.name, touched)
            anew += [each for low, keys in touched.items() for each in _questions(low, keys)]
            for each in anew:
                await self._delete(new, each)
            return await self._write(new, carrier, anew, beat)

    async def _write(
        self, new: Connection, carrier: Carrier, spans: Iterable[Span], beat: Beat
    ) -> int:
        async with aclosing(carrier.chunks(spans)) as chunks:
            return await carrier.write(new, chunks, beat) or 0

    async def _compared(self, new: Connection, carrier: Carrier, span: Span) -> set[int] | None:
        """Give the first numbers of the keys of rows that differ; None where most of them do."""
        name = self.plan.table.name
        _, block, lines = await asyncio.to_thread(carrier.chunk, span)
        keys = await rows.differing(new, self.plan, span, lines)
        await memory.forget(new, name, [span])
        if len(keys) * 2 > block.rows:
            return None
        await memory.remember(new, name, span, block.rows, block.digest)
        same = [
            (at, column)
            for at, column in lines.doubtful
            if rows.first(self.plan, lines.lines[at]) not in keys
        ]
        doubts = carrier.doubts(replace(lines, doubtful=same))
        await memory.set_aside(new, name, span.low, doubts)
        return keys

    async def _delete(self, new: Connection, span: Span) -> None:
        await new.execute(f"delete from {self.plan.where} where {rows.within(self.plan, span)}")  # noqa: S608


@asynccontextmanager
async def _transaction(new: Connection) -> AsyncIterator[None]:
    """Begin one that waits for no disk: rows and what is remembered of them are lost together."""
    async with new.transaction():
        await new.execute(DELETED)
        await new.execute("set local synchronous_commit = off")
        yield


def _questions(low: int, keys: Sequence[int]) -> Iterator[Span]:
    for start in range(0, len(keys), _KEYS_A_QUESTION):
        yield Span(low, keys=tuple(keys[start : start + _KEYS_A_QUESTION]))
