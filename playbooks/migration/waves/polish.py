"""Make a plan nicer at the same cost: single systems, groups and whole waves change windows."""

from __future__ import annotations

from collections.abc import Sequence

from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.state import State
from playbooks.migration.waves.wish import Wishes

_PASSES = 8
_GROUPS_UP_TO = 2_000
Change = tuple[int, int]


def polish(inst: Instance, slots: Sequence[int], wishes: Wishes) -> list[int]:
    """Give a plan that costs no more, breaks nothing, and fits the wishes at least as well."""
    polishing = _Polishing(State(inst, slots), wishes)
    for _ in range(_PASSES if inst.n <= _GROUPS_UP_TO else 1):
        changed = polishing.waves() if inst.n <= _GROUPS_UP_TO else False
        changed |= polishing.groups() if inst.n <= _GROUPS_UP_TO else False
        if not (polishing.singles() or changed):
            break
    return polishing.state.slots


class _Polishing:
    def __init__(self, state: State, wishes: Wishes) -> None:
        self.state, self.wishes, self.inst = state, wishes, state.inst

    def singles(self) -> bool:
        state, changed = self.state, False
        for system, windows in enumerate(self.inst.windows_of):
            row = self.wishes[system]
            for slot in windows:
                here = state.slots[system]
                if (
                    row[slot] < row[here]
                    and state.change(system, slot) <= 0
                    and state.room.fits(system, slot)
                    and state.broken_at(system, slot) <= 0
                ):
                    state.move(system, slot)
                    changed = True
        return changed

    def groups(self) -> bool:
        """Move what hangs together inside a wave as one."""
        changed = False
        for slot in range(self.inst.k):
            for group in self._groups(slot):
                changed |= any(
                    self._tried([(each, other) for each in group])
                    for other in range(self.inst.k)
                    if other != self.state.slots[group[0]]
                )
        return changed

    def _groups(self, slot: int) -> list[list[int]]:
        left, found = set(self.state.members[slot]), []
        for first in sorted(left):
            if first not in left:
                continue
            left.discard(first)
            group, edge = [first], [first]
            while edge:
                near = [other for other, _ in self.inst.near[edge.pop()] if other in left]
                left.difference_update(near)
                group += near
                edge += near
            found.append(group)
        return found

    def waves(self) -> bool:
        """Let two waves change their windows."""
        state, changed = self.state, False
        for one in range(self.inst.k):
            for other in range(one + 1, self.inst.k):
                there = [(each, other) for each in state.members[one]]
                here = [(each, one) for each in state.members[other]]
                changed |= bool(there or here) and self._tried([*there, *here])
        return changed

    def _tried(self, changes: Sequence[Change]) -> bool:
        """Do all changes if they fit, cost nothing, break nothing and are wished; else none."""
        state = self.state
        wished = sum(
            self.wishes[each][slot] - self.wishes[each][state.slots[each]] for each, slot in changes
        )
        if wished >= 0 or any(slot not in self.inst.windows_of[each] for each, slot in changes):
            return False
        back = [(each, state.slots[each]) for each, _ in changes]
        worth = state.worth
        for each, _ in changes:
            state.move(each, state.k)
        if self._all_in(changes) and not state.broken and state.worth <= worth:
            return True
        for each, _ in changes:
            state.move(each, state.k)
        for each, slot in back:
            state.move(each, slot)
        return False

    def _all_in(self, changes: Sequence[Change]) -> bool:
        for each, slot in changes:
            if not self.state.room.fits(each, slot):
                return False
            self.state.move(each, slot)
        return True
