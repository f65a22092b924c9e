"""What a finished wave leaves to people: bridges to close, old ends to take out of inventories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from playbooks.migration.order import SystemOrder

ACT = "migration.left"


def left(systems: Iterable[SystemOrder], thing: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """Give the addresses of old ends, and the bridges of the wave's object, if it has one."""
    ends = [host for system in systems for host in _hosts(system)]
    bridges = (thing or {}).get("spec", {}).get("bridges") or ()
    return {
        "old_ends": list(dict.fromkeys(ends)),
        "bridges": [f"{each['source']} → {each['target']}" for each in bridges],
    }


def _hosts(system: SystemOrder) -> Iterator[str]:
    yield from (each.source.host for each in system.postgres)
    yield from (each.source.host for each in system.mariadb)
    yield from (each.source.host for each in system.files)
    yield from (each.source.host for each in system.web)
    yield from (each.source.host for each in system.host)
