"""Writes a wave's report in one language: its words, durations, names of steps and checks."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from sen.reports.typography import Pen
from stacks.wording import sentences

MINUTE, HOUR = 60, 3600
# From here on nobody wants tenths of a second.
COARSE_SECONDS = 10


class WavePen(Pen):
    """Writes the report's own words."""

    package: ClassVar[str] = "sen.migration.report"

    def span(self, ms: int | None) -> str:
        """Write a duration: 0,04 giây; 2,5 giây; 12 s; 3 min 20 s."""
        if ms is None:
            return "–"
        seconds = ms / 1000
        if seconds < 1:
            return self("seconds", number=self.number(round(seconds, 2)))
        if seconds < COARSE_SECONDS:
            return self("seconds", number=self.number(round(seconds, 1)))
        if seconds < MINUTE:
            return self("seconds", number=self.number(round(seconds)))
        whole = round(seconds)
        if whole < HOUR:
            return self("minutes", minutes=whole // MINUTE, seconds=whole % MINUTE)
        return self("hours", hours=whole // HOUR, minutes=whole % HOUR // MINUTE)

    def exact(self, moment: dt.datetime) -> str:
        """Write a time to the second: a switch may take less than a minute."""
        return f"{self.moment(moment)}:{moment:%S}"

    def step(self, name: str) -> str:
        """Name a step; one that has no words of its own keeps the journal's name."""
        part, _, own = name.rpartition(": ")
        said = self._or(f"step-{own.replace(' ', '-')}", own)
        return f"{part}: {said}" if part else said

    def check(self, name: str) -> str:
        """Name a comparison likewise."""
        if name.startswith("rows of "):
            return self("check-rows", of=name.removeprefix("rows of "))
        return self._or(f"check-{name.replace(' ', '-')}", name)

    def kind(self, group: str, name: str) -> str:
        """Name one of a group: `what-missing`, `doubt-text`."""
        return self._or(f"{group}-{name}", name)

    def _or(self, key: str, name: str) -> str:
        return self(key) if key in sentences(self.package) else name
