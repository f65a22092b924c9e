"""One report for every gate: what was looked at, by which rules, and what has to be read."""

from __future__ import annotations

import getpass
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Protocol

from policies.finding import Finding, Gate, Verdict
from policies.gates.look import Look
from policies.rule import Severity
from policies.text import Text
from sen.assessment.run import Run, new_id
from stacks.problem import Language, Problem


class Named(Protocol):
    """What reports say of a rule, whether it is about objects or about hosts."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> Text: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def controls(self) -> tuple[str, ...]: ...
    @property
    def message(self) -> Text: ...
    @property
    def remedy(self) -> Text: ...


@dataclass(frozen=True)
class Report:
    """What one check found.

    Attributes:
        scope: What was looked at, in words: `files web.yaml`, `cluster`, `namespace x`.
        objects: How many objects were looked at; not every one has a rule about it.
        told: Findings that a person has to read, and those that a waiver silenced.
        every: Gives all findings, passes too.
        others: Objects that no rule is about, by kind.
        absent: Kinds that the cluster does not have.
        problems: Input that could not be read.
    """

    gate: Gate
    scope: str
    at: datetime
    rules: tuple[Named, ...] = field(repr=False)
    objects: int
    told: tuple[Finding, ...] = field(repr=False)
    every: Callable[[], Iterable[Finding]] = field(repr=False)
    verdicts: Mapping[Verdict, int]
    others: Mapping[str, int] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Named]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def run(self) -> Run:
        """Give the run, as claims of compliance point to it."""
        now = datetime.now(UTC)
        return Run(
            id=new_id(self.gate, now),
            gate=self.gate,
            started=min(self.at, now),
            ended=now,
            by=_who(),
            scope=self.scope,
            command=f"sen check {self.scope}",
            objects=self.objects,
            rules=len(self.rules),
        )

    def severity(self, finding: Finding) -> Severity | None:
        """Give the severity of a finding's rule; what is told about no rule has none."""
        rule = self.by_id.get(finding.rule)
        return rule.severity if rule else None

    @property
    def counts(self) -> dict[str, int]:
        """Give the number of findings by verdict, in the order of the verdicts."""
        return {each.value: self.verdicts.get(each, 0) for each in Verdict}

    def header(self, language: Language) -> dict[str, Any]:
        """Say what was looked at: a check that saw nothing must not look like one that passed."""
        return {
            "gate": self.gate.value,
            "scope": self.scope,
            "at": self.at.isoformat(),
            "looked_at": self.objects,
            "without_rule": dict(sorted(self.others.items())),
            "not_installed": list(self.absent),
            "rules": len(self.rules),
            "verdicts": self.counts,
            "problems": [{"key": each.key, "text": each.text(language)} for each in self.problems],
        }


def of_look(look: Look, scope: str, at: datetime) -> Report:
    """Make a report of a look at objects."""
    return Report(
        gate=look.gate,
        scope=scope,
        at=at,
        rules=look.rules,
        objects=look.objects,
        told=tuple(look.told),
        every=look.findings,
        verdicts=look.verdicts,
        others=look.others,
        absent=look.absent,
        problems=look.problems,
    )


def of_findings(
    gate: Gate,
    scope: str,
    at: datetime,
    rules: Iterable[Named],
    objects: int,
    findings: Iterable[Finding],
) -> Report:
    """Make a report of findings that are all there."""
    found = tuple(findings)
    quiet = {Verdict.PASS, Verdict.NOT_APPLICABLE}
    return Report(
        gate=gate,
        scope=scope,
        at=at,
        rules=tuple(rules),
        objects=objects,
        told=tuple(each for each in found if each.verdict not in quiet),
        every=lambda: found,
        verdicts=Counter(each.verdict for each in found),
    )


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def said(text: Text, language: Language) -> str:
    return text.vi if language is Language.VI else text.en


def place_of(finding: Finding) -> str:
    """Give `file#document` of a finding that has one."""
    place = finding.place
    return f"{place.file}#{place.document}" if place else ""
