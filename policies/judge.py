"""Puts rules and objects together: which rules look at an object, and what they find."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from policies import words
from policies.day import today
from policies.engine import Bound, Engine, Prepared
from policies.finding import Finding, Gate, Target, Verdict
from policies.kind import group_and_name, split
from policies.rule import Action, Rule, load_rules
from policies.subject import Subject, has_unknown, spelled, unknown_paths, with_only

_REASONS = {
    "unknown": "policy-unknown-value",
    "outside": "policy-outside-plan",
    "unreadable": "policy-unreadable",
}


@dataclass(frozen=True)
class Outcome:
    verdict: Verdict
    unknown: tuple[str, ...] = ()
    reason: str = ""


PASS = Outcome(Verdict.PASS)
FAIL = Outcome(Verdict.FAIL)


@dataclass(frozen=True)
class Seen:
    """What all findings about one object share."""

    target: Target
    level: int
    gate: Gate
    at: datetime


class Judge:
    """A set of rules, ready to look at any number of objects.

    Args:
        rules: The rules.
        day: Says what day it is: a rule in transition hangs on it.
    """

    def __init__(self, rules: Sequence[Rule], day: Callable[[], date] = today) -> None:
        self.rules = tuple(rules)
        self._day = day
        self._engine = Engine(rules)
        self._by_kind: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            for group, version, name in map(split, rule.kinds):
                self._by_kind[group_and_name(f"{group}/{version}", name)].append(rule)

    def rules_for(self, subject: Subject) -> Sequence[Rule]:
        """Give the rules about the object's kind, whatever the version."""
        return self._by_kind.get(subject.kind, ())

    def findings(
        self, subject: Subject, gate: Gate, rules: Iterable[Rule] | None = None
    ) -> tuple[Finding, ...]:
        """Judge one object by the rules about its kind, or by some of them."""
        wanted = self.rules_for(subject) if rules is None else rules
        seen = Seen(subject.target, subject.level, gate, datetime.now(UTC))
        prepared, day = self._prepared(subject, None), self._day()
        return tuple(
            _finding(rule, self._outcome(rule, subject, prepared), action(rule, subject, day), seen)
            for rule in wanted
        )

    def _prepared(self, subject: Subject, params: Mapping[str, Any] | None) -> Prepared:
        others = list(subject.others or ())
        careful = any(has_unknown(each) for each in (subject.thing, params, others))
        bound = Bound(subject.thing, subject.level, params, others)
        return self._engine.prepare(bound, careful=careful)

    def _outcome(self, rule: Rule, subject: Subject, prepared: Prepared) -> Outcome:
        if subject.excluded or rule.action(subject.level) is Action.OFF:
            return Outcome(Verdict.NOT_APPLICABLE)
        if rule.among:
            if subject.others is None:
                return Outcome(Verdict.UNDETERMINED, rule.among, "outside")
            return self._verdict(rule, subject, self._prepared(subject, None), None)
        if rule.context is None:
            return self._verdict(rule, subject, prepared, None)
        if subject.context is None:
            return Outcome(Verdict.UNDETERMINED, (rule.context,), "outside")
        # As the API server does it: one after the other, all of them, and none is one too few.
        outcomes = [
            self._verdict(rule, subject, self._prepared(subject, each), each)
            for each in subject.context
        ]
        broken = (each for each in outcomes if each.verdict is not Verdict.PASS)
        return next(broken, PASS) if outcomes else FAIL

    def _verdict(
        self, rule: Rule, subject: Subject, prepared: Prepared, params: Mapping[str, Any] | None
    ) -> Outcome:
        holds = self._engine.holds(rule, prepared)
        if holds is not None:
            return PASS if holds else FAIL
        unknown = self._decisive(rule, subject, params)
        return Outcome(Verdict.UNDETERMINED, unknown, "unknown" if unknown else "unreadable")

    def _decisive(
        self, rule: Rule, subject: Subject, params: Mapping[str, Any] | None
    ) -> tuple[str, ...]:
        """Give the unknown paths that alone keep the verdict open; all, if it takes several."""
        seen = {"object": subject.thing, "params": params, "others": list(subject.others or ())}
        paths = list(unknown_paths(seen))
        alone = []
        for path in paths:
            one: Any = with_only(seen, path)
            bound = Bound(one["object"], subject.level, one["params"], one["others"])
            prepared = self._engine.prepare(bound, careful=True)
            if self._engine.holds(rule, prepared) is None:
                alone.append(path)
        return tuple(spelled(path[1:]) for path in alone or paths)


@cache
def judge() -> Judge:
    """Give the project's own rules, compiled once a process."""
    return Judge(load_rules())


def action(rule: Rule, subject: Subject, day: date) -> Action:
    """Give what a rule asks of an object: a new rule only warns in an old namespace, until its day.

    A namespace of unknown age counts as new.
    """
    asked, time = rule.action(subject.level), rule.transition
    if asked is not Action.DENY or time is None or subject.home_made is None:
        return asked
    return Action.WARN if subject.home_made < time.since and day < time.deny_from else asked


def _finding(rule: Rule, outcome: Outcome, asked: Action, seen: Seen) -> Finding:
    reason = _REASONS.get(outcome.reason)
    return Finding(
        rule=rule.id,
        controls=rule.controls,
        target=seen.target,
        verdict=outcome.verdict,
        action=asked,
        message=words.message(reason) if reason else rule.message,
        remedy=words.remedy(reason) if reason else rule.remedy,
        gate=seen.gate,
        seen_at=seen.at,
        level=seen.level,
        unknown=outcome.unknown,
    )
