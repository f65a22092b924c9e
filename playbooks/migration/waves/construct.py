"""A first plan: each system after what comes before it, where most of its neighbours are."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.room import Room


def construct(inst: Instance, prefer: Sequence[int] | None = None, hold: int = 1) -> list[int]:
    """Give a slot to every system, keeping every rule; what finds no room is unplaced.

    `prefer` is the window each should have: it counts while a neighbour has none yet, and against
    its neighbours as much as an edge of cost `hold`.
    """
    return _Construction(inst, prefer, hold).run()


class _Construction:
    def __init__(self, inst: Instance, prefer: Sequence[int] | None, hold: int) -> None:
        self.inst, self.hold = inst, hold
        self.slots = [inst.k] * inst.n
        self.room = Room(inst, self.slots)
        self.believed = list(prefer) if prefer is not None else [inst.k] * inst.n
        self.waits = [len(each) for each in inst.earlier]
        self.pull = [0] * inst.n

    def run(self) -> list[int]:
        ready = [self._key(each) for each in range(self.inst.n) if not self.waits[each]]
        heapq.heapify(ready)
        done = [False] * self.inst.n
        while ready:
            *_, system = heapq.heappop(ready)
            if done[system]:
                continue
            done[system] = True
            self._place(system)
            for other in self.inst.later[system]:
                self.waits[other] -= 1
                if not self.waits[other]:
                    heapq.heappush(ready, self._key(other))
            for other, weight in self.inst.near[system]:
                self.pull[other] += weight
                if not done[other] and not self.waits[other]:
                    heapq.heappush(ready, self._key(other))
        return self.slots

    def _key(self, system: int) -> tuple[int, int, int, int]:
        first = not self.inst.later[system]
        return (int(first), -self.pull[system], -self.inst.gib[system], system)

    def _place(self, system: int) -> None:
        score: dict[int, int] = defaultdict(int)
        for other, weight in self.inst.near[system]:
            score[self.believed[other]] += weight
        if self.believed[system] < self.inst.k:
            score[self.believed[system]] += self.hold
        for window in self._liked(system, score):
            if self._may(system, window):
                self._put(system, window)
                return

    def _liked(self, system: int, score: Mapping[int, int]) -> Iterator[int]:
        """Order the windows: what others wait for goes early, unless it has a wish."""
        allowed, wish = self.inst.windows_of[system], self.believed[system]
        if not self.inst.later[system]:
            yield from sorted(score.keys() & allowed, key=lambda w: (-score[w], w))
            yield from (w for w in allowed if w not in score)
        elif wish < self.inst.k:
            yield from sorted(allowed, key=lambda w: (w > wish, abs(w - wish)))
        else:
            yield from allowed

    def _put(self, system: int, window: int) -> None:
        self.room.take(system, self.inst.k)
        self.room.put(system, window)
        self.slots[system] = self.believed[system] = window

    def _may(self, system: int, window: int) -> bool:
        rank, slots = self.inst.rank, self.slots
        for other in self.inst.earlier[system]:
            if slots[other] == self.inst.k or rank[slots[other]] >= rank[window]:
                return False
        if any(slots[other] == window for other in self.inst.apart[system]):
            return False
        return self.room.fits(system, window)
