"""What decides between plans of equal cost: the earlier plan, then tests first, then early."""

from __future__ import annotations

from collections.abc import Mapping

from playbooks.migration.waves.graph import Id, System
from playbooks.migration.waves.instance import Instance

_TRIED, _NEARLY, _LIVE = 0, 1, 2
# Short forms that inventories use; what is in no list is taken as production.
_TESTS = (
    "test",
    "testing",
    "training",
    "development",
    "dev",
    "qa",
    "sit",
    "uat",
    "demo",
    "sandbox",
)
_STAGING = ("staging", "stage", "preprod", "pre-prod", "pre-production", "preproduction")
STAGES: Mapping[str, int] = dict.fromkeys(_TESTS, _TRIED) | dict.fromkeys(_STAGING, _NEARLY)
_HIGHEST_LEVEL = 5
_MOVED = 1_000_000

Wishes = tuple[tuple[int, ...], ...]


def hurry(system: System) -> int:
    """Give how much a system wants to be early: by stage, then by level, the lower the earlier."""
    stage = STAGES.get(system.stage.strip().lower(), _LIVE)
    level = min(system.level, _HIGHEST_LEVEL)
    return 1 + (_LIVE - stage) * (_HIGHEST_LEVEL + 1) + _HIGHEST_LEVEL - level


def wishes(inst: Instance, previous: Mapping[Id, Id]) -> Wishes:
    """Give of each system and slot what it is worth to avoid it.

    `previous` maps systems to their windows in the earlier plan; to change one counts more than
    any order.
    """
    found = []
    for system in inst.systems:
        weight, before = hurry(system), previous.get(system.id)
        row = [
            weight * slot + (_MOVED if before is not None and before != window.id else 0)
            for slot, window in enumerate(inst.windows)
        ]
        found.append((*row, _MOVED * 2))
    return tuple(found)


def previous_slots(inst: Instance, previous: Mapping[Id, Id]) -> list[int]:
    """Give the earlier plan as slots; what it does not know or cannot keep is unplaced."""
    where = {window.id: slot for slot, window in enumerate(inst.windows)}
    return [where.get(previous.get(each.id, ""), inst.k) for each in inst.systems]
