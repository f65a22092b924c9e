"""Why each system stands in its window: with whom, in which order, and what kept it from others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.room import Room
from playbooks.migration.waves.word import say

_NAMED = 3


class Reasons:
    """Tells of a finished plan; one is made for all systems."""

    def __init__(self, inst: Instance, slots: Sequence[int]) -> None:
        self.inst, self.slots = inst, slots
        self.room = Room(inst, slots)

    def of(self, system: int) -> str:
        """Give the reason of a placed system as one sentence."""
        return "; ".join([self._together(system), *self._order(system), *self._elsewhere(system)])

    def _together(self, system: int) -> str:
        here = self.slots[system]
        near = sorted(self.inst.near[system], key=lambda each: (-each[1], each[0]))
        mates = [other for other, _ in near if self.slots[other] == here]
        if mates:
            return say("together", others=self._names(mates))
        placed = any(self.slots[other] < self.inst.k for other, _ in near)
        return say("nowhere-together" if placed else "alone")

    def _order(self, system: int) -> list[str]:
        pairs = (
            ("after", self.inst.earlier[system]),
            ("before", self.inst.later[system]),
            ("apart", self.inst.apart[system]),
        )
        return [say(key, others=self._names(others)) for key, others in pairs if others]

    def _elsewhere(self, system: int) -> list[str]:
        """Name the window that holds most of what was cut, and why the system is not there."""
        here, none = self.slots[system], self.inst.k
        pull: dict[int, int] = defaultdict(int)
        for other, weight in self.inst.near[system]:
            pull[self.slots[other]] += weight
        cut = [(-weight, slot) for slot, weight in pull.items() if slot not in (here, none)]
        if not cut:
            return []
        weight, window = min(cut)
        mates = [other for other, _ in self.inst.near[system] if self.slots[other] == window]
        return [self._obstacle(system, window, pull[here] + weight, mates)]

    def _obstacle(self, system: int, window: int, loss: int, mates: Sequence[int]) -> str:
        inst = self.inst
        at: Mapping[str, object] = {"window": inst.windows[window].id, "others": self._names(mates)}
        if loss > 0:
            return say("not-worth", **at)
        kept = [other for other in inst.apart[system] if self.slots[other] == window]
        if kept:
            return say("not-apart", **at, kept=self._names(kept))
        if self._out_of_order(system, window):
            return say("not-order", **at)
        return self._no_room(system, window, at)

    def _no_room(self, system: int, window: int, at: Mapping[str, object]) -> str:
        inst, room = self.inst, self.room
        if room.gib[window] < inst.gib[system]:
            gib, size = (each / inst.scale for each in (room.gib[window], inst.gib[system]))
            return say("not-gib", **at, gib=f"{gib:g}", size=f"{size:g}")
        if room.count[window] < 1:
            return say("not-count", **at)
        if not room.fits(system, window):
            return say("not-team", **at, team=inst.systems[system].team)
        return say("not-alone", **at)

    def _out_of_order(self, system: int, window: int) -> bool:
        rank, slots = self.inst.rank, self.slots
        return any(rank[slots[each]] >= rank[window] for each in self.inst.earlier[system]) or any(
            slots[each] < self.inst.k and rank[slots[each]] <= rank[window]
            for each in self.inst.later[system]
        )

    def _names(self, systems: Sequence[int]) -> str:
        named = ", ".join(str(self.inst.systems[each].id) for each in systems[:_NAMED])
        more = len(systems) - _NAMED
        return named if more <= 0 else say("and-more", others=named, more=more)
