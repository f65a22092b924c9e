"""Copies all rows as they are where a slot begins; the indexes of a table follow while others come.

A table and the word that it is there are one transaction. A run that was killed finds which tables
are there and where their slot begins; the others then come by the servers' own copy.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from playbooks.migration.postgres import schema
from playbooks.migration.postgres.indexes import BEGUN, Dump, dumped
from playbooks.migration.postgres.replication import Replication
from playbooks.migration.postgres.slot import begin, exported
from playbooks.migration.postgres.stream import LOGGED, Rows, stream, tables
from playbooks.migration.steps import Pulse
from stacks.problem import ProblemError

# Indexes of smaller tables are built at the end, by one program for all.
LARGE = 8 << 20
# A mark that is lost with its transaction may be lost: what it stands for is lost with it.
_QUICK = "set synchronous_commit = off"
# A server may end what takes long; a table takes as long as it does.
_PATIENT = (
    "set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0"
)
_NUMBER = "select $1::text::regclass::oid::bigint"
_NAMES = """
  select format('%I.%I', n.nspname, c.relname) from pg_class c
  join pg_namespace n on n.oid = c.relnamespace where c.oid = any($1::bigint[]::oid[])
"""
_COPIED, _AT = "copied ", "from "


def stands(flow: Replication) -> bool:
    """Say whether tables are there whose changes the slot still holds, each from the first on."""
    return bool(_numbers(flow))


def copied(flow: Replication) -> list[str]:
    """Give the tables that are there, `schema.table`, each quoted where it must be."""
    numbers = _numbers(flow)
    return [row[0] for row in flow.target.ask(_NAMES, numbers)] if numbers else []


def copy(flow: Replication, jobs: int, pulse: Pulse) -> int:
    """Copy what a run before has not begun to; give the number of tables that are there.

    Args:
        flow: What is to follow; its slot is made here.
        jobs: Tables at a time, and indexes.
        pulse: Heeds bytes.
    """
    if not stands(flow):
        flow.drop_slot()
        stale = {each for each in schema.marks(flow.target) if each.startswith((_COPIED, _AT))}
        if stale:
            schema.unmark(flow.target, *stale)
        with dumped(flow.source, flow.target) as dump:
            schema.mark(flow.target, BEGUN)
            asyncio.run(_Copy(flow, dump, jobs, pulse).run())
            schema.unmark(flow.target, BEGUN)
    return len(_numbers(flow))


def _numbers(flow: Replication) -> list[int]:
    marks = schema.marks(flow.target)
    found = [int(each.removeprefix(_COPIED)) for each in marks if each.startswith(_COPIED)]
    return found if found and _AT + str(begin(flow.source, flow.name)) in marks else []


@dataclass
class _Copy:
    """One run of all tables."""

    flow: Replication
    dump: Dump
    jobs: int
    pulse: Pulse
    waiting: list[Rows] = field(default_factory=list)
    builds: list[asyncio.Task[None]] = field(default_factory=list)
    total: int = 0
    done: int = 0
    marking: asyncio.Lock = field(default_factory=asyncio.Lock)
    building: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        async with exported(self.flow.source, self.flow.name) as (place, snapshot):
            await asyncio.to_thread(schema.mark, self.flow.target, _AT + place)
            async with self._reader(snapshot) as old:
                found = await tables(old, LOGGED)
            self.waiting = found[::-1]
            self.total = sum(each.size for each in found)
            await _together([self._work(snapshot) for _ in range(self.jobs)])
        await asyncio.gather(*self.builds)
        self.pulse.beat(self.total, self.total)

    async def _work(self, snapshot: str) -> None:
        async with self._reader(snapshot) as old, self.flow.target.connected() as new:
            await new.execute(f"{_QUICK}; {_PATIENT}")
            while self.waiting:
                rows = self.waiting.pop()
                if await self._tried(old, new, rows) and rows.size >= LARGE:
                    self.builds.append(asyncio.create_task(self._build(rows.name)))

    async def _tried(self, old: Any, new: Any, rows: Rows) -> bool:  # noqa: ANN401
        """Copy a table; one that is refused is left to the servers, which say why."""
        try:
            async with old.transaction():
                await self._table(old, new, rows)
        except asyncpg.PostgresError:
            if old.is_closed() or new.is_closed():
                raise
            return False
        return True

    async def _table(self, old: Any, new: Any, rows: Rows) -> None:  # noqa: ANN401
        begun = new.transaction()
        await begun.start()
        try:
            await new.execute(f"truncate only {rows.name}")
            await stream(old, new, rows, told=self._told, frozen=True)
            number = await new.fetchval(_NUMBER, rows.name)
        except BaseException:
            if not new.is_closed():
                await begun.rollback()
            raise
        async with self.marking:  # two that write the same comment would refuse each other
            await schema.mark_within(new, f"{_COPIED}{number}")
            await begun.commit()

    def _told(self, size: int) -> None:
        self.done += size
        self.pulse.beat(min(self.done, self.total), self.total)

    async def _build(self, table: str) -> None:
        """Build its indexes; what fails is built again at the end, and told there."""
        async with self.building:
            with contextlib.suppress(ProblemError):
                await asyncio.to_thread(self.dump.build, table, self.jobs)

    @contextlib.asynccontextmanager
    async def _reader(self, snapshot: str) -> AsyncIterator[Any]:
        async with (
            self.flow.source.connected() as old,
            old.transaction(isolation="repeatable_read", readonly=True),
        ):
            await old.execute(f"set transaction snapshot '{snapshot}'; {_PATIENT}")
            yield old


async def _together(work: list[Coroutine[Any, Any, None]]) -> None:
    """Do all at once; when one fails the others stop, and it is told."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
