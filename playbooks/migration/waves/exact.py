"""The constraint solver: proves the optimum of small portfolios, or a bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from playbooks.migration.waves.booleans import Booleans, Limits
from playbooks.migration.waves.instance import NO_LIMIT, Instance

_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Proof:
    """What the solver found.

    Attributes:
        slots: Its best plan; none when it has none.
        bound: No plan that places as many systems as `slots` costs less.
        optimal: `slots` is proven to be best.
    """

    slots: list[int] | None
    bound: int
    optimal: bool


class Model:
    """Booleans `stands[i][w]`, and one for each pair of systems that a cut would cost.

    With `whole`, every system that is not barred is placed; else an unplaced one costs more than
    all edges together.
    """

    def __init__(self, inst: Instance, *, whole: bool) -> None:
        self.inst, self.whole, self.model = inst, whole, Booleans()
        self.movable = [each for each in range(inst.n) if inst.windows_of[each]]
        self.stands: list[dict[int, int]] = [
            {w: self.model.new() for w in windows} for windows in inst.windows_of
        ]
        self.out: dict[int, int] = {}
        self.price = sum(inst.degree) // 2 + 1
        self._once()
        self._rooms()
        self._pairs()
        self._objective()

    def _once(self) -> None:
        for each in self.movable:
            slots = list(self.stands[each].values())
            if not self.whole:
                self.out[each] = self.model.new()
                slots.append(self.out[each])
            self.model.exactly_one(slots)

    def _rooms(self) -> None:
        inst = self.inst
        for window in range(inst.k):
            here = [(each, row[window]) for each, row in enumerate(self.stands) if window in row]
            if inst.gib_room[window] < NO_LIMIT:
                used = ((stands, inst.gib[each]) for each, stands in here)
                self.model.at_most(used, inst.gib_room[window])
            if inst.count_room[window] < NO_LIMIT:
                self.model.at_most(((stands, 1) for _, stands in here), inst.count_room[window])
            self._teams(window, here)

    def _teams(self, window: int, here: Sequence[tuple[int, int]]) -> None:
        inst, works = self.inst, []
        for team, most in enumerate(inst.team_room[window]):
            mine = [stands for each, stands in here if inst.team[each] == team]
            if most < len(mine):
                self.model.at_most(((stands, 1) for stands in mine), most)
            if inst.teams_room[window] < NO_LIMIT and mine:
                there = self.model.new()
                for stands in mine:
                    self.model.any_of((~stands, there))
                works.append(there)
        if works:
            self.model.at_most(((there, 1) for there in works), inst.teams_room[window])

    def _pairs(self) -> None:
        inst = self.inst
        for one in self.movable:
            for other in inst.apart[one]:
                for window in sorted(self.stands[one].keys() & self.stands[other].keys()):
                    if one < other:
                        both = (self.stands[one][window], self.stands[other][window])
                        self.model.at_most_one(both)
            for other in inst.later[one]:
                self._order(one, other)

    def _order(self, one: int, other: int) -> None:
        """Where the later one stands at a rank or before, the earlier one stands before it."""
        rank = self.inst.rank
        for least in sorted({rank[w] for w in self.stands[other]}):
            before = [(var, -1) for w, var in self.stands[one].items() if rank[w] < least]
            now = [(var, 1) for w, var in self.stands[other].items() if rank[w] <= least]
            self.model.at_most((*now, *before), 0)

    def _objective(self) -> None:
        terms = [(each, self.price) for each in self.out.values()]
        for one, others in enumerate(self.inst.near):
            for other, weight in others:
                if one < other and self.stands[one] and self.stands[other]:
                    terms.append((self._cut(one, other), weight))
        self.model.minimize(terms)

    def _cut(self, one: int, other: int) -> int:
        cut = self.model.new()
        for here, there in ((one, other), (other, one)):
            for window, stands in self.stands[here].items():
                else_ = [self.stands[there][window]] if window in self.stands[there] else []
                out = [self.out[there]] if there in self.out else []
                self.model.any_of((~stands, cut, *else_, *out))
        return cut

    def prove(self, hint: Sequence[int], limits: Limits) -> Proof:
        """Solve from a plan that is known."""
        self.model.hint(
            {
                var: hint[each] == window
                for each in self.movable
                for window, var in self.stands[each].items()
            }
        )
        found = self.model.solve(limits)
        if not found.values:
            return Proof(None, 0, found.optimal)
        slots = [self._slot(found.values, each) for each in range(self.inst.n)]
        unplaced = sum(slots[each] == self.inst.k for each in self.movable)
        bound = math.ceil(found.bound - _CLOSE) - self.price * unplaced
        return Proof(slots, max(bound, 0), found.optimal)

    def _slot(self, values: Sequence[int], system: int) -> int:
        for window, var in self.stands[system].items():
            if values[var]:
                return window
        return self.inst.k
