"""Leads while the lease is ours: begins the work when it is won, stops it when it is lost."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from sen.operator.lease import Elector
from sen.operator.log import LOG
from sen.operator.metrics import Metrics

Sleep = Callable[[float], Awaitable[None]]
Lead = Callable[[], Awaitable[None]]
Answer = TypeVar("Answer")
# How long work may take to stop once the lease is lost. Whoever leads by then must not be disturbed
# by what hangs here: ending as by `kill -9` is what all that follows can bear.
SECONDS_TO_STOP = 20.0


def _exit() -> None:
    os._exit(1)


@dataclass(frozen=True)
class Election:
    """Several operators, of which one works.

    Attributes:
        clock: Seconds that only grow.
        spread: Gives a share from 0 to 1, so that replicas do not ask all at once.
        stop: How long work may take to stop when the lease was lost, in seconds.
        exit: Ends this process at once, with all its threads; the kubelet begins it anew.
    """

    elector: Elector
    metrics: Metrics
    clock: Callable[[], float]
    sleep: Sleep = asyncio.sleep
    spread: Callable[[], float] = random.random
    stop: float = SECONDS_TO_STOP
    exit: Callable[[], None] = _exit

    async def run(self, lead: Lead) -> None:
        """Wait for the lease and lead, again and again, until cancelled or the work ends."""
        # A thread of its own: runs may hold all the loop's others for minutes.
        with ThreadPoolExecutor(1, "lease") as thread:
            try:
                while await self._term(lead, thread):
                    LOG.warning("lease lost; another may lead now")
            finally:
                self.metrics.leads(leader=False)
                await self._asked(thread, self.elector.release)

    async def _term(self, lead: Lead, thread: ThreadPoolExecutor) -> bool:
        """Lead once; say whether the lease was lost before the work ended."""
        while not await self._asked(thread, self.elector.try_once):
            terms = self.elector.terms
            await self.sleep(terms.retry * (1 + self.spread() * terms.jitter))
        LOG.info("lease won by %s", self.elector.identity)
        self.metrics.leads(leader=True)
        work = asyncio.ensure_future(lead())
        keeping = asyncio.ensure_future(self._kept(thread))
        try:
            await asyncio.wait({work, keeping}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                await work
                return False
            await self._stopped(work)
            return True
        finally:
            self.metrics.leads(leader=False)
            await _cancelled(keeping)
            await _cancelled(work)

    async def _stopped(self, work: asyncio.Future[None]) -> None:
        """Stop the work of a leader that is none any more, or end with it."""
        work.cancel()
        _, hangs = await asyncio.wait({work}, timeout=self.stop)
        if hangs:
            LOG.error("work goes on %s s after the lease was lost; this process ends", self.stop)
            self.exit()

    async def _kept(self, thread: ThreadPoolExecutor) -> None:
        """Renew until it could not be renewed for too long."""
        terms, renewed = self.elector.terms, self.clock()
        while self.clock() < renewed + terms.renew:
            await self.sleep(terms.retry)
            asked_at = self.clock()
            if await self._in_time(thread, renewed + terms.renew - asked_at):
                renewed = asked_at

    async def _in_time(self, thread: ThreadPoolExecutor, seconds: float) -> bool:
        """Renew, but do not wait longer than what is left: an answer may never come."""
        asked = asyncio.get_running_loop().run_in_executor(thread, self.elector.try_once)
        # Not `wait_for`: before Python 3.12 it forgets a cancellation that meets an answer.
        await asyncio.wait({asked}, timeout=max(seconds, 0.0))
        return asked.done() and asked.result()

    @staticmethod
    async def _asked(thread: ThreadPoolExecutor, question: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(thread, question)


async def _cancelled(task: asyncio.Future[None]) -> None:
    """Cancel and wait for the end; who cancels us meanwhile is heard."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()
