"""How many waivers there are, for what, until when, and whether anything used them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from policies.waiver import Register, Waiver
from sen.waivers.granted import OBJECT, Granted
from stacks.models.agency import agencies
from stacks.problem import Problem, ProblemError

SOON = timedelta(30)
ASKED = "asked for"
Row = dict[str, object]
NOBODY: Mapping[str, str] = {}


def of_both(granted: Granted, day: date) -> list[Row]:
    """Give every waiver of file and cluster, with where it stands and whose word is missing."""
    standing = [
        {**row, "source": granted.source(str(row["id"])), "waits for": ""}
        for row in rows(granted.register, day)
    ]
    waiting = [
        {**row, "source": OBJECT, "state": ASKED, "waits for": ", ".join(granted.waiting[name])}
        for row in rows(Register(granted.asked), day)
        for name in [str(row["id"])]
    ]
    return [*standing, *waiting]


def rows(register: Register, day: date) -> list[Row]:
    """Give every waiver with how it stands on a day."""
    return [
        {
            "id": each.id,
            "rule": each.rule,
            "object": str(each.object),
            "level": each.level,
            "owner": each.owner,
            "approver": each.approver,
            "start": each.start.isoformat(),
            "end": each.end.isoformat(),
            "ended": each.ended.isoformat() if each.ended else None,
            "days left": max(0, (each.last - day).days + 1) if each.start <= each.last else 0,
            "state": state(each, day),
        }
        for each in register.waivers
    ]


def state(waiver: Waiver, day: date) -> str:
    """Say how a waiver stands on a day."""
    if waiver.last < day:
        return "expired"
    return "active" if waiver.start <= day else "not begun"


def counts(
    register: Register,
    day: date,
    used: frozenset[str] | None,
    holders: Mapping[str, str] = NOBODY,
) -> list[Row]:
    """Count waivers: all, by rule, by agency, by level.

    Args:
        register: The waivers.
        day: The day.
        used: Ids of those that findings used; None where no findings are at hand.
        holders: Namespace → code of the agency whose tenant it is now, as far as it is known.
    """
    groups: Mapping[str, Callable[[Waiver], object]] = {
        "all": lambda _: "",
        "rule": lambda each: each.rule,
        "agency": lambda each: holders.get(each.object.namespace) or agency_of(each),
        "level": lambda each: each.level,
    }
    return [
        row for by, key in groups.items() for row in _counted(by, register.waivers, key, day, used)
    ]


def agency_of(waiver: Waiver) -> str:
    """Give the code of the agency that the namespace's name says: the one that asked for it.

    A tenant that was handed over keeps its name; only the cluster knows whose it is now.
    """
    parts = waiver.object.namespace.upper().split("-")
    codes = {each.code for each in agencies().all()}
    for length in (2, 1):
        code = ".".join(parts[:length])
        if code in codes:
            return code
    return "-"


def used_in(paths: Iterable[Path]) -> frozenset[str]:
    """Read which waivers were used off findings: JSON, one a line or in a list.

    Raises:
        ProblemError: A file holds something else.
    """
    return frozenset(name for path in paths for name in _named(path))


def _counted(
    by: str,
    waivers: Sequence[Waiver],
    key: Callable[[Waiver], object],
    day: date,
    used: frozenset[str] | None,
) -> Iterator[Row]:
    names = sorted({key(each) for each in waivers}, key=str) or ([""] if by == "all" else [])
    for name in names:
        own = [each for each in waivers if key(each) == name]
        active = [each for each in own if state(each, day) == "active"]
        hits = None if used is None else sum(each.id in used for each in active)
        yield {
            "by": by,
            "name": name,
            "waivers": len(own),
            "active": len(active),
            "expiring in 30 days": sum(each.last - day < SOON for each in active),
            "expired": sum(state(each, day) == "expired" for each in own),
            "used": hits,
            "unused": None if hits is None else len(active) - hits,
        }


def _named(path: Path) -> Iterator[str]:
    try:
        text = path.read_text("utf-8")
        found = _records(text)
        yield from (each["waiver"] for each in found if each.get("waiver"))
    except (OSError, ValueError, AttributeError, TypeError):
        raise ProblemError(Problem("waiver-no-findings", str(path))) from None


def _records(text: str) -> list[dict[str, str]]:
    if not text.lstrip().startswith("["):
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    listed: list[dict[str, str]] = json.loads(text)
    return listed
