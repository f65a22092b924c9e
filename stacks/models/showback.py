"""What tenants cost between two days, and who bears it: to the dong, without a rest.

A tenant's money is counted up from its first day and rounded up there; what a month costs is the
difference of two such counts. So months add up to the year that the ledger granted, and a later
change of the last day never changes a month that has passed.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stacks.models.ledger import spending

MONTHS = range(1, 13)
PERMILLE = 1000
_DAY = dt.timedelta(days=1)

Parents = Mapping[str, str | None]


@dataclass(frozen=True)
class Charge:
    """What one tenant costs a month, and from when to when; both days are counted."""

    tenant: str
    agency: str
    system: str
    level: int
    monthly_vnd: int
    starts: dt.date
    ends: dt.date


@dataclass(frozen=True)
class Share:
    """What all charges under one key cost.

    Attributes:
        days: Days of all its tenants together.
        permille: Its part of the whole; the parts of all add up to 1000.
    """

    key: str
    tenants: int
    days: int
    vnd: int
    permille: int


def cost(charge: Charge, first: dt.date, last: dt.date) -> int:
    """Give VND for the days from first to last, both counted."""
    before = dt.date.min if first == dt.date.min else first - _DAY
    return _counted(charge, last) - _counted(charge, before) if first <= last else 0


def days(charge: Charge, first: dt.date, last: dt.date) -> int:
    """Give how many of the days the tenant stands."""
    return max(0, (min(charge.ends, last) - max(charge.starts, first)).days + 1)


def by_month(charge: Charge, year: int) -> tuple[int, ...]:
    """Give VND of each month of a year."""
    return tuple(cost(charge, *period(year, month)) for month in MONTHS)


def period(year: int, month: int | None = None) -> tuple[dt.date, dt.date]:
    """Give the first and last day of a year, or of a month of it."""
    if month is None:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    length = calendar.monthrange(year, month)[1]
    return dt.date(year, month, 1), dt.date(year, month, length)


def showback(
    charges: Iterable[Charge], by: Callable[[Charge], str], first: dt.date, last: dt.date
) -> tuple[Share, ...]:
    """Give what each key costs, in the order of keys; who has no day in the time is left out."""
    found: dict[str, list[Charge]] = defaultdict(list)
    for each in charges:
        if days(each, first, last):
            found[by(each)].append(each)
    keys = sorted(found)
    amounts = [sum(cost(each, first, last) for each in found[key]) for key in keys]
    parts = apportioned(PERMILLE, amounts)
    return tuple(
        Share(key, len(found[key]), sum(days(each, first, last) for each in found[key]), vnd, part)
        for key, vnd, part in zip(keys, amounts, parts, strict=True)
    )


def apportioned(whole: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Share a whole number out by weight: the largest remainders get what rounding left."""
    total = sum(weights)
    if not total:
        return tuple(0 for _ in weights)
    parts = [whole * weight // total for weight in weights]
    # Of equal remainders the first goes first: the answer is the same every time.
    order = sorted(
        range(len(weights)), key=lambda place: (-(whole * weights[place] % total), place)
    )
    for place in order[: whole - sum(parts)]:
        parts[place] += 1
    return tuple(parts)


def rolled_up(
    parents: Parents, leaves: Iterable[tuple[str, Sequence[int]]]
) -> dict[str, tuple[int, ...]]:
    """Add amounts up the hierarchy: each node has its own and those of all under it."""
    found: dict[str, tuple[int, ...]] = {}
    for agency, amounts in leaves:
        for node in way(parents, agency):
            before = found.get(node, (0,) * len(amounts))
            found[node] = tuple(map(sum, zip(before, amounts, strict=True)))
    return found


def way(parents: Parents, agency: str) -> Iterator[str]:
    """Give an agency and all above it; a hierarchy that goes round ends too."""
    seen: set[str] = set()
    node: str | None = agency
    while node is not None and node not in seen:
        seen.add(node)
        yield node
        node = parents.get(node)


def _counted(charge: Charge, day: dt.date) -> int:
    """Give VND from the tenant's first day up to a day."""
    end = min(charge.ends, day)
    if end < charge.starts:
        return 0
    return sum(spending(charge.monthly_vnd, charge.starts, end).values())
