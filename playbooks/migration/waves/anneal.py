"""Simulated annealing over waves: moves, changes of place, and a waiting room."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from playbooks.migration.waves.construct import construct
from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.state import State

_OFTEN_KEPT = 400  # up to so many systems each better plan is kept at once
_TO_NEIGHBOUR = 0.7
_TO_WAITING = 0.02
_PAIR_SOFT, _PAIR_HARD = 25.0, 120.0
_HOLDING = 1e9
_LAST_PART = 0.25


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how hot: temperatures in units of the cost of a cut edge."""

    steps: int
    hot: float
    cold: float


class Annealer:
    """One search; the same seed, schedule and start give the same plan."""

    def __init__(self, state: State, seed: int, enough: Callable[[], bool]) -> None:
        self.state, self.inst = state, state.inst
        self.random = random.Random(seed)  # noqa: S311 - a search, no secret
        self.enough = enough
        self.best = list(state.slots)
        self.best_worth = state.worth if not state.broken else (state.inst.n + 1, 0)
        self.allowed = [frozenset(each) for each in self.inst.windows_of]
        self.movable = [each for each in range(self.inst.n) if self.inst.windows_of[each]]
        self.heat, self.pair = 1.0, _PAIR_SOFT

    def run(self, schedule: Schedule) -> None:
        """Search; `best` is the best plan without a broken pair."""
        if not self.movable or self.inst.k == 0:
            return
        chunk = max(200, min(schedule.steps // 50, 4 * self.inst.n))
        chunks = max(1, schedule.steps // chunk)
        cooling = (schedule.cold / schedule.hot) ** (1 / chunks)
        hardening = (_PAIR_HARD / _PAIR_SOFT) ** (1 / chunks)
        self.heat, self.pair = schedule.hot, _PAIR_SOFT
        for _ in range(chunks):
            if self.enough():
                break
            self._steps(chunk)
            self._keep()
            self.heat *= cooling
            self.pair *= hardening
        if self.state.broken:
            self._mend(schedule, chunk)

    def _mend(self, schedule: Schedule, chunk: int) -> None:
        """Put the broken pairs right, then search on without breaking any."""
        self.state = State(self.inst, construct(self.inst, self.state.slots))
        self.pair = _HOLDING
        chunks = max(1, int(schedule.steps * _LAST_PART) // chunk)
        self.heat = math.sqrt(schedule.hot * schedule.cold)
        self._keep()
        for _ in range(chunks):
            if self.enough():
                break
            self._steps(chunk)
            self._keep()
            self.heat *= (schedule.cold / self.heat) ** (1 / chunks)

    def _steps(self, number: int) -> None:
        draw, movable, slots = self.random.random, self.movable, self.state.slots
        often = self.inst.n <= _OFTEN_KEPT
        size = len(movable)
        for _ in range(number):
            system = movable[int(draw() * size)]
            slot = self._target(system)
            if slot == slots[system]:
                continue
            if self._try(system, slot) and often:
                self._keep()

    def _target(self, system: int) -> int:
        draw, near = self.random.random, self.inst.near[system]
        chance = draw()
        if near and chance < _TO_NEIGHBOUR:
            slot = self.state.slots[near[int(draw() * len(near))][0]]
            if slot in self.allowed[system]:
                return slot
        if chance > 1 - _TO_WAITING:
            return self.inst.k
        windows = self.inst.windows_of[system]
        return windows[int(draw() * len(windows))]

    def _try(self, system: int, slot: int) -> bool:
        state = self.state
        if not state.room.fits(system, slot):
            there = state.members[slot]
            if not there:
                return False
            return self._exchange(system, slot, there[int(self.random.random() * len(there))])
        change: float = state.change(system, slot)
        if state.paired[system]:
            here = state.slots[system]
            more = state.broken_at(system, slot) - state.broken_at(system, here)
            change += self.pair * more
        if self._refused(change):
            return False
        state.move(system, slot)
        return True

    def _exchange(self, one: int, there: int, other: int) -> bool:
        state = self.state
        here = state.slots[one]
        if here not in self.allowed[other] and here != state.k:
            return False
        change: float = state.change(one, there) + state.change(other, here)
        if state.pull[one][there] and state.k != here:
            change += 2 * next((w for near, w in self.inst.near[one] if near == other), 0)
        if state.paired[one] or state.paired[other]:
            change += self.pair * self._more_broken(one, there, other)
        if self._refused(change) or not state.room.change_places(one, here, other, there):
            return False
        state.shift(one, here, there)
        state.shift(other, there, here)
        return True

    def _more_broken(self, one: int, there: int, other: int) -> int:
        """Count by doing: two systems that change places may be a pair themselves."""
        state = self.state
        here, slots = state.slots[one], state.slots
        more = state.broken_at(one, there) - state.broken_at(one, here)
        slots[one] = there
        more += state.broken_at(other, here) - state.broken_at(other, there)
        slots[one] = here
        return more

    def _refused(self, change: float) -> bool:
        return change > 0 and self.random.random() >= math.exp(-change / self.heat)

    def _keep(self) -> None:
        state = self.state
        if not state.broken and state.worth < self.best_worth:
            self.best, self.best_worth = list(state.slots), state.worth


def heat_of(inst: Instance) -> tuple[float, float]:
    """Give a hot and a cold temperature from the mean and the least cost of an edge."""
    weights = [weight for near in inst.near for _, weight in near]
    if not weights:
        return 1.0, 0.5
    return 0.8 * sum(weights) / len(weights) + 0.5, 0.54 * min(weights)
