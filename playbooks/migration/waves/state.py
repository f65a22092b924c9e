"""A plan that is being changed: slots, costs and broken pairs, each change in time of degree."""

from __future__ import annotations

from collections.abc import Sequence

from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.room import Room

HOMELESS = 15  # what an unplaced system costs beside all its edges, while searching


class State:
    """Slots of all systems; rooms are never overfull, orders may be broken while searching.

    Attributes:
        pull: Of each system and slot: the cost of its edges into that slot.
        members: Of each slot: its systems, in no order; `place` says where each stands.
        cost: Cut edges between windows.
        broken: Pairs whose order or distance does not hold.
        homeless: Systems in slot k that some window could hold.
    """

    __slots__ = (
        "broken",
        "cost",
        "homeless",
        "inst",
        "k",
        "members",
        "paired",
        "place",
        "pull",
        "room",
        "slots",
    )

    def __init__(self, inst: Instance, slots: Sequence[int]) -> None:
        self.inst, self.k = inst, inst.k
        self.slots = list(slots)
        self.room = Room(inst, slots)
        self.pull = [[0] * (inst.k + 1) for _ in slots]
        self.members: list[list[int]] = [[] for _ in range(inst.k + 1)]
        self.place = [0] * inst.n
        for system, slot in enumerate(slots):
            self.place[system] = len(self.members[slot])
            self.members[slot].append(system)
            for other, weight in inst.near[system]:
                self.pull[other][slot] += weight
        pairs = zip(inst.earlier, inst.later, inst.apart, strict=True)
        self.paired = [bool(any(each)) for each in pairs]
        self.cost = inst.cost(slots)
        self.broken = sum(self.broken_at(each, slots[each]) for each in range(inst.n)) // 2
        self.homeless = sum(self._homeless(each, slots[each]) for each in range(inst.n))

    def _homeless(self, system: int, slot: int) -> bool:
        return slot == self.k and bool(self.inst.windows_of[system])

    def change(self, system: int, slot: int) -> int:
        """Give what a move adds to the cost of searching, broken pairs aside."""
        pull, degree, none = self.pull[system], self.inst.degree[system], self.k
        here = self.slots[system]
        kept = degree - pull[none]
        before = degree + HOMELESS if here == none else kept - pull[here]
        return (degree + HOMELESS if slot == none else kept - pull[slot]) - before

    def broken_at(self, system: int, slot: int) -> int:
        """Count the pairs that would not hold if the system stood in the slot."""
        inst, slots, none = self.inst, self.slots, self.k
        rank = inst.rank
        count = 0
        if slot < none:
            mine = rank[slot]
            for other in inst.earlier[system]:
                there = slots[other]
                count += there == none or rank[there] >= mine
            for other in inst.apart[system]:
                count += slots[other] == slot
            for other in inst.later[system]:
                there = slots[other]
                count += there < none and rank[there] <= mine
        else:
            for other in inst.later[system]:
                count += slots[other] < none
        return count

    def move(self, system: int, slot: int) -> None:
        """Move a system to a slot that has room."""
        here = self.slots[system]
        self.room.take(system, here)
        self.room.put(system, slot)
        self.shift(system, here, slot)

    def shift(self, system: int, here: int, slot: int) -> None:
        """Book a move whose room is booked already."""
        none = self.k
        pull = self.pull[system]
        kept = self.inst.degree[system] - pull[none]
        if here < none:
            self.cost -= kept - pull[here]
        if slot < none:
            self.cost += kept - pull[slot]
        if none in (here, slot):
            self.homeless += 1 if slot == none else -1
        if self.paired[system]:
            self.broken -= self.broken_at(system, here)
            self.slots[system] = slot
            self.broken += self.broken_at(system, slot)
        else:
            self.slots[system] = slot
        for other, weight in self.inst.near[system]:
            row = self.pull[other]
            row[here] -= weight
            row[slot] += weight
        self._seat(system, here, slot)

    def _seat(self, system: int, here: int, slot: int) -> None:
        left = self.members[here]
        last = left.pop()
        if last != system:
            left[self.place[system]] = last
            self.place[last] = self.place[system]
        self.place[system] = len(self.members[slot])
        self.members[slot].append(system)

    @property
    def worth(self) -> tuple[int, int]:
        """Give what plans are compared by, best first; only of plans with no broken pair."""
        return (self.homeless, self.cost)
