"""A look at many objects: each is judged once, and what nobody has to read takes little room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from policies.finding import Finding, Gate, Place, Target, Verdict
from policies.gates.choice import Choice, Held
from policies.judge import Judge
from policies.rule import Rule
from policies.subject import Subject
from stacks.problem import Problem

Quiet = tuple[tuple[str, Verdict], ...]
Change = Callable[[Iterable[Finding]], Iterable[Finding]]


@dataclass(frozen=True)
class Judged:
    """One object with its verdicts.

    Attributes:
        told: The findings that a person has to read, or that a waiver silences.
        quiet: Rules that passed or do not apply.
    """

    target: Target
    level: int
    gate: Gate
    seen_at: datetime
    told: tuple[Finding, ...] = ()
    quiet: Quiet = ()
    place: Place | None = None

    def changed(self, change: Change) -> Judged:
        """Give the object with its findings put through a function: waivers."""
        return replace(self, told=tuple(change(self.told))) if self.told else self

    def findings(self, rules: Mapping[str, Rule]) -> Iterator[Finding]:
        """Give every verdict in full."""
        yield from self.told
        for name, verdict in self.quiet:
            rule = rules[name]
            yield Finding(
                rule=name,
                controls=rule.controls,
                target=self.target,
                verdict=verdict,
                action=rule.action(self.level),
                message=rule.message,
                remedy=rule.remedy,
                gate=self.gate,
                seen_at=self.seen_at,
                level=self.level,
                place=self.place,
            )


@dataclass(frozen=True)
class Look:
    """What one check saw.

    Attributes:
        judged: Every object that some rule is about.
        others: How many objects no chosen rule is about, by kind.
        apart: Findings about what could not be looked at.
        problems: Input that could not be read; what could was judged.
        absent: Kinds that rules are about and the cluster does not have.
    """

    gate: Gate
    rules: tuple[Rule, ...] = field(repr=False)
    judged: tuple[Judged, ...] = field(default=(), repr=False)
    others: Counter[str] = field(default_factory=Counter)
    apart: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def objects(self) -> int:
        return len(self.judged) + self.others.total()

    @property
    def told(self) -> Iterator[Finding]:
        """Give what a person has to read."""
        yield from self.apart
        for each in self.judged:
            yield from each.told

    def findings(self) -> Iterator[Finding]:
        """Give every verdict in full, passes too."""
        yield from self.apart
        for each in self.judged:
            yield from each.findings(self._by_id)

    @cached_property
    def verdicts(self) -> Counter[Verdict]:
        counted = Counter(finding.verdict for finding in self.told)
        for each in self.judged:
            counted.update(verdict for _, verdict in each.quiet)
        return counted

    @cached_property
    def _by_id(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    def changed(self, change: Change) -> Look:
        """Give the look with each object's findings put through a function: waivers."""
        judged = tuple(each.changed(change) for each in self.judged)
        return replace(self, judged=judged, apart=tuple(change(self.apart)))


class Bench:
    """Judges one object after the other, in their surroundings."""

    def __init__(self, choice: Choice, gate: Gate) -> None:
        self.choice = choice
        self._judge = Judge(choice.rules, choice.day)
        self.gate = gate
        self._apart: dict[str, tuple[tuple[Rule, ...], tuple[Rule, ...]]] = {}
        self._quiet: dict[Quiet, Quiet] = {}

    def judged(
        self, thing: Mapping[str, Any], around: Held, place: Place | None = None
    ) -> Judged | None:
        """Judge an object; None when no rule is about its kind."""
        subject = around.subject(thing)
        alone, among = self._rules(subject)
        if not alone and not among:
            return None
        found = list(self._judge.findings(subject, self.gate, alone))
        for rule in among:
            found += self._judge.findings(around.for_rule(rule, subject), self.gate, [rule])
        return self._written(found, subject, place)

    def _rules(self, subject: Subject) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """Give the rules that look at the object alone, and those that look around it."""
        known = self._apart.get(subject.kind)
        if known is None:
            rules = self._judge.rules_for(subject)
            around = tuple(each for each in rules if each.context or each.among)
            known = tuple(each for each in rules if each not in around), around
            self._apart[subject.kind] = known
        return known

    def _written(self, found: list[Finding], subject: Subject, place: Place | None) -> Judged:
        quiet = tuple((each.rule, each.verdict) for each in found if not each.reportable)
        told = (each for each in found if each.reportable)
        return Judged(
            target=found[0].target,
            level=subject.level,
            gate=self.gate,
            seen_at=found[0].seen_at,
            told=tuple(replace(each, place=place) for each in told) if place else tuple(told),
            quiet=self._quiet.setdefault(quiet, quiet),
            place=place,
        )
