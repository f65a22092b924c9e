"""Notices that a flow is refused, cut or stalled while somebody waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from stacks.problem import ProblemError

# Seconds without any progress after which somebody has to look.
PATIENCE = 300.0


class Waited(Protocol):
    """What is waited for."""

    def status(self) -> Mapping[str, Any] | None:
        """Give what the target says of it; None where there is none."""
        ...

    def connect(self) -> None:
        """Let the target follow from where it was."""
        ...

    def failed(self, key: str, code: int) -> ProblemError:
        """Give a problem with the number of the server's error."""
        ...


class Patience:
    """Notices that the target refuses what comes, and that nothing moves any more."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: object = object()
        self._since = clock()

    def heed(self, flow: Waited, progress: object) -> None:
        """Connect anew what was cut.

        Raises:
            ProblemError: The target refuses, the source is away, or nothing moves.
        """
        found = flow.status() or {}
        if code := int(found.get("Last_SQL_Errno") or 0):
            raise flow.failed("follow-refused", code)
        if found.get("Slave_IO_Running") != "Yes":
            flow.connect()
        if progress != self._last:
            self._last, self._since = progress, self._clock()
        elif self._clock() - self._since > PATIENCE:
            raise flow.failed("follow-stalled", 0)
