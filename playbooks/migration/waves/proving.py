"""Portfolios small enough for a proof: search, bound and solve exactly, until nothing is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playbooks.migration.waves.booleans import Limits
from playbooks.migration.waves.bound import lower_bound
from playbooks.migration.waves.breed import Breeding
from playbooks.migration.waves.effort import LATE, Effort, Solution
from playbooks.migration.waves.exact import Model
from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.search import STEPS_A_SECOND, starts, worth

# Of the effort, in turn; most portfolios of loose applications are proven by the second.
_QUICK_PART, _TRIED_PART, _SEARCH_PART = 0.05, 0.2, 0.5
_BOUND_PART, _EXACT_PART, _LAST_PART = 0.25, 0.4, 0.4
_BEGUN = 0.05  # of the cost, that a first bound reaches where a second proof may end
_HOPEFUL = 0.8  # of the cost, that a bound reaches where more solving may close the rest
_PATIENCE = 4.0  # seconds on the clock that a busy machine may add to a proof


def proven(inst: Instance, effort: Effort) -> Solution:
    """Give the best plan that is found, and what is proven about it."""
    case = _Case(inst, effort, effort.late(effort.seconds))
    return case.solved(case.searched(Solution(starts(inst, effort)[0], 0), _QUICK_PART))


@dataclass(frozen=True, slots=True)
class _Case:
    """One portfolio; all its parts share one end on the clock."""

    inst: Instance
    effort: Effort
    late: Callable[[], bool]

    def solved(self, found: Solution) -> Solution:
        first = found.slots  # from which a search goes further than from the solver's
        if self._homeless(found):
            found = self._exactly(found, 1)
        elif self._open(found):
            found = self._exactly(found, _TRIED_PART)
        if self._open(found):
            begun = found.bound
            other = self.searched(Solution(first, begun), _SEARCH_PART)
            found = self._bounded(self._better(found, other))
            if self._open(found) and begun >= _BEGUN * self.inst.cost(found.slots):
                found = self._exactly(found, _EXACT_PART)
        if self._open(found) and found.bound >= _HOPEFUL * self.inst.cost(found.slots):
            found = self._exactly(found, _LAST_PART)
        return found

    def searched(self, found: Solution, part: float) -> Solution:
        steps = int(self.effort.seconds * part * STEPS_A_SECOND)

        def enough(each: tuple[int, int]) -> bool:
            return self.late() or (each[0] == 0 and each[1] <= found.bound)

        breeding = Breeding(self.inst, steps, self.effort.seed, enough)
        return self._better(found, Solution(breeding.run(found.slots), 0))

    def _open(self, found: Solution) -> bool:
        return found.bound < self.inst.cost(found.slots)

    def _homeless(self, found: Solution) -> int:
        return worth(self.inst, found.slots)[0]

    def _bounded(self, found: Solution) -> Solution:
        homeless, cost = worth(self.inst, found.slots)
        if homeless:  # the relaxation is of plans that place everything
            return found
        seconds = self.effort.seconds * _BOUND_PART
        bound = lower_bound(self.inst, cost, seconds, self.late)
        return Solution(found.slots, max(found.bound, bound))

    def _exactly(self, found: Solution, part: float) -> Solution:
        work = self.effort.seconds * part
        model = Model(self.inst, whole=not self._homeless(found))
        proof = model.prove(found.slots, Limits(work, work * LATE + _PATIENCE))
        if proof.slots is None:
            return found
        return self._better(found, Solution(proof.slots, proof.bound))

    def _better(self, one: Solution, other: Solution) -> Solution:
        """Give the better plan; a bound holds for plans that place as many."""
        mine, theirs = (worth(self.inst, each.slots) for each in (one, other))
        if mine[0] == theirs[0]:
            slots = one.slots if mine <= theirs else other.slots
            return Solution(slots, max(one.bound, other.bound))
        return one if mine < theirs else other
