"""Plan waves: first plans, a search, for small portfolios a proof, then what is nicer."""

from __future__ import annotations

from collections.abc import Sequence

from playbooks.migration.waves.anneal import Annealer, Schedule, heat_of
from playbooks.migration.waves.construct import construct
from playbooks.migration.waves.effort import MIDDLE, PROVEN_UP_TO, Effort, Solution
from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.polish import polish
from playbooks.migration.waves.proving import proven
from playbooks.migration.waves.search import STEPS_A_SECOND, bred, starts, warm, worth
from playbooks.migration.waves.state import State
from playbooks.migration.waves.wish import Wishes, previous_slots, wishes

# What a system that changes its window costs against an earlier plan: as much as a cut weak edge.
MOVE = 1
# More than any edges of one system: the earlier plan as it was, where it still can be.
STAYS = 1 << 30


def solve(inst: Instance, effort: Effort) -> Solution:
    """Give the plan that places most systems, and of these the cheapest that is found."""
    small = inst.n <= PROVEN_UP_TO
    found = proven(inst, effort) if small else Solution(_large(inst, effort), 0)
    wanted = wishes(inst, effort.previous)
    plans = [polish(inst, found.slots, wanted)]
    if effort.previous:
        right = construct(inst, previous_slots(inst, effort.previous), STAYS)
        plans += [polish(inst, each, wanted) for each in (right, _near(inst, right, effort))]
    best = min(plans, key=lambda each: (*_dear(inst, each, effort), _unwished(each, wanted)))
    bound = found.bound if worth(inst, best)[0] == worth(inst, found.slots)[0] else 0
    return Solution(best, min(bound, inst.cost(best)))


def _large(inst: Instance, effort: Effort) -> list[int]:
    """Anneal the best start; where systems are fewer, breed from it."""
    first = starts(inst, effort)[0]
    return bred(inst, first, effort) if inst.n <= MIDDLE else warm(inst, first, effort)


def _dear(inst: Instance, slots: list[int], effort: Effort) -> tuple[int, int]:
    """Give systems without a window, then the cost; telling people another day costs as well."""
    homeless, cost = worth(inst, slots)
    before = previous_slots(inst, effort.previous)
    moves = sum(was not in (slot, inst.k) for was, slot in zip(before, slots, strict=True))
    return homeless, cost + MOVE * moves


def _near(inst: Instance, start: list[int], effort: Effort) -> list[int]:
    """Give the earlier plan, wrong no more, with little changed that makes it cheaper."""
    _, cold = heat_of(inst)
    search = Annealer(State(inst, start), effort.seed, effort.late(effort.seconds))
    search.run(Schedule(int(effort.seconds * STEPS_A_SECOND) // 4, 0.5 * cold, 0.3 * cold))
    return search.best


def _unwished(slots: Sequence[int], wanted: Wishes) -> int:
    return sum(row[slot] for row, slot in zip(wanted, slots, strict=True))
