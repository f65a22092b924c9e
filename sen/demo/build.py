"""Build stacks one after the other or a few at a time, and tell what each one did."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sen.errors import RefusedError
from sen.local.platform import Platform
from sen.runs.environment import environment
from sen.runs.settings import write_baseline, write_tenants
from sen.runs.stack import Stack
from stacks.models.agency import agencies
from stacks.models.tenant import TenantRequest
from stacks.problem import Problem

AT_ONCE = max(1, os.cpu_count() or 1)


@dataclass(frozen=True)
class Built:
    """A stack that was applied, and how long its `up` took."""

    stack: str
    seconds: float


Told = Callable[[Built], None]


def build_baseline(platform: Platform, *, told: Told) -> None:
    """Apply the baseline; everything else needs it."""
    told(_up(platform, write_baseline(platform)))


def build_tenants(
    platform: Platform, shards: Iterable[tuple[str, list[Path]]], *, told: Told
) -> None:
    """Apply the tenants stack of each first-level agency, as many at once as there are cores.

    Raises:
        ProblemError: A run did not succeed, or Ctrl-C came; runs that had begun are let end, no
            other begins.
    """
    stacks = [write_tenants(platform, agency, paths) for agency, paths in shards]
    pool, failed, count = ThreadPoolExecutor(AT_ONCE), threading.Event(), 0
    try:
        for built in pool.map(lambda stack: _up_unless(failed, platform, stack), stacks):
            count += 1
            told(built)
    except KeyboardInterrupt:
        values = {"count": f"{count}/{len(stacks)}"}
        problem = Problem("run-interrupted-between", f"platform {platform.name}", values)
        raise RefusedError(problem) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _up_unless(failed: threading.Event, platform: Platform, name: str) -> Built:
    """Apply a stack; what waits in the line behind a failed one does not begin."""
    if failed.is_set():
        raise CancelledError
    try:
        return _up(platform, name)
    except BaseException:
        failed.set()
        raise


def by_owner(requests: Sequence[TenantRequest]) -> dict[str, list[TenantRequest]]:
    """Sort requests by the first-level agency whose stack builds them."""
    book = agencies()
    shards: dict[str, list[TenantRequest]] = {}
    for request in requests:
        shards.setdefault(book.first_level(book.get(request.agency)).code, []).append(request)
    return dict(sorted(shards.items()))


def _up(platform: Platform, name: str) -> Built:
    stack = Stack(name, environment(platform))
    stack.ensure()
    return Built(name, stack.up())
