"""What a dossier is made from: the system, how its controls stand, and what is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from policies.finding import Finding, Verdict
from sen.assessment.run import Run
from sen.assessment.seen import Seen
from sen.assessment.state import State
from sen.assessment.weight import Moment, Status
from sen.reports.system import Subject
from sen.reports.typography import Pen
from stacks.models.facts import SystemFacts
from stacks.models.level import Proposal


@dataclass(frozen=True)
class Waived:
    """A waiver as a report shows it."""

    id: str
    rule: str
    object: str
    reason: str
    owner: str
    approver: str
    ends: date


@dataclass(frozen=True)
class Possession:
    """How many objects of a kind the system has on the platform."""

    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Material:
    """All that a dossier says, before any words.

    Attributes:
        proposal: The level that the facts lead to; `facts_given` says whose facts.
        rules: Ids of the rules that realise a control, by control.
        inventory: What runs; None without a platform.
    """

    subject: Subject
    moment: Moment
    states: tuple[State, ...]
    proposal: Proposal
    facts: SystemFacts
    facts_given: bool = False
    runs: tuple[Run, ...] = ()
    rules: Mapping[str, Sequence[str]] = field(default_factory=dict)
    waivers: tuple[Waived, ...] = ()
    inventory: tuple[Possession, ...] | None = None
    operator: str = ""

    @property
    def level(self) -> int:
        return self.moment.level

    @cached_property
    def tally(self) -> Counter[Status]:
        return Counter(each.status for each in self.states)

    @cached_property
    def evidence(self) -> dict[tuple[str, str, str], tuple[str, Seen]]:
        """Give each deciding finding with its number, `A-001`, in the order of the controls."""
        found: dict[tuple[str, str, str], tuple[str, Seen]] = {}
        for each in self.states:
            if each.deciding is not None:
                number = f"A-{len(found) + 1:03}"
                found.setdefault(key_of(each.deciding), (number, each.deciding))
        return found

    def reference(self, state: State) -> str:
        """Give the number of the finding that decides a state; none, if nothing was seen."""
        return self.evidence[key_of(state.deciding)][0] if state.deciding is not None else ""

    @cached_property
    def failures(self) -> tuple[tuple[Finding, Run], ...]:
        """Give what fails, once each, by rule and object."""
        failing = {
            key_of(seen): (seen.finding, seen.run)
            for each in self.states
            for status, seen in each.seen
            if status is Status.FAIL and seen.finding.verdict in {Verdict.FAIL, Verdict.WAIVED}
        }
        return tuple(failing[key] for key in sorted(failing))


def key_of(seen: Seen) -> tuple[str, str, str]:
    return seen.finding.rule, seen.finding.object, seen.run.id


def named(pen: Pen, status: Status) -> str:
    return pen(f"status-{status.value}")
