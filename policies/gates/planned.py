"""One run of the plan gate: what it has seen so far, what has to wait until it has seen all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pulumi_policy import PolicyResource, ResourceValidationArgs

from policies import words
from policies.day import today
from policies.finding import Finding, Gate, Target, Verdict
from policies.gates.plan import dated, objects_of, opaque
from policies.judge import Judge
from policies.rule import Action, Rule
from policies.scope import LEVELS, scope
from policies.subject import Subject, namespaced
from policies.surroundings import Surroundings
from policies.waiver import Register, waived

NAMESPACE_PATCH = "kubernetes:core/v1:NamespacePatch"

Things = dict[str, tuple[dict[str, Any], ...]]
Found = tuple[Finding, ...]


class PlanGate:
    """Remembers what one run has shown so far: namespaces, and which rules have spoken.

    Args:
        judge: The rules.
        register: The waivers.
        day: The day on which waivers hold.
    """

    def __init__(
        self, judge: Judge, register: Register | None = None, day: date | None = None
    ) -> None:
        self._judge = judge
        self._register = register or Register()
        self._day = day or today()
        self._seen = Surroundings()
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
        around = Surroundings(thing for each in things.values() for thing in each)
        found = {
            urn: tuple(one for thing in each for one in self._later(urn, thing, around))
            for urn, each in things.items()
        }
        hidden = {each.urn: (_not_seen(each),) for each in resources if _hides(each)}
        return {**found, **hidden}

    def everything(self, later: Mapping[str, Found]) -> Found:
        """Give all findings about the resources of this plan."""
        return tuple(
            one for urn, found in later.items() for one in (*self._spoken.get(urn, ()), *found)
        )

    def _remember(self, things: Iterable[Mapping[str, Any]]) -> None:
        for thing in things:
            self._seen.remember(thing)

    def _now(self, thing: Mapping[str, Any]) -> Found:
        subject = self._seen.subject(thing)
        waits = namespaced(subject.kind) and not self._seen.knows(subject.namespace)
        ready = [
            rule
            for rule in self._judge.rules_for(subject)
            if not rule.needs_whole_plan and not (waits and self._hangs_on_home(rule, subject))
        ]
        return self._with_waivers(self._judge.findings(subject, Gate.PLAN, ready))

    def _hangs_on_home(self, rule: Rule, subject: Subject) -> bool:
        """Say whether the namespace may change what the rule says: by level, age or a waiver."""
        may_be_waived = self._register.find(rule.id, subject.target, self._day, min(LEVELS))
        return rule.depends_on_level or rule.transition is not None or bool(may_be_waived)

    def _with_waivers(self, found: Found) -> Found:
        return waived(found, self._register, self._day)

    def _later(self, urn: str, thing: Mapping[str, Any], around: Surroundings) -> Found:
        subject = around.subject(dated(thing))
        spoken = self._spoken.get(urn, ())
        done = {each.rule for each in spoken if each.target == subject.target}
        rules = [rule for rule in self._judge.rules_for(subject) if rule.id not in done]
        found: list[Finding] = []
        for rule in rules:
            found += self._judge.findings(around.for_rule(rule, subject), Gate.PLAN, [rule])
        return self._with_waivers(tuple(found))


def _hides(resource: PolicyResource) -> bool:
    """Say whether a resource hides objects; a patch of what no rule looks at hides none."""
    name = resource.props.get("metadata", {}).get("name")
    left_alone = resource.resource_type == NAMESPACE_PATCH and name in scope().excluded_namespaces
    return opaque(resource.resource_type) and not left_alone


def _not_seen(resource: PolicyResource) -> Finding:
    """Say that a resource hides its objects: silence would read as a pass."""
    return Finding(
        rule="plan-shows-objects",
        controls=(),
        target=Target(resource.resource_type.rpartition(":")[2], resource.name),
        verdict=Verdict.NOT_ASSESSED,
        action=Action.WARN,
        message=words.message("policy-opaque"),
        remedy=words.remedy("policy-opaque"),
        gate=Gate.PLAN,
        seen_at=datetime.now(UTC),
        level=scope().unknown_level,
    )
