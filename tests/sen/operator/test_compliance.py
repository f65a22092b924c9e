"""Whether a tenant keeps the rules: as the live gate sees it, and Unknown where it sees nothing."""

from __future__ import annotations

import datetime as dt
import os
import time

import pytest

from policies.finding import Finding, Gate, Target, Verdict
from policies.rule import Action, load_rules
from sen import local
from sen.local.platform import Platform
from sen.operator.compliance import judge, verdicts
from stacks.components.tenant import objects_for
from stacks.models.objects import KINDS
from stacks.models.objects.crd import crd
from stacks.models.tenant import TenantRequest
from tests.request_of import request_of
from tests.sen.budget.objects import tenant
from tests.stacks.apply import Person

RULES = load_rules()
HOME = "h26-portal-staging"
TENANT = {"spec": {"namespace": HOME}}


@pytest.fixture(scope="module")
def compliant(tools):
    """A platform of its own with two tenants as objects, of which one has a namespace."""
    mine = Platform(f"rules{os.getpid()}")
    local.up(mine, fsync=False)
    person = Person(mine.kubeconfig, mine.context)
    made = TenantRequest.model_validate(request_of("H26", "kept", level=3))
    for one in (*map(crd, KINDS), *objects_for(made)):
        assert person.apply(one).status in {200, 201}
    path = "/apis/sen.gov.vn/v1alpha1/namespaces/default/tenants"
    deadline = time.monotonic() + 30
    for name in ("kept", "gone"):
        thing = {"apiVersion": "sen.gov.vn/v1alpha1", **tenant(name)}
        thing["metadata"] = {"name": thing["metadata"]["name"]}
        while (answer := person.ask("POST", path, thing)).status == 404:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert answer.status == 201, answer.message
    yield person, mine
    local.reset(mine)


def finding(verdict, rule=RULES[0], action=Action.DENY, namespace=HOME):
    return Finding(
        rule=rule.id,
        controls=rule.controls,
        target=Target(kind="apps/Deployment", namespace=namespace, name="web"),
        verdict=verdict,
        action=action,
        message=rule.message,
        remedy=rule.remedy,
        gate=Gate.LIVE,
        seen_at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        level=3,
    )


@pytest.mark.parametrize(
    ("findings", "seen", "status", "reason"),
    [
        ([], {HOME}, "True", "RulesKept"),
        ([finding(Verdict.FAIL)], {HOME}, "False", "RulesBroken"),
        ([finding(Verdict.FAIL, action=Action.WARN)], {HOME}, "True", "RulesKept"),
        ([finding(Verdict.FAIL, namespace="h26-other")], {HOME}, "True", "RulesKept"),
        ([finding(Verdict.WAIVED)], {HOME}, "True", "RulesKept"),
        ([finding(Verdict.UNDETERMINED)], {HOME}, "Unknown", "Undetermined"),
        ([finding(Verdict.UNDETERMINED), finding(Verdict.FAIL)], {HOME}, "False", "RulesBroken"),
        ([], set(), "Unknown", "NotSeen"),
    ],
)
def test_finding_decides_the_condition(findings, seen, status, reason):
    ((_, said),) = verdicts([TENANT], findings, seen)

    assert (said.status, said.reason) == (status, reason)


def test_message_names_rules_and_counts_the_rest():
    many = [finding(Verdict.FAIL, rule) for rule in RULES[:25]]
    waived = [finding(Verdict.WAIVED)]

    ((_, broken),) = verdicts([TENANT], many, {HOME})
    ((_, kept),) = verdicts([TENANT], waived, {HOME})

    assert broken.message.endswith(", + 5")
    assert min(each.id for each in RULES[:25]) in broken.message
    assert kept.message == f"waived: {RULES[0].id}"


@pytest.mark.platform
@pytest.mark.xdist_group("compliance")
def test_live_gate_tells_a_tenant_that_broke_a_rule_from_one_that_is_gone(compliant):
    person, platform = compliant

    kept = {each["metadata"]["name"]: said for each, said in judge(platform)}
    assert kept["h26-kept-staging"].status == "True", kept
    assert kept["h26-gone-staging"].status == "Unknown"

    pod = {"containers": [{"name": "a", "image": "example.vn/a"}]}
    template = {"metadata": {"labels": {"app": "a"}}, "spec": pod}
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "a"}}, "template": template}
    meta = {"name": "a", "namespace": "h26-kept-staging"}
    thing = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec}
    assert person.apply(thing).status == 201

    broken = {each["metadata"]["name"]: said for each, said in judge(platform)}
    assert broken["h26-kept-staging"].status == "False"
    assert "drop-all-capabilities" in broken["h26-kept-staging"].message
