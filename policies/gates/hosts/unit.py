"""Services and timers of systemd: what runs, and what starts with the host."""

from __future__ import annotations

from collections.abc import Iterable

from policies.gates.hosts.host import Host, UnreadableError


def states(host: Host) -> dict[str, str]:
    """Give `active running`, `inactive dead`, ... by unit.

    Raises:
        UnreadableError: systemd did not answer.
    """
    lines = host.lines("units")
    if not lines:
        raise UnreadableError("units: systemd did not answer")
    return {name: state for name, _, state in (line.partition(" ") for line in lines)}


def starts(host: Host) -> dict[str, str]:
    """Give `enabled`, `disabled`, `masked`, ... by unit file."""
    lines = host.lines("unit_files")
    if not lines:
        raise UnreadableError("unit_files: systemd did not answer")
    return {name: state for name, _, state in (line.partition(" ") for line in lines)}


def running(host: Host, names: Iterable[str]) -> list[str]:
    """Give those of the units that are active."""
    known = states(host)
    return [name for name in names if known.get(name, "").startswith("active")]


def enabled(host: Host, names: Iterable[str]) -> list[str]:
    """Give those of the units that start with the host."""
    known = starts(host)
    return [name for name in names if known.get(name, "").startswith("enabled")]
