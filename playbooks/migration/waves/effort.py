"""How much work a plan is worth, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playbooks.migration.waves.graph import Id

PROVEN_UP_TO = 200
MIDDLE = 2_000
_PROVEN_SECONDS, _MIDDLE_SECONDS, _LARGE_SECONDS = 15.0, 8.0, 1.5
LATE = 2.5  # times the effort on the clock that a busy machine may take


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan and what is proven about it.

    Attributes:
        bound: No plan that places as many systems costs less.
    """

    slots: list[int]
    bound: int


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work: in seconds of one free core; 2.5 times that on the clock ends the search.

    Attributes:
        previous: Of each system the window in an earlier plan; to change one costs as a weak edge.
        clock: Monotonic seconds.
    """

    seconds: float
    seed: int = 1
    previous: Mapping[Id, Id] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic

    def late(self, seconds: float) -> Callable[[], bool]:
        """Give what tells, from now on, whether so much work takes too long."""
        end = self.clock() + seconds * LATE
        return lambda: self.clock() > end


def seconds_for(systems: int) -> float:
    """Give the effort when nobody says: what is worth a proof may take a quarter of a minute."""
    if systems <= PROVEN_UP_TO:
        return _PROVEN_SECONDS
    return _MIDDLE_SECONDS if systems <= MIDDLE else _LARGE_SECONDS
