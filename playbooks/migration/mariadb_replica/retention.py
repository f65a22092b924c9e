"""Whether the old server keeps its binary logs as long as a copy needs them, by a wide margin."""

from __future__ import annotations

from collections.abc import Mapping

from playbooks.migration.mariadb_replica.ends import Ends
from playbooks.migration.postgres.inspect import Concern
from stacks.problem import Problem

SIZE = """
  select coalesce(sum(DATA_LENGTH + INDEX_LENGTH), 0) from information_schema.TABLES
  where TABLE_SCHEMA in %s
"""
# Measured: rows, indexes and the target's own log, by one connection (handbook, phase 6).
BYTES_A_SECOND = 13_000_000
MARGIN = 3
_DAY, _HOUR = 86_400, 3_600
# Servers before 10.6 know only the first; those after it keep both alike.
_KEPT = """
  show global variables where Variable_name in ('expire_logs_days', 'binlog_expire_logs_seconds')
"""


def size_of(ends: Ends) -> int:
    """Give the bytes of data and indexes on the source, as its server estimates them."""
    return int(ends.source.value(SIZE, ends.databases))


def too_short(ends: Ends, size: int) -> list[Concern]:
    """Note where logs may be gone before so many bytes are copied; it blocks nothing."""
    source = ends.source
    said = {str(name).lower(): value for name, value in source.with_database("").ask(_KEPT)}
    kept, needed = kept_seconds(said), MARGIN * copy_seconds(size)
    if kept is None or kept >= needed:
        return []
    values = {"kept": hours(kept), "copy": hours(needed / MARGIN), "needed": hours(needed)}
    return [Concern(Problem("replica-log-short", str(source), values), blocks=False)]


def kept_seconds(said: Mapping[str, object]) -> float | None:
    """Give how long logs are kept, from the server's settings; None where for ever."""
    seconds = float(str(said.get("binlog_expire_logs_seconds") or 0))
    days = float(str(said.get("expire_logs_days") or 0))
    return seconds or days * _DAY or None


def copy_seconds(size: int) -> float:
    """Give how long a copy of so many bytes of data and indexes takes."""
    return size / BYTES_A_SECOND


def hours(seconds: float) -> str:
    return f"{seconds / _HOUR:.1f}"
