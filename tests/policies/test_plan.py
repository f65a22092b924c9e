"""The plan gate as Pulumi calls it: through the SDK's own proxies, resource by resource."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from policies.finding import Verdict
from policies.gates.pack import RESULTS, policies_of
from policies.gates.plan import evaluate_many, judge, objects_of, opaque, plain
from tests.policies.proxies import UNKNOWN, resource, stack
from tests.policies.ten import ten

TODAY = datetime.now(UTC).date()
IMAGE = "registry.gov.vn/demo/web@sha256:" + "9" * 64


def namespace(name="h26-portal-staging", level="3", **labels):
    said = {
        "agency": "H26",
        "system": "portal",
        "level": level,
        "stage": "staging",
        "ends": str(TODAY + timedelta(100)),
        **labels,
    }
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": name,
            "labels": {f"sen.gov.vn/{key}": value for key, value in said.items()},
            "annotations": {"sen.gov.vn/starts": str(TODAY)},
        },
    }


def pod(space="h26-portal-staging", **security):
    container = {"name": "web", "image": IMAGE, "securityContext": security}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": space},
        "spec": {"containers": [container]},
    }


def quota(space="h26-portal-staging", **hard):
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "quota", "namespace": space},
        "spec": {"hard": hard or {"cpu": "1", "memory": "1Gi", "pods": "5"}},
    }


def service(space="h26-portal-staging", of_type="NodePort"):
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": space},
        "spec": {"type": of_type},
    }


class Run:
    """One preview: what each policy of the pack reports."""

    def __init__(self, *things):
        deny, warn, plan_deny, plan_warn = policies_of(ten())
        self.refused, self.advised = [], []
        for thing in things:
            args = resource(thing)
            deny.validate(args, self.into(self.refused))
            warn.validate(args, self.into(self.advised))
        self.refused_early = list(self.refused)
        plan_deny.validate(stack(*things), self.into(self.refused))
        plan_warn.validate(stack(*things), self.into(self.advised))
        self.account = self.advised[-1]

    @staticmethod
    def into(lines):
        return lambda message, urn=None: lines.append(message)


def named(lines):
    return {line.partition("]")[0].removeprefix("[") for line in lines if line.startswith("[")}


GOOD = {"runAsNonRoot": True}


def test_clean_plan_is_not_stopped_and_says_what_it_saw():
    run = Run(namespace(), quota(), pod(**GOOD), service(of_type="ClusterIP"))

    assert run.refused == []
    assert len(run.advised) == 1
    assert "4 objects seen, 3 of them judged by 10 rules: pass 9" in run.account


def test_empty_plan_says_that_nothing_was_seen():
    assert "0 objects seen, 0 of them judged" in Run().account


def test_mandatory_violation_stops_before_the_resource_is_made():
    run = Run(namespace(), quota(), pod(**GOOD, privileged=True))

    assert named(run.refused_early) == {"no-privileged-container"}


def test_violation_names_rule_object_remedy_and_controls_in_both_languages():
    (line,) = Run(namespace(), quota(), pod(**GOOD, privileged=True)).refused

    assert line.startswith("[no-privileged-container] Pod h26-portal-staging/web: có container")
    assert "/ a container is privileged" in line
    assert "Khắc phục / Remedy: bỏ securityContext.privileged" in line
    assert "TCVN14423/AC-13" in line


def test_level_of_the_namespace_turns_refusal_into_warning():
    strict, mild = (Run(namespace(level=level), quota(), pod(runAsUser=7)) for level in ("3", "2"))

    assert (named(strict.refused), named(strict.advised)) == ({"run-as-non-root"}, set())
    assert (named(mild.refused), named(mild.advised)) == (set(), {"run-as-non-root"})


def test_namespace_that_comes_after_its_content_still_gives_its_level():
    run = Run(service(), namespace(level="1"))

    assert (named(run.refused), named(run.advised)) == (set(), {"no-public-service"})


def test_namespace_outside_the_plan_counts_as_the_strictest_level():
    run = Run(service(space="elsewhere"))

    assert named(run.refused) == {"no-public-service"}
    assert run.refused_early == []


def test_quota_outside_the_plan_is_undetermined_and_advises():
    run = Run(pod(space="elsewhere", **GOOD))

    assert run.refused == []
    assert named(run.advised) == {"quota-present"}
    assert "v1/ResourceQuota" in run.advised[0]


@pytest.mark.parametrize("quotas", [(), (quota(cpu="1"),), (quota(), quota(cpu="1"))])
def test_namespace_without_a_whole_quota_stops_the_plan(quotas):
    assert named(Run(namespace(), *quotas, pod(**GOOD)).refused) == {"quota-present"}


def test_end_that_has_passed_stops_a_new_namespace_but_not_one_that_is_there():
    expired = namespace(ends=str(TODAY - timedelta(1)))
    expired["metadata"]["annotations"]["sen.gov.vn/starts"] = str(TODAY - timedelta(300))
    there = json.loads(json.dumps(expired))
    there["metadata"]["creationTimestamp"] = f"{TODAY - timedelta(300)}T08:00:00Z"

    assert named(Run(expired).refused) == {"end-date-in-bounds"}
    assert Run(there).refused == []


def test_excluded_namespace_is_left_alone():
    run = Run(namespace(name="kube-system", level="9"), pod(space="kube-system", privileged=True))

    assert run.refused == []
    assert "not-applicable" in run.account


def test_unknown_value_is_listed_as_advice():
    open_service = service(of_type=UNKNOWN)

    run = Run(namespace(), open_service)

    assert run.refused == []
    assert "spec.type" in run.advised[0]
    assert "undetermined 1" in run.account


def test_unknown_namespace_is_held_to_the_strictest_level():
    run = Run(namespace(level="1"), service(space=UNKNOWN))

    assert named(run.refused) == {"no-public-service"}
    assert "Service (unknown)/web" in run.refused[0]


def test_objects_of_other_clouds_are_seen_but_not_judged():
    bucket = {"apiVersion": "x", "kind": "y", "metadata": {}}
    assert objects_of("aws:s3/bucket:Bucket", bucket) == ()
    assert objects_of("kubernetes:core/v1:Pod", {}) == ({"apiVersion": "v1", "kind": "Pod"},)


@pytest.mark.parametrize(
    "token", ["kubernetes:helm.sh/v3:Release", "kubernetes:apps/v1:DeploymentPatch"]
)
def test_resource_that_hides_its_objects_is_reported_as_not_assessed(token):
    deny, _, plan_deny, plan_warn = policies_of(ten())
    args = resource({"apiVersion": "v1", "kind": "Pod", "metadata": {}}, token)
    hidden = stack(namespace())
    hidden.resources[0].resource_type = token
    refused, advised = [], []

    deny.validate(args, Run.into(refused))
    plan_deny.validate(hidden, Run.into(refused))
    plan_warn.validate(hidden, Run.into(advised))

    assert opaque(token)
    assert refused == []
    assert named(advised) == {"plan-shows-objects"}
    assert "not-assessed 1" in advised[-1]


def test_items_of_a_list_are_judged_one_by_one():
    items = [pod(**GOOD), {**pod(**GOOD, privileged=True), "kind": "Pod"}, "odd"]

    objects = objects_of("kubernetes:core/v1:PodList", {"items": items})

    assert [each["kind"] for each in objects] == ["Pod", "Pod"]
    verdicts = [
        next(f.verdict for f in judge(each) if f.rule == "no-privileged-container")
        for each in objects
    ]
    assert verdicts == [Verdict.PASS, Verdict.FAIL]


def test_older_version_of_a_kind_is_judged_like_the_newer():
    job = {
        "apiVersion": "batch/v1beta1",
        "kind": "CronJob",
        "metadata": {"name": "x"},
        "spec": {"jobTemplate": {"spec": {"template": {"spec": pod(privileged=True)["spec"]}}}},
    }

    assert "no-privileged-container" in {
        each.rule for each in judge(job) if each.verdict is Verdict.FAIL
    }


def test_findings_are_written_down_passes_too(tmp_path, monkeypatch):
    target = tmp_path / "findings.jsonl"
    monkeypatch.setenv(RESULTS, str(target))

    Run(namespace(), quota(), pod(**GOOD))

    found = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert {each["verdict"] for each in found} == {"pass"}
    assert {each["rule"] for each in found} >= {"quota-present", "end-date-in-bounds"}
    assert all(each["controls"] and each["seen_at"] for each in found)


def test_advisory_policy_alone_judges_as_well():
    _, warn, _, _ = policies_of(ten())
    advised = []

    warn.validate(resource(namespace(level="1")), Run.into([]))
    warn.validate(resource(service()), Run.into(advised))

    assert named(advised) == {"no-public-service"}


def test_values_become_plain_as_the_api_server_reads_them():
    given = {"a": 2.0, "b": 0.5, "c": None, "d": ("x", 1.0), "e": True, "f": object}

    expected = {"a": 2, "b": 0.5, "d": ["x", 1], "e": True, "f": "<class 'type'>"}
    assert json.dumps(plain(given)) == json.dumps(expected)


def test_namespace_that_only_the_whole_plan_shows_gives_its_level():
    _, _, plan_deny, plan_warn = policies_of(ten())
    whole, refused, advised = stack(service(), namespace(level="1")), [], []

    plan_deny.validate(whole, Run.into(refused))
    plan_warn.validate(whole, Run.into(advised))

    assert (named(refused), named(advised)) == (set(), {"no-public-service"})


def test_many_objects_are_counted_as_they_are_judged():
    one, other = evaluate_many([pod(**GOOD)]), evaluate_many([service()])

    assert evaluate_many([pod(**GOOD)] * 3 + [service()]) == 3 * one + other
    assert one > other > 1
