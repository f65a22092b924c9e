"""Notices that a flow does not move: it fails, or nothing comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from playbooks.migration.postgres.place import PostgresPlace
from stacks.problem import Problem, ProblemError

# Seconds without any progress after which somebody has to look.
SECONDS = 300.0


class Flow(Protocol):
    """What is waited for."""

    @property
    def source(self) -> PostgresPlace: ...

    @property
    def target(self) -> PostgresPlace: ...

    def errors(self, *, applied: bool) -> int: ...

    def stopped(self) -> bool | None: ...


class Patience:
    """Notices that nothing moves any more, or that the target refuses what comes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: object = object()
        self._since = clock()
        self._errors: int | None = None

    def heed(self, flow: Flow, progress: object, *, applied: bool = True) -> None:
        """Go on waiting.

        Args:
            flow: What is waited for.
            progress: Something that is another when something came.
            applied: Whether changes must be taken by now; copies of tables must be at any time.

        Raises:
            ProblemError: The target refuses what comes, or nothing has come for too long.
        """
        errors = flow.errors(applied=applied)
        if self._errors is None:
            self._errors = errors
        if errors > self._errors or flow.stopped():
            raise _failed("replication-refused", flow)
        if progress != self._last:
            self._last, self._since = progress, self._clock()
        elif self._clock() - self._since > SECONDS:
            raise _failed("replication-stalled", flow)


def _failed(key: str, flow: Flow) -> ProblemError:
    values = {"source": str(flow.source), "seconds": int(SECONDS)}
    return ProblemError(Problem(key, str(flow.target), values))
