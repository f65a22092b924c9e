"""What is left in each window while systems are put in and taken out."""

from __future__ import annotations

from collections.abc import Sequence

from playbooks.migration.waves.instance import NO_LIMIT, Instance


class Room:
    """Counts GiB, systems and teams of each window; slot k holds everything."""

    __slots__ = ("_most", "_per_team", "_team", "_units", "count", "gib", "inst", "k", "teams")

    def __init__(self, inst: Instance, slots: Sequence[int]) -> None:
        self.inst, self.k = inst, inst.k
        self.gib = [*inst.gib_room, NO_LIMIT]
        self.count = [*inst.count_room, NO_LIMIT]
        self.teams = [*inst.teams_room, NO_LIMIT]
        self._team, self._units = inst.team, inst.units
        self._most = [*inst.team_room, tuple(NO_LIMIT for _ in set(inst.team) | {0})]
        number = max(inst.team, default=-1) + 1
        self._per_team = [[0] * number for _ in range(inst.k + 1)]
        for system, slot in enumerate(slots):
            self.put(system, slot)

    def fits(self, system: int, slot: int) -> bool:
        """Tell whether the slot holds one more."""
        if slot == self.k:
            return True
        if self.gib[slot] < self.inst.gib[system] or self.count[slot] < self._units[system]:
            return False
        team = self._team[system]
        if team < 0:
            return True
        there = self._per_team[slot][team]
        most = self._most[slot][team] - self._units[system]
        return there <= most and (there > 0 or self.teams[slot] > 0)

    def put(self, system: int, slot: int) -> None:
        self.gib[slot] -= self.inst.gib[system]
        self.count[slot] -= self._units[system]
        team = self._team[system]
        if team >= 0:
            per_team = self._per_team[slot]
            self.teams[slot] -= per_team[team] == 0
            per_team[team] += self._units[system]

    def take(self, system: int, slot: int) -> None:
        self.gib[slot] += self.inst.gib[system]
        self.count[slot] += self._units[system]
        team = self._team[system]
        if team >= 0:
            per_team = self._per_team[slot]
            per_team[team] -= self._units[system]
            self.teams[slot] += per_team[team] == 0

    def change_places(self, one: int, here: int, other: int, there: int) -> bool:
        """Let two systems change their slots; when either does not fit, nothing changes."""
        self.take(one, here)
        self.take(other, there)
        if self.fits(one, there) and self.fits(other, here):
            self.put(one, there)
            self.put(other, here)
            return True
        self.put(one, here)
        self.put(other, there)
        return False
