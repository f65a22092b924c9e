"""Plan waves: a first plan, a search, for small portfolios a proof, then what is nicer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from playbooks.migration.waves.anneal import Annealer, Schedule, heat_of
from playbooks.migration.waves.blocks import blocks, tries
from playbooks.migration.waves.construct import construct
from playbooks.migration.waves.graph import Id
from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.parts import parts
from playbooks.migration.waves.polish import polish
from playbooks.migration.waves.state import State
from playbooks.migration.waves.wish import Wishes, previous_slots, wishes

PROVEN_UP_TO = 200
_MIDDLE, _MIDDLE_SECONDS = 2_000, 8.0
STEPS_A_SECOND = 250_000
_LATE = 1.5
_PATIENCE = 5.0  # seconds on the clock that a busy machine may add to a proof
_TINY = 600  # booleans up to which a proof takes less than the search
_QUICK_PART, _PROOF_PART = 0.05, 0.8


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan and what is proven about it.

    Attributes:
        bound: No plan that places as many systems costs less.
    """

    slots: list[int]
    bound: int


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work: in seconds of one free core; 1.5 times that on the clock ends the search.

    Attributes:
        previous: Of each system the window in an earlier plan, kept where it costs nothing.
        clock: Monotonic seconds.
    """

    seconds: float
    seed: int = 1
    previous: Mapping[Id, Id] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic


def seconds_for(systems: int) -> float:
    """Give the effort when nobody says: 20 s where a proof is tried, else a few."""
    if systems <= PROVEN_UP_TO:
        return 20.0
    return _MIDDLE_SECONDS if systems <= _MIDDLE else 2.5


def solve(inst: Instance, effort: Effort) -> Solution:
    """Give the plan that places most systems, and of these the cheapest that is found."""
    small = inst.n <= PROVEN_UP_TO
    found = _small(inst, effort) if small else Solution(_large(inst, effort), 0)
    wanted = wishes(inst, effort.previous)
    plans = [polish(inst, found.slots, wanted)]
    if effort.previous:
        plans.append(polish(inst, _kept(inst, effort), wanted))
    best = min(plans, key=lambda each: (_worth(inst, each), _unwished(each, wanted)))
    return Solution(best, min(found.bound, inst.cost(best)))


def _small(inst: Instance, effort: Effort) -> Solution:
    first = _search(inst, _starts(inst, effort)[0], effort, effort.seconds * _QUICK_PART)
    if _worth(inst, first) == (0, 0):
        return Solution(first, 0)
    return _proven(inst, first, effort)


def _proven(inst: Instance, first: list[int], effort: Effort) -> Solution:
    """Search and prove side by side: the solver is no Python and takes the other core."""
    from playbooks.migration.waves.exact import Model  # noqa: PLC0415 - takes two seconds

    model = Model(inst, whole=not State(inst, first).homeless)
    size, work = sum(map(len, inst.windows_of)), effort.seconds * _PROOF_PART
    if size <= _TINY:
        proof = model.prove(first, max(1.0, work * 0.1), min(effort.seconds, _PATIENCE) + _PATIENCE)
        if proof.optimal and proof.slots is not None:
            return Solution(proof.slots, proof.bound)
    done: list[bool] = []
    with ThreadPoolExecutor(1) as pool:
        proving = pool.submit(model.prove, first, work, effort.seconds * _LATE + _PATIENCE)
        proving.add_done_callback(
            lambda each: done.append(each.exception() is None and each.result().optimal)
        )
        found = _search(inst, first, effort, work, lambda: any(done))
        proof = proving.result()
    if proof.slots is None:
        return Solution(found, 0)
    ours, theirs = _worth(inst, found), _worth(inst, proof.slots)
    bound = proof.bound if ours[0] == theirs[0] else 0
    if proof.optimal or theirs < ours:
        return Solution(proof.slots, proof.bound)
    return Solution(found, min(bound, ours[1]))


def _large(inst: Instance, effort: Effort) -> list[int]:
    """Search from the best start, and where systems are fewer from the second best too."""
    starts = _starts(inst, effort)[: 1 if inst.n > _MIDDLE else 2]
    shared = replace(effort, seconds=effort.seconds / len(starts))
    return min((_warm(inst, each, shared) for each in starts), key=lambda each: _worth(inst, each))


def _starts(inst: Instance, effort: Effort) -> list[list[int]]:
    """Give first plans, the best first: by neighbours alone, and by partitions."""
    wished = [parts(inst), *(blocks(inst, each) for each in tries(inst, effort.seconds))]
    found = [construct(inst)] if inst.n <= _MIDDLE else []  # of equal plans the plainest
    found += [construct(inst, each) for each in wished]
    return sorted(found, key=lambda each: _worth(inst, each))


def _warm(inst: Instance, start: list[int], effort: Effort) -> list[int]:
    hot, cold = heat_of(inst)
    search = Annealer(State(inst, start), effort.seed, _late(effort, effort.seconds))
    search.run(Schedule(int(effort.seconds * STEPS_A_SECOND), 0.2 * hot, cold))
    return search.best


def _kept(inst: Instance, effort: Effort) -> list[int]:
    """Give the earlier plan with what is wrong put right, and little else changed."""
    start = construct(inst, previous_slots(inst, effort.previous))
    _, cold = heat_of(inst)
    search = Annealer(State(inst, start), effort.seed, _late(effort, effort.seconds))
    search.run(Schedule(int(effort.seconds * STEPS_A_SECOND) // 4, 0.5 * cold, 0.3 * cold))
    return search.best


def _search(
    inst: Instance,
    start: list[int],
    effort: Effort,
    seconds: float,
    proven: Callable[[], bool] = lambda: False,
) -> list[int]:
    """Anneal: warm from the start, twice long and hot, then again and again warm from the best."""
    late = _late(effort, seconds)
    best, worth = start, _worth(inst, start)
    hot, cold = heat_of(inst)
    steps = int(seconds * STEPS_A_SECOND)
    heats = [(0.1, 0.2), (0.3, 1.0), (0.3, 0.7), *[(0.1, each) for each in (0.3, 0.45, 0.2)]]
    for turn, (part, heat) in enumerate(heats):
        if proven() or late() or worth == (0, 0):
            break
        search = Annealer(State(inst, best), effort.seed + turn, lambda: proven() or late())
        search.run(Schedule(int(steps * part), hot * heat, cold))
        if search.best_worth < worth:
            best, worth = search.best, search.best_worth
    return best


def _late(effort: Effort, seconds: float) -> Callable[[], bool]:
    end = effort.clock() + seconds * _LATE
    return lambda: effort.clock() > end


def _worth(inst: Instance, slots: Sequence[int]) -> tuple[int, int]:
    return State(inst, slots).worth


def _unwished(slots: Sequence[int], wanted: Wishes) -> int:
    return sum(row[slot] for row, slot in zip(wanted, slots, strict=True))
