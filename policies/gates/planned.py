"""One run of the plan gate: what it has seen so far, what has to wait until it has seen all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pulumi_policy import PolicyResource, ResourceValidationArgs

from policies import words
from policies.finding import Finding, Gate, Verdict
from policies.gates.plan import dated, objects_of, opaque
from policies.judge import Judge
from policies.kind import group_and_name, split
from policies.rule import Action, Rule
from policies.scope import scope
from policies.subject import Subject, namespaced

NAMESPACE = "/Namespace"

Things = dict[str, tuple[dict[str, Any], ...]]
Found = tuple[Finding, ...]
Around = Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]


class PlanGate:
    """Remembers what one run has shown so far: namespaces, and which rules have spoken."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._namespaces: dict[str, Mapping[str, Any]] = {}
        self._spoken: dict[str, Found] = {}

    def resource(self, args: ResourceValidationArgs) -> Found:
        """Judge one resource by every rule that needs to see no other."""
        things = objects_of(args.resource_type, args.props)
        self._remember(things)
        self._spoken[args.urn] = tuple(each for thing in things for each in self._now(thing))
        return self._spoken[args.urn]

    def spoken(self, args: ResourceValidationArgs) -> Found:
        """Give what `resource` found a moment ago."""
        return self._spoken[args.urn] if args.urn in self._spoken else self.resource(args)

    def stack(self, resources: Sequence[PolicyResource]) -> dict[str, Found]:
        """Judge what had to wait for the whole plan; give the findings by resource."""
        things = {each.urn: objects_of(each.resource_type, each.props) for each in resources}
        for each in things.values():
            self._remember(each)
        around = _by_kind_and_namespace(things)
        found = {
            urn: tuple(one for thing in each for one in self._later(urn, thing, around))
            for urn, each in things.items()
        }
        hidden = {each.urn: (_not_seen(each),) for each in resources if opaque(each.resource_type)}
        return {**found, **hidden}

    def everything(self, later: Mapping[str, Found]) -> Found:
        """Give all findings about the resources of this plan."""
        return tuple(
            one for urn, found in later.items() for one in (*self._spoken.get(urn, ()), *found)
        )

    def _remember(self, things: Iterable[Mapping[str, Any]]) -> None:
        for thing in things:
            subject = Subject(thing, scope().unknown_level)
            if subject.kind == NAMESPACE and subject.namespace:
                self._namespaces[subject.namespace] = thing

    def _now(self, thing: Mapping[str, Any]) -> Found:
        subject = self._placed(thing)
        waits = namespaced(subject.kind) and subject.namespace not in self._namespaces
        ready = [
            rule
            for rule in self._judge.rules_for(subject)
            if not rule.needs_whole_plan and not (waits and rule.depends_on_level)
        ]
        return self._judge.findings(subject, Gate.PLAN, ready)

    def _later(self, urn: str, thing: Mapping[str, Any], around: Around) -> Found:
        subject = self._placed(dated(thing))
        done = {each.rule for each in self._spoken.get(urn, ()) if each.object == subject.name}
        rules = [rule for rule in self._judge.rules_for(subject) if rule.id not in done]
        found: list[Finding] = []
        for rule in rules:
            context = self._context(rule, subject, around)
            found += self._judge.findings(replace(subject, context=context), Gate.PLAN, [rule])
        return tuple(found)

    def _placed(self, thing: Mapping[str, Any]) -> Subject:
        """Hold an object to the level of its namespace; where none is known, to the strictest."""
        subject = Subject(thing, scope().unknown_level)
        level = scope().level(self._namespaces.get(subject.namespace or ""))
        return replace(subject, level=level)

    def _context(
        self, rule: Rule, subject: Subject, around: Around
    ) -> tuple[Mapping[str, Any], ...] | None:
        """Give what the rule has to look at; None where the plan does not show it."""
        if rule.context is None or subject.namespace is None:
            return None
        group, version, name = split(rule.context)
        kind = group_and_name(f"{group}/{version}", name)
        seen = tuple(around.get((kind, subject.namespace), ()))
        return seen if seen or subject.namespace in self._namespaces else None


def _by_kind_and_namespace(things: Things) -> Around:
    around: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for each in things.values():
        for thing in each:
            subject = Subject(thing, scope().unknown_level)
            around[subject.kind, subject.namespace or ""].append(thing)
    return around


def _not_seen(resource: PolicyResource) -> Finding:
    """Say that a resource hides its objects: silence would read as a pass."""
    return Finding(
        rule="plan-shows-objects",
        controls=(),
        object=f"{resource.resource_type.rpartition(':')[2]} {resource.name}",
        verdict=Verdict.NOT_ASSESSED,
        action=Action.WARN,
        message=words.message("policy-opaque"),
        remedy=words.remedy("policy-opaque"),
        gate=Gate.PLAN,
        seen_at=datetime.now(UTC),
        level=scope().unknown_level,
    )
