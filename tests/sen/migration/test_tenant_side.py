"""A rehearsal tries the tenant's side in a copy of its namespace, and nothing of that is left."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from sen.local.platform import Platform
from sen.migration import asked, likeness, standin
from sen.migration.applying import REFUSED
from sen.migration.likeness import BOUNDS, NAMESPACE, OF, OF_SYSTEM, SERVICE, UNTIL
from sen.migration.throwaway import LIFE
from sen.migration.wave import Wave
from sen.tenancy.life.objects import Kind
from stacks.components.tenant import objects_for
from stacks.models.tenant import TenantRequest
from stacks.problem import Language, Problem, ProblemError
from tests.policies.test_own_objects import dated_on, findings, refusals
from tests.request_of import request_of
from tests.sen.migration.judged import ASKED, NOW, TENANT, Judged, counted, tenant, tried
from tests.sen.migration.moved import RUNNER, order
from tests.sen.migration.test_running import Board
from tests.sen.tenancy.life.namespace import Memory, thing

LED = {"kind": "service", "service": "portal", "kubeconfig": "/nowhere"}


def kinds(cluster, *names):
    return [one for one in cluster.asked if one["kind"] in names]


def test_the_copy_is_taken_for_the_tenant_and_is_gone_afterwards():
    cluster = Judged(*tenant())

    facts = tried(cluster)

    (home,) = kinds(cluster, "Namespace")
    own, meta = cluster.get(NAMESPACE, TENANT)["metadata"], home["metadata"]
    for key in ("agency", "system", "level", "stage", "ends"):
        assert meta["labels"][f"sen.gov.vn/{key}"] == own["labels"][f"sen.gov.vn/{key}"]
    assert meta["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert (meta["labels"][OF], meta["annotations"][OF_SYSTEM]) == ("w1", "portal")
    assert dt.datetime.fromisoformat(meta["annotations"][UNTIL]) == NOW + LIFE
    assert cluster.homes() == [TENANT], "nothing of the rehearsal is left"
    assert facts["namespace"] == meta["name"] != TENANT
    assert "sen.gov.vn/officer" in meta["annotations"]
    assert "sen.gov.vn/price-vnd-month" not in meta["annotations"], "nobody is charged for it"
    assert cluster.looked == ["Pod"], "a pod that is kept would run"
    bounds = [one for one in tenant() if Kind(one["apiVersion"], one["kind"]) in BOUNDS]
    assert (facts["copied"], facts["left_out"]) == (len(bounds), [])
    assert facts["tried"] == ["CronJob/sen-rehearsal", "Pod/sen-rehearsal"]
    assert json.dumps(facts), "the chain of evidence keeps it"


def as_approved():
    """The platform's own word on what the tenant is."""
    said = ASKED.model_dump(mode="json", exclude_none=True)
    meta = {"name": TENANT, "namespace": "h26"}
    return {
        "apiVersion": asked.TENANT.api_version,
        "kind": asked.TENANT.name,
        "metadata": meta,
        "spec": {"approved": said},
    }


def test_where_the_tenant_is_not_what_was_approved_it_is_told(monkeypatch):
    assert tried(Judged(*tenant()))["unlike"] is None, "no request is on the platform"
    cluster = Judged(*tenant(), as_approved())
    assert tried(cluster)["unlike"] == []

    quota = next(each for each in tenant() if each["kind"] == "ResourceQuota")
    quota["spec"] = {"hard": {**quota["spec"]["hard"], "pods": "999"}}
    cluster.put(quota)
    binding = next(each for each in tenant() if each["kind"] == "RoleBinding")
    Memory.delete(cluster, binding)

    found = tried(cluster)["unlike"]
    assert found == [
        f"ResourceQuota/{quota['metadata']['name']} spec.hard.pods",
        f"RoleBinding/{binding['metadata']['name']} absent",
    ]
    monkeypatch.setattr(asked, "MOST", 1)
    assert tried(cluster)["unlike"] == [*found[:1], "…"]


@pytest.mark.parametrize("level", [1, 3, 5])
def test_no_rule_refuses_the_copy_nor_what_stands_for_a_workload(level):
    request = TenantRequest.model_validate(request_of(level=level, stage="production"))
    first, *rest = objects_for(request)
    home = likeness.namespace_like(first, "try0a1b2", "w1", "portal", NOW)
    name = home["metadata"]["name"]
    bounds = [
        likeness.copied(one, name) for one in rest if Kind(one["apiVersion"], one["kind"]) in BOUNDS
    ]
    job = standin.job(name, "workload")

    found = findings(
        tuple(dated_on(each, request.starts) for each in (home, *bounds, job, standin.pod(job)))
    )

    assert refusals(list(found)) == []


def test_a_stack_never_takes_the_copy_for_its_own():
    stack = {"sen.gov.vn/stack": "tenants-h26", "kept": "1"}
    home, quota = (
        {**one, "metadata": {**one["metadata"], "labels": stack}} for one in objects_for(ASKED)[:2]
    )

    made = likeness.namespace_like(home, "try0a1b2", "w1", "portal", NOW)

    assert "sen.gov.vn/stack" not in made["metadata"]["labels"]
    assert likeness.copied(quota, "there")["metadata"]["labels"] == {"kept": "1"}
    assert made["metadata"]["name"] == f"try0a1b2-{TENANT}", "named after what it is like"


@pytest.mark.parametrize("kind", ["Pod", "CronJob", "Service"])
def test_what_is_refused_is_named_with_its_rule_and_the_copy_goes(kind):
    service = thing(SERVICE, "portal", TENANT, {"selector": {"app": "portal"}})
    cluster = Judged(*tenant(), service, refuses=[kind])

    with pytest.raises(ProblemError) as caught:
        tried(cluster, endpoint=LED)

    (problem,) = caught.value.problems
    assert problem.thing.startswith(f"{kind}/")
    for lang in Language:
        assert "no-such-thing" in problem.text(lang)
    assert cluster.homes() == [TENANT]


def test_a_bound_that_a_waiver_alone_keeps_is_left_out_and_told():
    cluster = Judged(*tenant(), refuses=["NetworkPolicy"])

    facts = tried(cluster)

    assert len(facts["left_out"]) == 3
    assert facts["left_out"][0].startswith("NetworkPolicy/allow-dns: [no-such-thing]")


def test_a_cluster_that_is_away_is_not_taken_for_a_refusal():
    class Away(Judged):
        def apply(self, one, *, look=False):
            if one["kind"] == "LimitRange":
                raise ProblemError(Problem("cluster-unreachable", "x", {"why": "x"}))
            super().apply(one, look=look)

    cluster = Away(*tenant())

    with pytest.raises(ProblemError) as caught:
        tried(cluster)

    assert caught.value.problems[0].key == "cluster-unreachable"
    assert cluster.homes() == [TENANT]


class Slow(Judged):
    """Counts the quota of a new namespace late."""

    def __init__(self, *things, times):
        super().__init__(*things)
        self.times = times

    def apply(self, one, *, look=False):
        if one["kind"] == "Pod" and self.times:
            self.times -= 1
            why = "status unknown for quota: quota, resources: pods"
            values = {"namespace": "-", "why": why}
            raise ProblemError(Problem(REFUSED, "Pod/sen-rehearsal", values))
        super().apply(one, look=look)


def test_a_quota_that_is_not_counted_yet_is_waited_for():
    assert tried(Slow(*tenant(), times=1))["tried"]


def test_a_quota_that_nobody_counts_fails_the_rehearsal():
    with pytest.raises(ProblemError, match="status unknown for quota"):
        tried(Slow(*tenant(), times=99))


def test_a_tenant_that_is_not_there_is_named_with_the_system():
    with pytest.raises(ProblemError, match="the system portal is to move into it"):
        tried(Judged())


@pytest.mark.parametrize(
    ("used", "resource"),
    [({"pods": "20"}, "pods"), ({"requests.memory": f"{8 * 1024 - 63}Mi"}, "requests.memory")],
)
def test_a_quota_without_room_is_named_by_resource_and_nothing_is_made(used, resource):
    cluster = Judged(*tenant(**used))

    with pytest.raises(ProblemError) as caught:
        tried(cluster)

    (problem,) = caught.value.problems
    assert (problem.thing, problem.values["resource"]) == (TENANT, resource)
    assert cluster.asked == []


def test_a_quota_that_is_just_enough_or_counts_some_pods_only_keeps_nobody_out():
    cluster = Judged(*tenant(pods="19"))
    cluster.put(
        counted(
            thing(
                Kind("v1", "ResourceQuota"),
                "best-effort",
                TENANT,
                {"hard": {"pods": "0"}, "scopes": ["BestEffort"]},
            )
        )
    )

    assert tried(cluster)["copied"] > 0


def left_behind(name, wave, of, until, **more):
    labels, notes = {OF: wave}, {OF_SYSTEM: of, UNTIL: until}
    return thing(NAMESPACE, name, None, meta={"labels": labels, "annotations": notes, **more})


def test_what_a_killed_rehearsal_left_is_removed_and_what_may_still_run_is_not():
    soon, gone = ((NOW + delta).isoformat() for delta in (LIFE, -LIFE))
    cluster = Judged(
        *tenant(),
        left_behind("try1-mine", "w1", "portal", soon),
        left_behind("try2-old", "w9", "archive", gone),
        left_behind("try3-lives", "w9", "archive", soon),
        left_behind("try4-written-upon", "w9", "archive", "some day"),
        left_behind("try5-goes", "w1", "portal", soon, deletionTimestamp=gone),
    )

    assert tried(cluster)["swept"] == 2
    assert sorted(cluster.homes()) == [TENANT, "try3-lives", "try4-written-upon", "try5-goes"]


def test_any_command_of_any_wave_removes_what_is_over_and_a_cluster_that_is_away_stops_none(
    monkeypatch, tmp_path
):
    """A rehearsal that was killed may never be given again."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    wave = Wave(Platform("local"), order(), RUNNER)
    monkeypatch.setattr(Wave, "waves", Board())
    soon, gone = ((dt.datetime.now(dt.UTC) + delta).isoformat() for delta in (LIFE, -LIFE))
    cluster = Judged(
        *tenant(),
        left_behind("try1-over", "w9", "archive", gone),
        left_behind("try2-lives", "w1", "ho-tich", soon),
    )
    monkeypatch.setattr(Wave, "_objects", cluster)

    with wave.running("fill"):
        assert sorted(cluster.homes()) == [TENANT, "try2-lives"]
    monkeypatch.setattr(Wave, "_objects", None)
    with wave.running("cutover"):
        pass


def test_the_service_is_led_to_each_side_in_the_copy_under_no_address_of_its_own():
    spec = {
        "clusterIP": "10.0.0.9",
        "clusterIPs": ["10.0.0.9"],
        "selector": {"app": "portal"},
        "ports": [{"port": 80, "nodePort": 30080}],
    }
    cluster = Judged(*tenant(), thing(SERVICE, "portal", TENANT, spec))

    facts = tried(cluster, endpoint=LED)

    led = [each["spec"] for each in kinds(cluster, "Service")]
    sides = [each["selector"]["sen.gov.vn/side"] for each in led]
    assert sides == ["old", "closed", "new"]
    assert led[0]["ports"] == [{"port": 80}]
    assert not {"clusterIP", "clusterIPs"} & led[0].keys()
    assert facts["tried"][-1] == "Service/portal"
    assert cluster.get(SERVICE, "portal", TENANT)["spec"] == spec, "the real one is not touched"
    assert "Service/portal" not in tried(Judged(*tenant()), endpoint=LED)["tried"]
