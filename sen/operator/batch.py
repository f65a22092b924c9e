"""Runs one job a key at a time, a few keys at once; what comes meanwhile waits for the next run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

Job = Callable[[str], Awaitable[None]]


class Batches:
    """Asks for work by key: asked once or a hundred times, it is done once more.

    Args:
        job: Does the work of a key, all that is there when it begins.
        at_once: How many keys at the same time.
    """

    def __init__(self, job: Job, at_once: int) -> None:
        self._job, self._slots = job, asyncio.Semaphore(at_once)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._asked: set[str] = set()

    def ask(self, key: str) -> None:
        """Ask for a key's work; a run that has begun may have missed what is new."""
        self._asked.add(key)
        if key not in self._running:
            self._running[key] = asyncio.get_running_loop().create_task(self._work(key))

    @property
    def busy(self) -> bool:
        return bool(self._running)

    @property
    def waiting(self) -> int:
        """Give how many keys are asked for and not begun."""
        return len(self._asked)

    async def idle(self) -> None:
        """Wait until nothing is asked for."""
        while self._running:
            await asyncio.wait(list(self._running.values()))

    async def close(self) -> None:
        """Stop what runs."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _work(self, key: str) -> None:
        try:
            while key in self._asked:
                async with self._slots:
                    self._asked.discard(key)
                    await self._job(key)
        finally:
            del self._running[key]
