"""What changed between two runs or two days: findings that are new, gone, or say otherwise now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from policies.finding import Finding
from sen.assessment.seen import SystemId
from sen.assessment.store import Store
from sen.assessment.weight import VIET_NAM
from stacks.problem import Problem, ProblemError

Key = tuple[str, str, str]


def difference(
    store: Store, before: str, after: str, system: SystemId | None = None
) -> list[dict[str, object]]:
    """Compare two runs by their ids, or what was known at the end of two days.

    Raises:
        ProblemError: One is neither a day nor a kept run.
    """
    old, new = (_findings(store, each, system) for each in (before, after))
    rows = (_row(key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys()))
    return [row for row in rows if row["before"] != row["after"]]


def _findings(store: Store, name: str, system: SystemId | None) -> Mapping[Key, Finding]:
    day = _day(name)
    if day is None:
        every: Iterable[Finding] = store.findings(name)
    else:
        latest = store.latest(system, end_of(day))
        every = (each.finding for seen in latest.values() for each in seen)
    return {
        (each.rule, each.target.kind, f"{each.target.namespace}/{each.target.name}"): each
        for each in every
        if system is None or system.owns(each.target)
    }


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None


def end_of(day: date) -> datetime:
    """Give the last moment of a day in Viet Nam."""
    return datetime.combine(day + timedelta(1), time(), VIET_NAM) - timedelta(microseconds=1)


def day_of(text: str | None) -> datetime:
    """Read the day of a report: its end, or now where no day is given.

    Raises:
        ProblemError: It is no day.
    """
    if text is None:
        return datetime.now(UTC)
    day = _day(text)
    if day is None:
        raise ProblemError(Problem("report-no-day", text))
    return end_of(day)


def _row(key: Key, before: Finding | None, after: Finding | None) -> dict[str, object]:
    finding = after or before
    change = "new" if before is None else "gone" if after is None else "changed"
    return {
        "change": change,
        "rule": key[0],
        "object": finding.object if finding else "",
        "before": before.verdict.value if before else None,
        "after": after.verdict.value if after else None,
        "seen_at": finding.seen_at.isoformat() if finding else None,
    }
