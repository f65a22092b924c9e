"""One run of a gate: who looked at what, when, with how many rules."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from policies.finding import Gate

RUN_ID = re.compile(r"^[a-z0-9][a-z0-9-]{2,79}$")


@dataclass(frozen=True)
class Run:
    """What a claim of compliance points to.

    Attributes:
        by: Who ran it: a person, a service account.
        scope: What it looked at, in full: `cluster`, `namespace x`, `agency H26`, a folder. A newer
            run of the same gate and scope replaces the older: what it no longer finds is gone.
        command: The command as typed, without secrets.
        objects: How many objects were looked at.
        rules: How many rules were asked.
    """

    id: str
    gate: Gate
    started: datetime
    ended: datetime
    by: str
    scope: str
    command: str
    objects: int
    rules: int

    def record(self) -> dict[str, Any]:
        times = {"started": self.started.isoformat(), "ended": self.ended.isoformat()}
        return {**asdict(self), **times, "gate": self.gate.value}


def new_id(gate: Gate, started: datetime) -> str:
    """Give an id that sorts by time and that no other run has."""
    return f"{started:%Y%m%dt%H%M%Sz}-{gate.value}-{uuid.uuid4().hex[:8]}"


def run_from(record: Mapping[str, Any]) -> Run:
    """Read what `Run.record` wrote.

    Raises:
        KeyError, ValueError, TypeError: It is no record of a run.
    """
    given = dict(record)
    for key in ("started", "ended"):
        given[key] = moment(given[key])
    given["gate"] = Gate(given["gate"])
    return Run(**given)


def moment(text: str) -> datetime:
    """Read a moment; one without a time zone is none."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return found
