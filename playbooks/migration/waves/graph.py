"""What a wave plan is made from: systems, the edges between them, windows, freezes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

Id = str | int


class Kind(StrEnum):
    """How two systems depend on each other: by shared state or latency, or by batch."""

    STRONG = "strong"
    WEAK = "weak"


COST: Mapping[Kind, int] = {Kind.STRONG: 10, Kind.WEAK: 1}


@dataclass(frozen=True, slots=True)
class System:
    """A system that is to move.

    Attributes:
        gib: What it brings over the line, exact.
        team: Who moves it; none asks no team.
        before: Systems that move in a window that starts later than this one's.
        not_with: Systems that never share its window.
    """

    id: Id
    gib: Fraction
    agency: str = ""
    level: int = 0
    team: str | None = None
    stage: str = ""
    strategy: str = ""
    before: tuple[Id, ...] = ()
    not_with: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency; its direction says who calls whom, the cost of a cut is the same."""

    source: Id
    target: Id
    kind: Kind
    why: str = ""
    calls_per_day: float = 0


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant until just before another."""

    start: dt.datetime
    end: dt.datetime

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which systems may move.

    Attributes:
        gib: What fits through the line; none is no limit.
        systems: How many systems; none is no limit.
        teams: How many different teams work at once; none is no limit.
        team_systems: Systems a team; a team that is not named is not there. None: every team is.
    """

    id: Id
    span: Span
    gib: Fraction | None = None
    systems: int | None = None
    teams: int | None = None
    team_systems: Mapping[str, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything that a plan is asked for; ids are whole and unique, orders have no cycle."""

    systems: tuple[System, ...]
    edges: tuple[Edge, ...]
    windows: tuple[Window, ...]
    freezes: tuple[Span, ...] = ()
