"""The constraint solver: proves the optimum of small portfolios, or a bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playbooks.migration.waves.instance import NO_LIMIT, Instance


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
        from ortools.sat.python import cp_model  # noqa: PLC0415 - takes two seconds

        self.inst, self.whole, self.cp = inst, whole, cp_model
        self.model: Any = cp_model.CpModel()
        self.movable = [each for each in range(inst.n) if inst.windows_of[each]]
        self.stands: list[dict[int, Any]] = [
            {w: self.model.new_bool_var("") for w in windows} for windows in inst.windows_of
        ]
        self.out: dict[int, Any] = {}
        self.price = sum(inst.degree) // 2 + 1
        self._once()
        self._rooms()
        self._pairs()
        self._objective()

    def _once(self) -> None:
        for each in self.movable:
            slots = list(self.stands[each].values())
            if not self.whole:
                self.out[each] = self.model.new_bool_var("")
                slots.append(self.out[each])
            self.model.add_exactly_one(slots)

    def _rooms(self) -> None:
        inst = self.inst
        for window in range(inst.k):
            here = [(each, row[window]) for each, row in enumerate(self.stands) if window in row]
            if inst.gib_room[window] < NO_LIMIT:
                used = sum(inst.gib[each] * stands for each, stands in here)
                self.model.add(used <= inst.gib_room[window])
            if inst.count_room[window] < NO_LIMIT:
                self.model.add(sum(stands for _, stands in here) <= inst.count_room[window])
            self._teams(window, here)

    def _teams(self, window: int, here: Sequence[tuple[int, Any]]) -> None:
        inst, works = self.inst, []
        for team, most in enumerate(inst.team_room[window]):
            mine = [stands for each, stands in here if inst.team[each] == team]
            if most < len(mine):
                self.model.add(sum(mine) <= most)
            if inst.teams_room[window] < NO_LIMIT and mine:
                there = self.model.new_bool_var("")
                for stands in mine:
                    self.model.add_implication(stands, there)
                works.append(there)
        if works:
            self.model.add(sum(works) <= inst.teams_room[window])

    def _pairs(self) -> None:
        inst = self.inst
        for one in self.movable:
            for other in inst.apart[one]:
                for window in self.stands[one].keys() & self.stands[other].keys():
                    if one < other:
                        self.model.add_at_most_one(
                            self.stands[one][window], self.stands[other][window]
                        )
            for other in inst.later[one]:
                self._order(one, other)

    def _order(self, one: int, other: int) -> None:
        """Where the later one stands at a rank or before, the earlier one stands before it."""
        rank = self.inst.rank
        for least in sorted({rank[w] for w in self.stands[other]}):
            before = [var for w, var in self.stands[one].items() if rank[w] < least]
            now = [var for w, var in self.stands[other].items() if rank[w] <= least]
            self.model.add(sum(now) <= sum(before))

    def _objective(self) -> None:
        terms: list[Any] = [self.price * each for each in self.out.values()]
        for one, others in enumerate(self.inst.near):
            for other, weight in others:
                if one < other and self.stands[one] and self.stands[other]:
                    terms.append(weight * self._cut(one, other))
        self.model.minimize(sum(terms))

    def _cut(self, one: int, other: int) -> Any:  # noqa: ANN401 - the solver has no types
        cut = self.model.new_bool_var("")
        for here, there in ((one, other), (other, one)):
            for window, stands in self.stands[here].items():
                else_ = [self.stands[there][window]] if window in self.stands[there] else []
                out = [self.out[there]] if there in self.out else []
                self.model.add_bool_or([stands.negated(), cut, *else_, *out])
        return cut

    def prove(self, hint: Sequence[int], effort: float, wall: float) -> Proof:
        """Solve within so much work (about seconds of a free core) from a plan that is known."""
        for each in self.movable:
            for window, var in self.stands[each].items():
                self.model.add_hint(var, hint[each] == window)
        solver: Any = self.cp.CpSolver()
        solver.parameters.num_workers = 2
        solver.parameters.interleave_search = True  # the same answer at every run
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = effort
        solver.parameters.max_time_in_seconds = wall
        status = solver.solve(self.model)
        optimal = status == self.cp.OPTIMAL
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return Proof(None, 0, optimal=False)
        slots = [self._slot(solver, each) for each in range(self.inst.n)]
        bound = math.ceil(solver.best_objective_bound - 1e-6) - self.price * sum(
            slots[each] == self.inst.k for each in self.movable
        )
        return Proof(slots, max(bound, 0), optimal)

    def _slot(self, solver: Any, system: int) -> int:  # noqa: ANN401 - likewise
        for window, var in self.stands[system].items():
            if solver.value(var):
                return window
        return self.inst.k
