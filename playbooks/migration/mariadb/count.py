"""Rows of several tables, added up."""

from __future__ import annotations

from collections.abc import Callable

from playbooks.migration.steps import Pulse


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
