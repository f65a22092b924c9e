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
    LIVE = "live"
    FILES = "files"
    HOST = "host"
    CLOUD = "cloud"


@dataclass(frozen=True)
class Target:
    """What was looked at.

    Attributes:
        kind: Group and kind without the version (`apps/Deployment`, `/Pod`), or `host`.
        agency: Code of the agency whose system it belongs to, where that is known.
        system: Name of the system.
        owners: Kind and name of what controls it, and of what controls that, nearest first.
    """

    kind: str
    name: str
    namespace: str = ""
    agency: str = ""
    system: str = ""
    owners: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        place = "/".join(part for part in (self.namespace, self.name) if part)
        return f"{self.kind.rpartition('/')[2]} {place}".strip()

    def record(self) -> dict[str, str]:
        return {
            "kind": self.kind,
            "name": self.name,
            "namespace": self.namespace,
            "agency": self.agency,
            "system": self.system,
        }


@dataclass(frozen=True)
class Place:
    """Where an object stands: a file, and the number of the document in it, from 0."""

    file: str
    document: int = 0


@dataclass(frozen=True)
class Finding:
    """One verdict. No field quotes a value of the object, which may be secret.

    Attributes:
        action: What the rule asks at the object's level: deny, warn or off.
        unknown: Paths whose values were not known and decide the verdict.
        place: Where the object was read, if from a file.
        waiver: Id of the waiver that was used.
        evidence: The line that shows it, on a host; never a secret.
    """

    rule: str
    controls: tuple[str, ...]
    target: Target
    verdict: Verdict
    action: Action
    message: Text
    remedy: Text
    gate: Gate
    seen_at: datetime
    level: int
    unknown: tuple[str, ...] = field(default=())
    place: Place | None = None
    waiver: str = ""
    evidence: str = ""

    @property
    def object(self) -> str:
        """Give kind, namespace and name."""
        return str(self.target)

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
            "target": self.target.record(),
            "level": self.level,
            "verdict": self.verdict,
            "action": self.action,
            "message": {"vi": self.message.vi, "en": self.message.en},
            "remedy": {"vi": self.remedy.vi, "en": self.remedy.en},
            "unknown": list(self.unknown),
            "gate": self.gate,
            "seen_at": self.seen_at.isoformat(),
            **(
                {"place": {"file": self.place.file, "document": self.place.document}}
                if self.place
                else {}
            ),
            **({"waiver": self.waiver} if self.waiver else {}),
            **({"evidence": self.evidence} if self.evidence else {}),
        }
