"""How fast a system's disks fill, from what was used at each visit."""

from __future__ import annotations

from collections.abc import Iterable

from playbooks.migration.discover.model import Host

LEAST_DAYS, MONTH_DAYS = 7.0, 30.0
_GIB = 1 << 20  # in KiB
_SECONDS_OF_A_DAY = 86_400.0


def growth(hosts: Iterable[Host]) -> float | None:
    """Give GiB a month; None where no host was looked at over a week. What shrinks counts as 0."""
    found = [each for each in map(_of, hosts) if each is not None]
    return round(max(0.0, sum(found)), 1) if found else None


def _of(host: Host) -> float | None:
    seen = [(each.at, each.disk_kib) for each in host.loads if each.disk_kib]
    if not seen:
        return None
    (first, before), (last, now) = min(seen), max(seen)
    days = (last - first).total_seconds() / _SECONDS_OF_A_DAY
    return None if days < LEAST_DAYS else (now - before) / _GIB / days * MONTH_DAYS
