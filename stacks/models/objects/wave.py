"""A migration wave as an object: what moves in which window, and what stays open until then."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.models.base import DnsLabel, Model, Text, Whole
from stacks.models.objects.kind import ENDS_AFTER_START, Rule
from stacks.models.objects.status import Status

FRESH = dt.timedelta(minutes=2)
SystemId = Annotated[str, Field(min_length=1, max_length=253)]


class Strength(StrEnum):
    STRONG = "strong"
    WEAK = "weak"


class WaveSystem(Model):
    """A system of the wave."""

    id: SystemId
    tenant: DnsLabel | None = Field(default=None, description="Full name of where it goes.")
    reason: Annotated[str, Field(max_length=2000)] = Field(
        default="", description="Why it stands in this wave."
    )


class WaveBridge(Model):
    """A flow over the line that stays open until this wave has moved."""

    source: SystemId
    target: SystemId
    kind: Strength
    why: Annotated[str, Field(max_length=500)] = ""


class WaveSpec(Model):
    """Systems that move in one window."""

    plan: DnsLabel = Field(description="Name of the plan that the wave is of.")
    window: Annotated[str, Field(min_length=1, max_length=253)]
    starts: dt.datetime
    ends: dt.datetime
    systems: Annotated[tuple[WaveSystem, ...], Field(min_length=1, max_length=1000)]
    bridges: Annotated[tuple[WaveBridge, ...], Field(max_length=10000)] = ()
    note: Text | None = None


class WavePhase(StrEnum):
    """Where a wave stands, in one word; the conditions say why."""

    PLANNED = "Planned"
    REHEARSED = "Rehearsed"
    MOVING = "Moving"
    HELD = "Held"
    ROLLED_BACK = "RolledBack"
    FINISHED = "Finished"
    FAILED = "Failed"


CONDITIONS = ("Rehearsed", "Approved", "CutOver", "Verified", "RolledBack", "Finished")


class WaveRun(Model):
    """A command that moves the wave; it renews `seen`, and two minutes without it is no more."""

    id: str
    command: str
    by: str = Field(description="Who gave it, as the API server knows them.")
    machine: str
    place: str = Field(description="Of the journals; who shares them is kept out by their locks.")
    since: dt.datetime
    seen: dt.datetime = Field(description="By the clock of the API server.")

    def silent(self, now: dt.datetime) -> int | None:
        """Give for how many minutes nothing was heard of it; None while it counts as running."""
        since = now - self.seen
        return None if since < FRESH else int(since.total_seconds() // 60)


class WaveStatus(Status):
    """How a wave is."""

    phase: WavePhase | None = None
    moved: Whole | None = Field(default=None, description="Systems that have moved.")
    run: WaveRun | None = Field(default=None, description="The command that moves it now.")


RULES = (
    Rule(
        "self.plan == oldSelf.plan && self.window == oldSelf.window",
        "plan và window là định danh, không đổi được / plan and window are identity",
    ),
    ENDS_AFTER_START,
)
