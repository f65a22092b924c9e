"""What must hold before a system is switched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playbooks.migration.cutover.word import say
from playbooks.migration.steps import Gate

Now = Callable[[], dt.datetime]
APPROVALS = "approvals"
_NOT_REHEARSED_SECONDS = 3.0


@dataclass(frozen=True)
class Rehearsal:
    """A run of the whole move into an environment that was thrown away.

    Attributes:
        downtime: Seconds from the first step of the switch to the last.
        plan: Digest of what was rehearsed; a changed plan must be rehearsed anew.
    """

    at: dt.datetime
    passed: bool
    downtime: float
    plan: str


def rehearsed(
    rehearsals: Callable[[], Sequence[Rehearsal]], plan: str, days: int, now: Now
) -> Gate:
    """Demand a rehearsal of this very plan that passed within so many days."""

    def closed() -> str | None:
        same = [each for each in rehearsals() if each.plan == plan]
        good = [each for each in same if each.passed]
        if not good:
            return say("rehearsal-failed" if same else "not-rehearsed")
        age = now() - max(each.at for each in good)
        return None if age <= dt.timedelta(days=days) else say("rehearsal-old", days=age.days)

    return Gate("rehearsal", closed, say("gate-rehearsal"))


def predicted(rehearsals: Sequence[Rehearsal], plan: str) -> tuple[float, float] | None:
    """Give the downtime to expect: from the shortest to the longest rehearsed, half as much more.

    None where nothing was rehearsed. Services that stop, people led over and smoke tests are not
    rehearsed: switches of ours took 1.9 to 2.6 s longer, on machines with nothing beside.
    """
    seconds = [each.downtime for each in rehearsals if each.passed and each.plan == plan]
    return (min(seconds), max(seconds) * 1.5 + _NOT_REHEARSED_SECONDS) if seconds else None


def in_window(
    start: dt.datetime,
    end: dt.datetime,
    freezes: Sequence[tuple[dt.datetime, dt.datetime]],
    now: Now,
) -> Gate:
    """Demand that it is time: inside the wave's window, and on no day when nothing may change."""

    def closed() -> str | None:
        moment = now()
        if not start <= moment < end:
            return say("outside-window", start=start.isoformat(), end=end.isoformat())
        frozen = [each for each in freezes if each[0] <= moment < each[1]]
        return say("frozen", until=frozen[0][1].isoformat()) if frozen else None

    return Gate("window", closed, say("gate-window"))


def lag_small(name: str, lag: Callable[[], int | None], most: int) -> Gate:
    """Demand that a part follows its source closely."""

    def closed() -> str | None:
        found = lag()
        if found is None:
            return say("no-flow", name=name)
        return None if found <= most else say("behind", name=name, found=found, most=most)

    return Gate(f"lag of {name}", closed, say("gate-lag", name=name))


def backed_up(name: str, taken: Callable[[], dt.datetime], hours: int, now: Now) -> Gate:
    """Demand a fresh backup; that it can be restored, the rehearsal shows."""

    def closed() -> str | None:
        age = now() - taken()
        old = age > dt.timedelta(hours=hours)
        return say("backup-old", hours=age // dt.timedelta(hours=1)) if old else None

    return Gate(f"backup {name}", closed, say("gate-backup", name=name))


def agreed(name: str, missing: Callable[[], Sequence[str]]) -> Gate:
    """Demand that nobody's word and no thing is missing: approvals, a tenant."""

    def closed() -> str | None:
        return ", ".join(missing()) or None

    return Gate(name, closed, say("gate-approvals") if name == APPROVALS else "")
