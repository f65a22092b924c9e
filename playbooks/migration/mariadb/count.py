"""Rows of several tables, added up."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from playbooks.migration.mariadb.catalogue import Table
from playbooks.migration.steps import Pulse


def in_rows(pulse: Pulse, tables: Sequence[Table]) -> Pulse:
    """Give a pulse whose limit is told in rows instead of bytes, by the size of the mean row."""
    rows = sum(each.rows for each in tables)
    if pulse.limit is None or not rows:
        return pulse
    mean = max(1.0, sum(each.rows * each.row_bytes for each in tables) / rows)
    return dataclasses.replace(pulse, limit=pulse.limit / mean)


class Count:
    """Adds up rows and tells the pulse."""

    def __init__(self, pulse: Pulse, total: int | None) -> None:
        self._pulse, self._total = pulse, total
        self.done = 0

    @property
    def add(self) -> Callable[[int], None]:
        return self._add

    def _add(self, rows: int) -> None:
        self.done += rows
        self._pulse.beat(self.done, None if self._total is None else max(self._total, self.done))
