"""How fast a step goes, how long it still takes, and how it is kept from going too fast."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

Clock = Callable[[], float]
MIB = 1 << 20


@dataclass(frozen=True)
class Pace:
    """How far a step is.

    Attributes:
        done: Bytes, rows or files so far.
        total: How many there will be; None where nobody knows.
        seconds: Since the step began in this run.
        begun_at: What was there before this run: it does not count for the rate.
    """

    done: int
    total: int | None
    seconds: float
    begun_at: int = 0

    @property
    def rate(self) -> float | None:
        """Give units a second; None before anything was done."""
        moved = self.done - self.begun_at
        return moved / self.seconds if moved > 0 and self.seconds > 0 else None

    @property
    def remaining(self) -> float | None:
        """Give seconds to go at the rate so far."""
        if self.total is None or self.rate is None:
            return None
        return max(0, self.total - self.done) / self.rate


@dataclass
class Pulse:
    """What a step tells while it works; it also slows the step down where a limit is set.

    Attributes:
        told: Is called with the pace, at most each `every` seconds, and at the end.
        limit: Units a second at most; None for as fast as it goes.
    """

    told: Callable[[Pace], None]
    limit: float | None = None
    every: float = 1.0
    clock: Clock = time.monotonic
    wait: Callable[[float], None] = time.sleep
    _started: float = field(init=False, repr=False)
    _said: float = field(init=False, repr=False)
    _begun_at: int | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self._started = self._said = self.clock()

    def beat(self, done: int, total: int | None = None) -> None:
        """Say how much is done; returns later if that was faster than the limit allows."""
        if self._begun_at is None:
            self._begun_at = done
        pace = self._pace(done, total)
        if self.limit and (early := (done - self._begun_at) / self.limit - pace.seconds) > 0:
            self.wait(early)
            pace = self._pace(done, total)
        if self.clock() - self._said >= self.every or done == total:
            self._said = self.clock()
            self.told(pace)

    def _pace(self, done: int, total: int | None) -> Pace:
        return Pace(done, total, self.clock() - self._started, self._begun_at or 0)
