"""A portfolio as whole numbers: what the searches work on, each system and window an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from playbooks.migration.waves.eligible import Barred, Bounds, bounds, fitting_alone, usable
from playbooks.migration.waves.graph import COST, Id, Portfolio, System, Window

NO_LIMIT = 1 << 60
Neighbours = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """Systems 0..n-1, usable windows 0..k-1 in time order; slot k means unplaced.

    Attributes:
        rank: Of each window: its place among the distinct starts.
        gib: Of each system, in units of `1 / scale` GiB.
        units: Of each: how many systems it is; more than one where a search has merged some.
        team: Of each system: an index, or -1.
        team_room: Of each window: systems a team.
        near: Of each system: (other, cost of the cut), parallel edges summed.
        degree: Of each system: the sum of its costs.
        windows_of: Of each system: windows in which it can stand; empty when barred.
        barred: Why no window can hold a system.
    """

    systems: tuple[System, ...]
    windows: tuple[Window, ...]
    rank: tuple[int, ...]
    scale: int
    gib: tuple[int, ...]
    units: tuple[int, ...]
    gib_room: tuple[int, ...]
    count_room: tuple[int, ...]
    team: tuple[int, ...]
    teams_room: tuple[int, ...]
    team_room: tuple[tuple[int, ...], ...]
    near: tuple[Neighbours, ...]
    degree: tuple[int, ...]
    earlier: tuple[tuple[int, ...], ...]
    later: tuple[tuple[int, ...], ...]
    apart: tuple[tuple[int, ...], ...]
    windows_of: tuple[tuple[int, ...], ...]
    barred: Mapping[int, Barred]

    @property
    def n(self) -> int:
        return len(self.systems)

    @property
    def k(self) -> int:
        return len(self.windows)

    def cost(self, slots: Sequence[int]) -> int:
        """Give the cost of the edges between two windows."""
        none = self.k
        return sum(
            weight
            for one, others in enumerate(self.near)
            for other, weight in others
            if one < other and none not in (slots[one], slots[other]) and slots[one] != slots[other]
        )


def instance_of(portfolio: Portfolio, *, in_time: bool = True) -> Instance:
    """Compile a portfolio; what no window can ever hold is barred, with the reason."""
    systems, windows = portfolio.systems, usable(portfolio)
    starts = sorted({each.span.start for each in windows})
    rank = tuple(starts.index(each.span.start) for each in windows)
    where: dict[Id, int] = {each.id: index for index, each in enumerate(systems)}
    later = tuple(tuple(where[other] for other in each.before) for each in systems)
    apart = [(where[each.id], where[other]) for each in systems for other in each.not_with]
    alone = fitting_alone(systems, windows)
    limits: Bounds = bounds(portfolio, windows, rank, later, alone, in_time=in_time)
    scale = _scale(portfolio)
    near = _near(portfolio, where)
    teams = {team: index for index, team in enumerate(_teams(portfolio))}
    return Instance(
        systems=systems,
        windows=windows,
        rank=rank,
        scale=scale,
        gib=tuple(int(each.gib * scale) for each in systems),
        units=(1,) * len(systems),
        gib_room=tuple(NO_LIMIT if w.gib is None else int(w.gib * scale) for w in windows),
        count_room=tuple(_room(each.systems) for each in windows),
        team=tuple(-1 if each.team is None else teams[each.team] for each in systems),
        teams_room=tuple(_teams_room(each, len(teams)) for each in windows),
        team_room=tuple(tuple(_team_room(each, team) for team in teams) for each in windows),
        near=near,
        degree=tuple(sum(weight for _, weight in each) for each in near),
        earlier=_reversed(later),
        later=later,
        apart=_both_ways(apart, len(systems)),
        windows_of=limits.windows_of,
        barred=limits.barred,
    )


def _room(limit: int | None) -> int:
    return NO_LIMIT if limit is None else limit


def _teams_room(window: Window, teams: int) -> int:
    """Give how many teams; where all there are may come, no limit: a search merges over teams."""
    return NO_LIMIT if window.teams is None or window.teams >= teams else window.teams


def _team_room(window: Window, team: str) -> int:
    if window.team_systems is None:
        return NO_LIMIT
    return _room(window.team_systems[team]) if team in window.team_systems else 0


def _teams(portfolio: Portfolio) -> list[str]:
    return sorted({each.team for each in portfolio.systems if each.team is not None})


def _scale(portfolio: Portfolio) -> int:
    sizes: list[Fraction] = [each.gib for each in portfolio.systems]
    sizes += [each.gib for each in portfolio.windows if each.gib is not None]
    return lcm(1, *(each.denominator for each in sizes))


def _near(portfolio: Portfolio, where: Mapping[Id, int]) -> tuple[Neighbours, ...]:
    sums: list[dict[int, int]] = [defaultdict(int) for _ in portfolio.systems]
    for edge in portfolio.edges:
        one, other, cost = where[edge.source], where[edge.target], COST[edge.kind]
        if one != other:
            sums[one][other] += cost
            sums[other][one] += cost
    return tuple(tuple(sorted(each.items())) for each in sums)


def _reversed(pairs: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    found: list[list[int]] = [[] for _ in pairs]
    for one, others in enumerate(pairs):
        for other in others:
            found[other].append(one)
    return tuple(tuple(each) for each in found)


def _both_ways(pairs: Sequence[tuple[int, int]], size: int) -> tuple[tuple[int, ...], ...]:
    found: list[set[int]] = [set() for _ in range(size)]
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return tuple(tuple(sorted(each)) for each in found)
