"""Services and timers of systemd: what runs, and what starts with the host."""

from __future__ import annotations

from collections.abc import Iterable

from policies.gates.hosts.host import Host, UnreadableError

KINDS = (".service", ".socket", ".timer")


def states(host: Host) -> dict[str, str]:
    """Give `active running`, `inactive dead`, ... by unit.

    Raises:
        UnreadableError: systemd did not answer.
    """
    return _pairs(host, "units")


def starts(host: Host) -> dict[str, str]:
    """Give `enabled`, `disabled`, `masked`, ... by unit file."""
    return _pairs(host, "unit_files")


def _pairs(host: Host, fact: str) -> dict[str, str]:
    pairs = (line.partition(" ") for line in host.lines(fact))
    found = {name: state for name, _, state in pairs if name.endswith(KINDS)}
    if not found:
        raise UnreadableError(f"{fact}: systemd did not answer")
    return found


def running(host: Host, names: Iterable[str]) -> list[str]:
    """Give those of the units that are active."""
    known = states(host)
    return [name for name in names if known.get(name, "").startswith("active")]


def enabled(host: Host, names: Iterable[str]) -> list[str]:
    """Give those of the units that start with the host."""
    known = starts(host)
    return [name for name in names if known.get(name, "").startswith("enabled")]
