"""How a program registers thousands of resources without slowing itself down (docs/adr/0003)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import pulumi

One = TypeVar("One")
AT_ONCE = 6


def leave_debug_log_off() -> None:
    """Drop the SDK's debug log, about four blocking calls a resource that nobody reads.

    `PULUMI_DEBUG_COMMANDS` or `SEN_DEBUG` in the environment keep it.
    """
    if not (os.environ.get("SEN_DEBUG") or os.environ.get("PULUMI_DEBUG_COMMANDS")):
        pulumi.log.debug = _drop


def _drop(*_: object, **__: object) -> None:
    """Take what `pulumi.log.debug` takes, and do nothing."""


def paced(build: Callable[[One], Awaitable[object]], ones: Iterable[One]) -> pulumi.Output[int]:
    """Build each one, a window of them at a time, and give how many were built.

    The SDK waits for all that is under way at once, and looks at each of it whenever one ends: what
    stands in the window grows the work by its square, so the window is kept small.
    """
    return pulumi.Output.from_input(_all(build, tuple(ones)))


async def _all(build: Callable[[One], Awaitable[object]], ones: tuple[One, ...]) -> int:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(each: One) -> None:
        async with gate:
            await build(each)

    await asyncio.gather(*(one(each) for each in ones))
    return len(ones)
