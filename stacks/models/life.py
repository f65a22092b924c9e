"""What a day demands of a tenant: that it runs, is warned, is suspended, or leaves.

The grace is the platform's own (docs/adr/0012): a number of days by security level, between the
suspension that follows the last day and the off-boarding.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from stacks.models.census import rows
from stacks.models.state import State

# Days before the last day on which its people are warned.
WARNINGS = (60, 30, 7, 1)
DAY = dt.timedelta(days=1)


class Due(StrEnum):
    """What is due; `KEEP` leaves everything as it is, because a legal hold demands it."""

    RUN = "run"
    SUSPEND = "suspend"
    OFFBOARD = "offboard"
    KEEP = "keep"


@dataclass(frozen=True)
class Life:
    """What is known of a tenant.

    Attributes:
        ends: Its last day.
        asked: Whether its people want it to run.
        held: Whether a legal hold stands.
        suspended_on: Since when it is suspended; None while it runs.
        released_on: When the last legal hold was taken away.
    """

    ends: dt.date
    level: int
    asked: State = State.ACTIVE
    held: bool = False
    suspended_on: dt.date | None = None
    released_on: dt.date | None = None


@dataclass(frozen=True)
class Course:
    """What is due on a day.

    Attributes:
        days_left: Until the last day; negative after it.
        warning: Which warning has come, the nearest one; None before the first and after the end.
        leaves_on: The first day on which it may be off-boarded, as far as that is known.
    """

    due: Due
    days_left: int
    warning: int | None
    leaves_on: dt.date


@functools.cache
def grace_days() -> Mapping[int, int]:
    """Give the days of grace by level."""
    return {int(row["level"]): int(row["days"]) for row in rows("grace.csv")}


def course(life: Life, today: dt.date) -> Course:
    """Say what is due; data never goes before the grace has ended, nor under a hold."""
    left = (life.ends - today).days
    reached = [days for days in WARNINGS if 0 <= left <= days]
    return Course(_due(life, today), left, min(reached, default=None), _leaves_on(life, today))


def _due(life: Life, today: dt.date) -> Due:
    if life.held:
        return Due.KEEP
    if today <= life.ends:
        return Due.SUSPEND if life.asked is State.SUSPENDED else Due.RUN
    if life.suspended_on is None or today < _leaves_on(life, today):
        return Due.SUSPEND
    return Due.OFFBOARD


def _leaves_on(life: Life, today: dt.date) -> dt.date:
    """Count the grace from what came last: the end, the suspension, the release of a hold."""
    after = life.ends + DAY
    suspended = life.suspended_on or max(after, today)
    begins = max(after, suspended, life.released_on or after)
    return begins + dt.timedelta(days=grace_days()[life.level])
