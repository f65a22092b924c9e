"""Search by a population: plans are annealed, and two that differ give a third.

What two good plans agree on is merged and kept; the search goes on over the rest. After Sanders and
Schulz, "Distributed Evolutionary Graph Partitioning" (ALENEX 2012).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from playbooks.migration.waves.anneal import Annealer, Schedule, heat_of
from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.merge import agreed
from playbooks.migration.waves.state import State

_SIZE = 8
_FIRST_PART = 0.4  # of all steps: the first plans
_WARM, _HEATS = 0.2, (2.0, 1.0)  # of the first plan, and of those after it in turn
_MERGED_HEAT, _MERGED_PART = 2.0, 0.15  # of a child, against the steps of a first plan
_WHOLE_HEAT, _WHOLE_PART = 0.5, 0.3

Worth = tuple[int, int]


@dataclass(slots=True)
class Breeding:
    """A population that is being bred, its best first.

    Attributes:
        steps: Of all searches together.
        enough: Whether it is late, or a plan of this worth is as good as any can be.
    """

    inst: Instance
    steps: int
    seed: int
    enough: Callable[[Worth], bool]
    plans: list[tuple[Worth, list[int]]] = field(default_factory=list)

    def run(self, start: Sequence[int]) -> list[int]:
        """Give the best plan that is found; no worse than the start."""
        self._add(list(start))
        each = int(self.steps * _FIRST_PART) // _SIZE
        for turn in range(_SIZE):
            if self.enough(self.plans[0][0]):
                break
            heat = _HEATS[turn % len(_HEATS)] if turn else _WARM
            self._add(self._annealed(self.inst, start, each, heat, self.seed + turn))
        children = int((1 - _FIRST_PART) * _SIZE / _FIRST_PART / (_MERGED_PART + _WHOLE_PART))
        draw = random.Random(self.seed)  # noqa: S311 - a search, no secret
        for turn in range(children):
            if len(self.plans) < 2 or self.enough(self.plans[0][0]):  # noqa: PLR2004 - a pair
                break
            one, other = sorted(draw.sample(range(len(self.plans)), 2))
            self._child(one, other, each, self.seed + _SIZE + turn)
        return self.plans[0][1]

    def _child(self, one: int, other: int, steps: int, seed: int) -> None:
        better, worse = self.plans[one][1], self.plans[other][1]
        merged = agreed(self.inst, better, worse)
        part = int(steps * _MERGED_PART)
        start = merged.together(better)
        found = merged.apart(self._annealed(merged.inst, start, part, _MERGED_HEAT, seed))
        part = int(steps * _WHOLE_PART)
        self._add(self._annealed(self.inst, found, part, _WHOLE_HEAT, seed), instead_of=other)

    def _add(self, found: list[int], instead_of: int | None = None) -> None:
        """Take a plan in, if no other has its worth; a child only if it is better than a parent."""
        worth = State(self.inst, found).worth
        if any(worth == each for each, _ in self.plans):
            return
        if instead_of is None:
            self.plans.append((worth, found))
        elif worth < self.plans[instead_of][0]:
            self.plans[instead_of] = (worth, found)
        self.plans.sort(key=lambda each: each[0])

    def _annealed(
        self, inst: Instance, start: Sequence[int], steps: int, heat: float, seed: int
    ) -> list[int]:
        hot, cold = heat_of(self.inst)
        annealer = Annealer(State(inst, start), seed, lambda: self.enough(self.plans[0][0]))
        annealer.run(Schedule(steps, hot * heat, cold))
        return annealer.best
