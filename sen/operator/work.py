"""What the operator does outside the API server, and when it tries again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sen.evidence import Act
from sen.operator.life import Life
from sen.operator.transfer import Transfers
from sen.operator.world import Object

Clock = Callable[[], dt.datetime]
# After a failure: seconds until the next attempt, doubled each time.
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0


@dataclass(frozen=True)
class Work:
    """What is done outside the API server.

    Attributes:
        remove: Runs a stack without some of its tenants: their names, and those that stay.
        life: Takes tenants along their lives; without it they stay as they were built.
        last_run: Gives the id of the last run of a stack, None before the first.
        transfers: Hands tenants from one agency to another; without it they stay where they are.
    """

    build: Callable[[str, Sequence[Object]], None]
    record: Callable[[Act], object]
    remove: Callable[[str, Sequence[str], Sequence[Object]], None] | None = None
    life: Life | None = None
    last_run: Callable[[str], str | None] = lambda _: None
    transfers: Transfers | None = None
