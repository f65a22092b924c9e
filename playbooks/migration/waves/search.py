"""First plans that partitions give, and the annealing of a good one."""

from __future__ import annotations

from collections.abc import Sequence

from playbooks.migration.waves.anneal import Annealer, Schedule, heat_of
from playbooks.migration.waves.aside import words_aside
from playbooks.migration.waves.blocks import blocks, tries
from playbooks.migration.waves.breed import Breeding
from playbooks.migration.waves.construct import construct
from playbooks.migration.waves.effort import MIDDLE, Effort
from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.parts import parts
from playbooks.migration.waves.state import State

STEPS_A_SECOND = 400_000
_PLAIN = 30  # systems for which a partition is no better than the search's own plans


def worth(inst: Instance, slots: Sequence[int]) -> tuple[int, int]:
    """Give what plans are compared by: systems without a window, then cost."""
    return State(inst, slots).worth


def starts(inst: Instance, effort: Effort) -> list[list[int]]:
    """Give first plans, the best first: by neighbours alone, and by partitions."""
    if inst.n <= _PLAIN:
        return [construct(inst)]
    with words_aside():
        wished = [parts(inst), *(blocks(inst, each) for each in tries(inst, effort.seconds))]
    found = [construct(inst)] if inst.n <= MIDDLE else []  # of equal plans the plainest
    found += [construct(inst, each) for each in wished]
    return sorted(found, key=lambda each: worth(inst, each))


def warm(inst: Instance, start: list[int], effort: Effort) -> list[int]:
    """Anneal from a start that is good already."""
    hot, cold = heat_of(inst)
    search = Annealer(State(inst, start), effort.seed, effort.late(effort.seconds))
    search.run(Schedule(int(effort.seconds * STEPS_A_SECOND), 0.2 * hot, cold))
    return search.best


def bred(inst: Instance, start: list[int], effort: Effort) -> list[int]:
    """Breed plans, the first of them from the start."""
    late = effort.late(effort.seconds)
    steps = int(effort.seconds * STEPS_A_SECOND)
    return Breeding(inst, steps, effort.seed, lambda found: found == (0, 0) or late()).run(start)
