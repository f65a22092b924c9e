"""What a gate found out: one rule, one object, one verdict, with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from policies.rule import Action
from policies.text import Text


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    WAIVED = "waived"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not-applicable"
    NOT_ASSESSED = "not-assessed"


class Gate(StrEnum):
    PLAN = "plan"
    ADMISSION = "admission"


@dataclass(frozen=True)
class Finding:
    """One verdict. No field quotes a value of the object, which may be secret.

    Attributes:
        object: Kind, namespace and name.
        action: What the rule asks at the object's level: deny, warn or off.
        unknown: Paths whose values were not known and decide the verdict.
    """

    rule: str
    controls: tuple[str, ...]
    object: str
    verdict: Verdict
    action: Action
    message: Text
    remedy: Text
    gate: Gate
    seen_at: datetime
    level: int
    unknown: tuple[str, ...] = field(default=())

    @property
    def blocks(self) -> bool:
        """Say whether this stops the change.

        What waits for the update to be known does not; what could not be computed at all does, as
        it does at admission.
        """
        broken = self.verdict is Verdict.FAIL
        unreadable = self.verdict is Verdict.UNDETERMINED and not self.unknown
        return self.action is Action.DENY and (broken or unreadable)

    @property
    def reportable(self) -> bool:
        """Say whether a person has to read this."""
        return self.verdict in {Verdict.FAIL, Verdict.UNDETERMINED, Verdict.NOT_ASSESSED}

    def line(self) -> str:
        """Say it in one line, in both languages."""
        waits = f" ({', '.join(self.unknown)})" if self.unknown else ""
        return (
            f"[{self.rule}] {self.object}: {self.message}{waits}. "
            f"Khắc phục / Remedy: {self.remedy} ({', '.join(self.controls)})"
        )

    def record(self) -> dict[str, Any]:
        """Give the finding as JSON data."""
        return {
            "rule": self.rule,
            "controls": list(self.controls),
            "object": self.object,
            "level": self.level,
            "verdict": self.verdict,
            "action": self.action,
            "message": self.message.model_dump(),
            "remedy": self.remedy.model_dump(),
            "unknown": list(self.unknown),
            "gate": self.gate,
            "seen_at": self.seen_at.isoformat(),
        }
