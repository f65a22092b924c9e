"""Portfolios small enough for a proof: search, bound and solve exactly, until nothing is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playbooks.migration.waves.booleans import Limits
from playbooks.migration.waves.bound import lower_bound
from playbooks.migration.waves.breed import Breeding
from playbooks.migration.waves.effort import Effort, Solution
from playbooks.migration.waves.exact import Model
from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.search import STEPS_A_SECOND, starts, worth

_TINY, _SOLVABLE = 150, 400  # booleans up to which a proof takes a second, and some seconds
_TINY_WORK = 2.0
_QUICK_PART, _BOUND_PART, _SEARCH_PART, _EXACT_PART = 0.05, 0.35, 0.5, 0.4
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
        size = sum(map(len, self.inst.windows_of))
        if self._homeless(found):
            found = self._exactly(found, self.effort.seconds)
        elif size <= _TINY and self._open(found):
            found = self._exactly(found, _TINY_WORK)
        if self._open(found):
            found = self.searched(self._bounded(found), _SEARCH_PART)
        if self._open(found) and size <= _SOLVABLE and not self._homeless(found):
            found = self._exactly(found, self.effort.seconds * _EXACT_PART)
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

    def _exactly(self, found: Solution, work: float) -> Solution:
        model = Model(self.inst, whole=not self._homeless(found))
        proof = model.prove(found.slots, Limits(work, self.effort.seconds + _PATIENCE))
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
