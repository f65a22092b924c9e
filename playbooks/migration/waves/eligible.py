"""Which windows can hold a system, before any other system takes room in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from graphlib import TopologicalSorter

from playbooks.migration.waves.graph import Portfolio, System, Window


@dataclass(frozen=True, slots=True)
class Barred:
    """Why a system stays where it is: a key of `words.yaml` and its values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bounds:
    windows_of: tuple[tuple[int, ...], ...]
    barred: Mapping[int, Barred]


def usable(portfolio: Portfolio) -> tuple[Window, ...]:
    """Give the windows that no freeze touches, in time order."""
    free = (w for w in portfolio.windows if not any(w.span.overlaps(f) for f in portfolio.freezes))
    return tuple(sorted(free, key=lambda each: (each.span.start, each.span.end, str(each.id))))


def fitting_alone(systems: Sequence[System], windows: Sequence[Window]) -> list[tuple[int, ...]]:
    """Give of each system the windows that hold it when nothing else is in them."""
    least = min((each.gib for each in windows if each.gib is not None), default=None)
    of_team: dict[str | None, tuple[int, ...]] = {}  # most systems are smaller than any window
    found = []
    for each in systems:
        if least is not None and each.gib > least:
            found.append(_fits_alone(each, windows))
            continue
        if each.team not in of_team:
            of_team[each.team] = _fits_alone(each, windows)
        found.append(of_team[each.team])
    return found


def _fits_alone(system: System, windows: Sequence[Window]) -> tuple[int, ...]:
    return tuple(number for number, each in enumerate(windows) if _obstacle(system, each) == "")


def bounds(
    portfolio: Portfolio,
    windows: Sequence[Window],
    rank: Sequence[int],
    later: Sequence[Sequence[int]],
    alone: Sequence[tuple[int, ...]],
    *,
    in_time: bool,
) -> Bounds:
    """Narrow the windows by the order: after what comes before, `in_time` for what comes after.

    In time is too narrow where what comes after finds no room: then nobody hurries for it.
    """
    order = _topological(later)
    chosen = list(alone)
    barred = {
        number: _why_alone(portfolio.systems[number], portfolio, windows)
        for number, found in enumerate(alone)
        if not found
    }
    for one in order:
        for other in later[one]:
            _after(one, other, chosen, rank, barred, portfolio)
    for one in reversed(order) if in_time else ():
        for other in later[one]:
            if chosen[other]:
                last = max(rank[w] for w in chosen[other])
                chosen[one] = tuple(w for w in chosen[one] if rank[w] < last)
    return Bounds(tuple(chosen), barred)


def _after(
    one: int,
    other: int,
    chosen: list[tuple[int, ...]],
    rank: Sequence[int],
    barred: dict[int, Barred],
    portfolio: Portfolio,
) -> None:
    """Take from the later system the windows in which the earlier one cannot have moved."""
    if other in barred:
        return
    name = portfolio.systems[one].id
    if one in barred:
        chosen[other] = ()
        barred[other] = Barred("prerequisite", {"other": name})
        return
    first = min(rank[w] for w in chosen[one])
    chosen[other] = tuple(w for w in chosen[other] if rank[w] > first)
    if not chosen[other]:
        barred[other] = Barred("too-late", {"other": name})


def _topological(later: Sequence[Sequence[int]]) -> list[int]:
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for one, others in enumerate(later):
        sorter.add(one)
        for other in others:
            sorter.add(other, one)
    return list(sorter.static_order())


def _obstacle(system: System, window: Window) -> str:
    if window.gib is not None and system.gib > window.gib:
        return "too-large"
    if window.systems == 0:
        return "closed"
    return "" if _has_team(system.team, window) else "no-team"


def _has_team(team: str | None, window: Window) -> bool:
    if team is None:
        return True
    if window.team_systems is None:
        return window.teams is None or window.teams > 0
    most = window.team_systems.get(team, 0)
    return most is None or most > 0


def _why_alone(system: System, portfolio: Portfolio, windows: Sequence[Window]) -> Barred:
    if not windows:
        return Barred("frozen" if portfolio.windows else "no-window")
    why = {_obstacle(system, each) for each in windows}
    if why == {"too-large"}:
        largest = max(each.gib for each in windows if each.gib is not None)
        return Barred("too-large", {"gib": _shown(system.gib), "largest": _shown(largest)})
    if why == {"no-team"}:
        return Barred("no-team", {"team": system.team})
    return Barred("no-fit")


def _shown(amount: Fraction) -> str:
    return f"{float(amount):g}"
