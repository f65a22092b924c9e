"""The day on which waivers and transitions are judged: of UTC, like all times of Kubernetes."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from stacks.problem import Problem, ProblemError

# Another day, for trials; a gate that uses it says so.
DAY = "SEN_DAY"


def today() -> date:
    """Give the day of today, or the one that `SEN_DAY` names.

    Raises:
        ProblemError: It names no day.
    """
    said = os.environ.get(DAY)
    return day_of(said, DAY) if said else datetime.now(UTC).date()


def day_of(text: str, thing: str) -> date:
    """Read a day.

    Raises:
        ProblemError: It is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ProblemError(Problem("waiver-no-day", thing)) from None


def made_on(stamp: object) -> date | None:
    """Give the day of a `creationTimestamp`; None where there is none."""
    try:
        return date.fromisoformat(stamp[:10]) if isinstance(stamp, str) else None
    except ValueError:
        return None
