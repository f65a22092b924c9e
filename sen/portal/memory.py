"""What was learned for one person a moment ago; nobody else is shown it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")

REFUSED_SECONDS = 60.0
REMEMBERED_SECONDS = 15.0
MOST_KEYS = 400


class Closed:
    """Which paths refused one person a moment ago, so that lists need not ask them all again."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def add(self, path: str, seconds: float = REFUSED_SECONDS) -> None:
        self._until[path] = time.monotonic() + seconds

    def holds(self, path: str) -> bool:
        return self._until.get(path, 0.0) > time.monotonic()

    def holds_any(self) -> bool:
        return max(self._until.values(), default=0.0) > time.monotonic()


class Memory:
    """What was read or reckoned for one person; gone as soon as that person changes something."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Any]] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._renewing: dict[str, asyncio.Task[Any]] = {}

    async def recall(
        self,
        key: str,
        reckon: Callable[[], Awaitable[T]],
        seconds: float = REMEMBERED_SECONDS,
        stale: float = 0.0,
    ) -> T:
        """Give what is known under a key, else reckon it, once for all who wait for it.

        What failed is not kept. What is older by up to `stale` seconds is given as well, and
        reckoned anew meanwhile.
        """
        until, found = self._known.get(key, (-stale, None))
        late = time.monotonic() - until
        if 0 <= late < stale and key not in self._renewing:
            task = asyncio.create_task(self._reckoned(key, reckon, seconds))
            self._renewing[key] = task
            task.add_done_callback(lambda done: self._renewed(key, done))
        if late < stale or late < 0:
            return cast("T", found)
        return await self._reckoned(key, reckon, seconds)

    async def _reckoned(self, key: str, reckon: Callable[[], Awaitable[T]], seconds: float) -> T:
        async with self._turns.setdefault(key, asyncio.Lock()):
            until, found = self._known.get(key, (0.0, None))
            if until > time.monotonic():
                return cast("T", found)
            known = self._known
            made = await reckon()
            if known is self._known:  # else something was changed meanwhile
                self._keep(key, made, seconds)
            return made

    def _renewed(self, key: str, task: asyncio.Task[Any]) -> None:
        """Let a renewal go; one that failed is not told to anybody: the next who ask find out."""
        del self._renewing[key]
        if not task.cancelled():
            task.exception()

    def forget(self) -> None:
        """Read everything anew from here on."""
        self._known = {}

    def holds_any(self) -> bool:
        """Say whether anything is known still, or is being read."""
        late = max((until for until, _ in self._known.values()), default=0.0)
        return late > time.monotonic() or any(each.locked() for each in self._turns.values())

    def _keep(self, key: str, made: object, seconds: float) -> None:
        if len(self._known) >= MOST_KEYS:
            self._known.clear()
            self._turns = {each: lock for each, lock in self._turns.items() if lock.locked()}
        self._known[key] = time.monotonic() + seconds, made
