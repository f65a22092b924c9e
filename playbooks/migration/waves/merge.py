"""Take systems that two plans agree on as one: a search over these goes further with each step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from playbooks.migration.waves.instance import NO_LIMIT, Instance, Neighbours


@dataclass(frozen=True, slots=True)
class Merged:
    """A portfolio of groups; `group` gives of each system the group that it is in."""

    inst: Instance
    group: tuple[int, ...]

    def apart(self, slots: Sequence[int]) -> list[int]:
        """Give the plan of the groups as one of the systems."""
        return [slots[each] for each in self.group]

    def together(self, slots: Sequence[int]) -> list[int]:
        """Give a plan of the systems, in which no group is torn, as one of the groups."""
        found = [0] * self.inst.n
        for system, each in enumerate(self.group):
            found[each] = slots[system]
        return found


def agreed(inst: Instance, one: Sequence[int], other: Sequence[int]) -> Merged:
    """Merge what hangs together and shares a window in both plans."""
    teams = any(each < NO_LIMIT for each in inst.teams_room) or any(
        most < NO_LIMIT for room in inst.team_room for most in room
    )
    keys = [
        (*slots, inst.team[each] if teams else -1)
        for each, slots in enumerate(zip(one, other, strict=True))
    ]
    group = [-1] * inst.n
    count = 0
    for first in range(inst.n):
        if group[first] >= 0:
            continue
        group[first], edge = count, [first]
        while edge and inst.k not in keys[first][:2]:
            for near, _ in inst.near[edge.pop()]:
                if group[near] < 0 and keys[near] == keys[first]:
                    group[near] = count
                    edge.append(near)
        count += 1
    return _merged(inst, tuple(group), count)


def _merged(inst: Instance, group: tuple[int, ...], count: int) -> Merged:
    gib, units, first = [0] * count, [0] * count, [-1] * count
    windows = [set(range(inst.k)) for _ in range(count)]
    for system, each in enumerate(group):
        gib[each] += inst.gib[system]
        units[each] += inst.units[system]
        windows[each] &= set(inst.windows_of[system])
        first[each] = system if first[each] < 0 else first[each]
    near = _near(inst, group, count)
    found = replace(
        inst,
        systems=tuple(inst.systems[each] for each in first),
        gib=tuple(gib),
        units=tuple(units),
        team=tuple(inst.team[each] for each in first),
        near=near,
        degree=tuple(sum(weight for _, weight in each) for each in near),
        earlier=_mapped(inst.earlier, group, count),
        later=_mapped(inst.later, group, count),
        apart=_mapped(inst.apart, group, count),
        windows_of=tuple(tuple(sorted(each)) for each in windows),
        barred={},
    )
    return Merged(found, group)


def _near(inst: Instance, group: Sequence[int], count: int) -> tuple[Neighbours, ...]:
    sums: list[dict[int, int]] = [defaultdict(int) for _ in range(count)]
    for system, each in enumerate(group):
        for other, weight in inst.near[system]:
            if group[other] != each:
                sums[each][group[other]] += weight
    return tuple(tuple(sorted(each.items())) for each in sums)


def _mapped(
    pairs: Sequence[Sequence[int]], group: Sequence[int], count: int
) -> tuple[tuple[int, ...], ...]:
    found: list[set[int]] = [set() for _ in range(count)]
    for system, others in enumerate(pairs):
        found[group[system]].update(group[other] for other in others)
    return tuple(tuple(sorted(each)) for each in found)
