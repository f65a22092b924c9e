"""Plan waves: a first plan, a search, and for small portfolios a proof."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from playbooks.migration.waves.anneal import Annealer, Schedule, heat_of
from playbooks.migration.waves.construct import construct
from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.parts import parts
from playbooks.migration.waves.state import State

PROVEN_UP_TO = 200
STEPS_A_SECOND = 100_000
_LATE = 1.6


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
    """How much work: in seconds of one free core; more than `_LATE` times that ends the search.

    Attributes:
        clock: Monotonic seconds.
    """

    seconds: float
    seed: int = 1
    clock: Callable[[], float] = time.monotonic


def seconds_for(systems: int) -> float:
    """Give the effort when nobody says: 20 s where a proof is tried, else a few."""
    return 20.0 if systems <= PROVEN_UP_TO else 3.5


def solve(inst: Instance, effort: Effort) -> Solution:
    """Give the plan that places most systems, and of these the cheapest that is found."""
    if inst.n > PROVEN_UP_TO:
        return Solution(_refined(inst, effort), 0)
    first = _search(inst, [construct(inst)], effort, effort.seconds * 0.1)
    if _perfect(inst, first):
        return Solution(first, inst.cost(first))
    return _proven(inst, first, effort)


def _proven(inst: Instance, first: list[int], effort: Effort) -> Solution:
    """Search and prove side by side: the solver is no Python and takes the other core."""
    from playbooks.migration.waves.exact import Model  # noqa: PLC0415 - takes two seconds

    whole = not State(inst, first).homeless
    done: list[bool] = []
    with ThreadPoolExecutor(1) as pool:
        wall = effort.seconds * _LATE
        proving = pool.submit(
            lambda: Model(inst, whole=whole).prove(first, effort.seconds * 0.8, wall)
        )
        proving.add_done_callback(lambda each: done.append(each.result().optimal))
        found = _search(inst, [first], effort, effort.seconds * 0.8, lambda: any(done))
        proof = proving.result()
    if proof.slots is not None and (
        proof.optimal or _worth(inst, proof.slots) < _worth(inst, found)
    ):
        return Solution(proof.slots, proof.bound)
    same = proof.slots is not None and _worth(inst, proof.slots)[0] == _worth(inst, found)[0]
    return Solution(found, min(proof.bound, inst.cost(found)) if same else 0)


def _refined(inst: Instance, effort: Effort) -> list[int]:
    guesses = [construct(inst, parts(inst))]
    if inst.n <= 10 * PROVEN_UP_TO:
        guesses.append(construct(inst))
    guesses.sort(key=lambda each: _worth(inst, each))
    _, cold = heat_of(inst)
    search = Annealer(State(inst, guesses[0]), effort.seed, _late(effort, effort.seconds))
    search.run(Schedule(int(effort.seconds * STEPS_A_SECOND), 6 * cold, cold))
    return search.best


def _search(
    inst: Instance,
    starts: Sequence[list[int]],
    effort: Effort,
    seconds: float,
    proven: Callable[[], bool] = lambda: False,
) -> list[int]:
    """Anneal again and again, from the best and from the start, twice as long each time."""
    best, worth = min(((each, _worth(inst, each)) for each in starts), key=lambda each: each[1])
    late = _late(effort, seconds)
    hot, cold = heat_of(inst)
    left, steps, turn = int(seconds * STEPS_A_SECOND), max(4000, 150 * inst.n), 0
    while left > 0 and not (proven() or late() or _perfect(inst, best)):
        start = best if turn % 2 else starts[0]
        search = Annealer(State(inst, start), effort.seed + turn, lambda: proven() or late())
        search.run(Schedule(min(steps, left), hot / (3 if turn % 2 else 1), cold))
        if search.best_worth < worth:
            best, worth = search.best, search.best_worth
        left -= steps
        steps = int(steps * 1.3)
        turn += 1
    return best


def _late(effort: Effort, seconds: float) -> Callable[[], bool]:
    end = effort.clock() + seconds * _LATE
    return lambda: effort.clock() > end


def _worth(inst: Instance, slots: Sequence[int]) -> tuple[int, int]:
    return State(inst, slots).worth


def _perfect(inst: Instance, slots: Sequence[int]) -> bool:
    return _worth(inst, slots) == (0, 0)
