"""What is told of a wave: who agreed, what was rehearsed, what each step did, what was proven."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sen.migration.finding import HostLevel, Span, Text, Trust, Verification, Wiped


class Result(StrEnum):
    """How a step ended."""

    DONE = "done"
    FAILED = "failed"
    CLOSED = "closed"
    INTERRUPTED = "interrupted"
    UNDONE = "undone"


class Standing(StrEnum):
    """Where a system stands."""

    PLANNED = "planned"
    REHEARSED = "rehearsed"
    FILLED = "filled"
    SWITCHING = "switching"
    TAKEN_BACK = "taken-back"
    HELD = "held"
    RETURNING = "returning"
    ROLLED_BACK = "rolled-back"
    FINISHED = "finished"


@dataclass(frozen=True)
class Agreement:
    """A person's word, by a document; and when it was taken back."""

    person: str
    document: str
    at: dt.datetime
    sequence: int
    withdrawn: dt.datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Trial:
    """A rehearsal of a system under this order.

    Attributes:
        tenant: How the tenant's side fared, as it was recorded; empty where it was not tried.
    """

    at: dt.datetime
    by: str
    passed: bool
    downtime_ms: int
    sequence: int
    tenant: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Doing:
    """One time that a step was begun, or kept from beginning, or taken back.

    Attributes:
        ms: How long it took; None where it did not end.
        expected_ms: How long it took when it was rehearsed.
    """

    step: str
    result: Result
    at: dt.datetime
    ms: int | None
    expected_ms: int | None
    data: Mapping[str, object]


@dataclass(frozen=True)
class Phase:
    """A run of one series of steps: `fill`, `cut over`, `roll back`, `finish`.

    Attributes:
        waited_ms: How long people were kept out; None where they were not, or still are.
    """

    name: str
    begun: dt.datetime
    ended: dt.datetime
    doings: tuple[Doing, ...]
    waited_ms: int | None = None

    def did(self, step: str) -> bool:
        """Say whether a step was done and stands."""
        results = [each.result for each in self.doings if each.step == step]
        return bool(results) and results[-1] is Result.DONE

    @property
    def undone(self) -> bool:
        return any(each.result is Result.UNDONE for each in self.doings)


@dataclass(frozen=True)
class SystemAccount:
    """One system of the wave.

    Attributes:
        predicted_ms: Least and most downtime to expect, from rehearsals before the last switch.
        downtime_ms: Of the last switch that let people in.
        unproven: Entries of the journals that the chain does not have.
        backups: How many the order demands to be fresh, and restored at each rehearsal.
    """

    system: str
    tenant: str
    standing: Standing
    trials: tuple[Trial, ...]
    predicted_ms: tuple[int, int] | None
    downtime_ms: int | None
    phases: tuple[Phase, ...]
    verifications: tuple[Verification, ...]
    smoke: tuple[Verification, ...]
    texts: tuple[Text, ...]
    opened: dt.datetime | None
    hold_until: dt.datetime | None
    finished: dt.datetime | None
    unproven: int
    wiped: tuple[Wiped, ...] = ()
    backups: int = 0

    def of(self, name: str) -> tuple[Phase, ...]:
        return tuple(each for each in self.phases if each.name == name)

    @property
    def proof(self) -> Verification | None:
        """Give the last comparison of both ends."""
        return self.verifications[-1] if self.verifications else None


@dataclass(frozen=True)
class WaveAccount:
    """All that is told of a wave.

    Attributes:
        order: SHA-256 of what was agreed to.
        earlier: Agreements to another order of this wave, which do not count.
    """

    wave: str
    order: str
    start: dt.datetime
    end: dt.datetime
    hold_days: int
    approvals: int
    at: dt.datetime
    agreements: tuple[Agreement, ...]
    earlier: int
    systems: tuple[SystemAccount, ...]
    hosts: tuple[HostLevel, ...]
    spans: tuple[Span, ...]
    trust: Trust
