"""What the platform builds for its tenants and for itself breaks no rule that would refuse it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
import yaml

from policies import load_rules
from policies.finding import Finding, Gate, Verdict
from policies.gates.admission import policy_objects
from policies.gates.plan import dated
from policies.judge import judge
from policies.rule import Action
from policies.surroundings import Surroundings
from sen.local.configuration import shipped
from sen.tenancy.desk import desk, roles, usual
from stacks.components.baseline import cluster_objects, namespace_objects
from stacks.components.tenant import objects_for
from stacks.models.agency import agencies
from stacks.models.load import load_request
from stacks.models.platform import PLATFORM_NAMESPACES
from stacks.settings import PROJECT, parse_settings
from tests.plan_case import LAYERS, TENANTS, TODAY

Thing = Mapping[str, Any]

# The demo's agencies, and the requests of the plan tests.
REQUESTS = sorted(
    [
        *(PROJECT / "stacks" / "agencies").glob("*/*.yaml"),
        *(case / "request.yaml" for case in TENANTS),
    ]
)
LEAST_REQUESTS = 15
LEAST_KINDS = 15
LEVELS = range(1, 6)
OFFICER = "officer@example.gov.vn"


def tenant(path) -> tuple[Thing, ...]:
    request = load_request(path, TODAY)
    return tuple(dated_on(each, request.starts) for each in objects_for(request))


def dated_on(thing: Thing, day: date) -> Thing:
    """Say when an object was made: rules about dates compare with that, not with today."""
    made = {"creationTimestamp": f"{day.isoformat()}T00:00:00Z"}
    return {**thing, "metadata": {**made, **thing["metadata"]}}


def baseline(level: int) -> tuple[Thing, ...]:
    (case,) = LAYERS
    given = yaml.safe_load((case / "settings.yaml").read_text("utf-8"))
    settings = parse_settings({**given, "level": level}, case.name)
    own = [each for name in PLATFORM_NAMESPACES for each in namespace_objects(name, level)]
    local = yaml.safe_load_all(shipped("cluster.yaml"))
    approvals = (PROJECT / "charts" / "sen" / "files" / "approvals.yaml").read_text("utf-8")
    admission = (*policy_objects(), *yaml.safe_load_all(approvals))
    return (*cluster_objects(settings), *own, *admission, *roles(), *local)


def findings(things: tuple[Thing, ...]) -> Iterator[Finding]:
    around = Surroundings(things, complete=False)
    for thing in things:
        subject = around.subject(dated(thing))
        for rule in judge().rules_for(subject):
            yield from judge().findings(around.for_rule(rule, subject), Gate.PLAN, [rule])


def refusals(found: list[Finding]) -> list[str]:
    """Give what would be refused, and what could not be computed at all."""
    return [
        f"{each.rule} {each.object}: {each.verdict}"
        for each in found
        if each.action is Action.DENY
        and (each.verdict is Verdict.FAIL or (each.verdict is Verdict.UNDETERMINED and each.blocks))
    ]


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_nothing_of_a_tenant_is_refused(path):
    found = list(findings(tenant(path)))

    assert refusals(found) == []
    assert Counter(each.verdict for each in found)[Verdict.PASS] > 0


def test_nothing_of_an_agencys_desk_is_refused():
    agency = agencies().get("H26")

    found = list(findings(desk(agency, usual(agency), OFFICER, TODAY)))

    assert refusals(found) == []
    assert {"RoleBinding", "Namespace"} <= {each.target.kind.rpartition("/")[2] for each in found}


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_of_the_baseline_is_refused(level):
    found = list(findings(baseline(level)))

    assert refusals(found) == []
    assert Counter(each.verdict for each in found)[Verdict.PASS] > 0


def test_every_rule_with_neighbours_is_decided_for_a_tenant():
    """A tenant's plan holds its whole namespace: such rules have no excuse there."""
    among = {rule.id for rule in load_rules() if rule.among and "namespace" in rule.matches}

    decided = {
        each.rule
        for path in REQUESTS
        for each in findings(tenant(path))
        if each.verdict is not Verdict.UNDETERMINED
    }

    assert among
    assert among <= decided


def test_a_tenant_without_its_walls_would_be_refused():
    broken = tuple(
        each
        for each in tenant(REQUESTS[0])
        if (each["kind"], each["metadata"]["name"]) != ("NetworkPolicy", "deny-all")
        and each["kind"] not in {"ResourceQuota", "LimitRange"}
    )

    names = {line.split()[0] for line in refusals(list(findings(broken)))}

    assert names >= {"namespace-closed-inwards", "namespace-quota-complete"}


def test_everything_that_the_platform_builds_is_looked_at():
    things = [each for path in REQUESTS for each in tenant(path)] + list(baseline(4))
    kinds = {each["kind"] for each in things}

    assert len(REQUESTS) >= LEAST_REQUESTS
    assert len(kinds) >= LEAST_KINDS
    assert {"Namespace", "NetworkPolicy", "RoleBinding", "ClusterRole", "PriorityClass"} <= kinds
    assert "ValidatingAdmissionPolicyBinding" in kinds
