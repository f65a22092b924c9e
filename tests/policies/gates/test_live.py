"""A cluster is read page by page, with the rights one has; what could not be read is said."""

from __future__ import annotations

import pytest

from policies.finding import Gate, Verdict
from policies.gates import cluster as cluster_module
from policies.gates.choice import Choice
from policies.gates.cluster import AbsentError, ClusterError, ForbiddenError, one, pages, served
from policies.gates.live import READABLE, Where, check
from policies.rule import load_rules
from policies.sample import base
from tests.policies.gates.fake_cluster import FakeCluster

BY_ID = {rule.id: rule for rule in load_rules()}
RULES = tuple(BY_ID[name] for name in ("no-host-namespace", "quota-present", "no-public-service"))
PODS, QUOTAS, HOMES, SERVICES = (
    f"/api/v1/{plural}" for plural in ("pods", "resourcequotas", "namespaces", "services")
)
HARD = {"hard": {"cpu": "1", "memory": "1Gi", "pods": "1"}}


def home(name, level=3, agency="H26"):
    labels = {"sen.gov.vn/level": str(level), "sen.gov.vn/agency": agency}
    return {"metadata": {"name": name, "labels": labels}}


def pod(name, namespace, **spec):
    metadata = {"name": name, "namespace": namespace, "managedFields": [{"manager": "x" * 99}]}
    return {"metadata": metadata, "spec": {**base("pod")["spec"], **spec}}


def quota(namespace):
    return {"metadata": {"name": "q", "namespace": namespace}, "spec": HARD}


def cluster(**more):
    return FakeCluster(
        {
            HOMES: [home("a"), home("b", 5, "H26.00070"), home("c", 2, "H29")],
            PODS: [pod("good", "a"), pod("bad", "b", hostNetwork=True), pod("poor", "c")],
            QUOTAS: [quota("a"), quota("b")],
            SERVICES: [],
            **more,
        }
    )


def verdicts(look):
    return {(each.target.name, each.rule): each.verdict for each in look.findings()}


def test_every_object_is_judged_at_the_level_of_its_namespace():
    look = check(cluster(), Choice(RULES))

    found = verdicts(look)
    assert found["good", "no-host-namespace"] is Verdict.PASS
    assert found["bad", "no-host-namespace"] is Verdict.FAIL
    assert found["good", "quota-present"] is Verdict.PASS
    assert found["poor", "quota-present"] is Verdict.FAIL
    assert {each.target.name: each.level for each in look.judged} == {
        "good": 3,
        "bad": 5,
        "poor": 2,
    }
    assert {each.target.agency for each in look.judged} == {"H26", "H26.00070", "H29"}
    assert look.gate is Gate.LIVE
    assert look.others == {"/Namespace": 3}


def test_kinds_that_are_not_installed_are_said():
    look = check(cluster(), Choice(RULES))

    assert "apps/Deployment" in look.absent
    assert "/Pod" not in look.absent
    assert look.apart == ()


def test_managed_fields_are_let_go():
    (page,) = pages(cluster(), served("v1/Pod"))

    assert all("managedFields" not in each["metadata"] for each in page.things)
    assert {(each["apiVersion"], each["kind"]) for each in page.things} == {("v1", "Pod")}


def test_lists_come_in_pages_whose_size_follows_the_objects(monkeypatch):
    monkeypatch.setattr(cluster_module, "PAGE_BYTES", 4000)
    server = cluster(**{PODS: [pod(f"p{n}", "a") for n in range(120)]})
    server.too_old.add(PODS)

    names = [
        each["metadata"]["name"] for page in pages(server, served("v1/Pod")) for each in page.things
    ]

    limits = [int(query["limit"]) for path, query in server.asked if path == PODS]
    assert names == [f"p{n}" for n in range(120)]
    assert limits[0] == 50
    assert max(limits[1:]) < 10


def test_no_page_holds_more_than_the_most(monkeypatch):
    server = cluster(**{SERVICES: [{"metadata": {"name": f"s{n}"}} for n in range(1200)]})

    sizes = [len(page.things) for page in pages(server, served("v1/Service"))]

    assert sizes == [50, 500, 500, 150]


def test_a_part_of_the_cluster_is_looked_at_by_namespace():
    server = cluster()
    look = check(server, Choice(RULES), Where(namespace="b"))

    assert {each.target.name for each in look.judged} == {"bad"}
    assert PODS not in [path for path, _ in server.asked]
    assert look.others == {"/Namespace": 1}


def test_a_namespace_that_is_not_there_has_no_objects():
    look = check(cluster(), Choice(RULES), Where(namespace="none"))

    assert look.objects == 0


def test_a_part_of_the_cluster_is_looked_at_by_agency_and_those_under_it():
    look = check(cluster(), Choice(RULES), Where(agency="H26"))

    assert {each.target.name for each in look.judged} == {"good", "bad"}
    assert look.others == {"/Namespace": 2}


def test_objects_outside_namespaces_are_left_out_of_a_part():
    rule = BY_ID["no-admin-for-tenants"]
    bindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
    server = cluster(**{bindings: [{"metadata": {"name": "x"}, "roleRef": {}, "subjects": []}]})

    assert check(server, Choice((rule,))).objects == 4
    assert check(server, Choice((rule,)), Where(agency="H26")).objects == 2


def test_who_may_not_list_everything_is_asked_namespace_by_namespace():
    server = cluster()
    server.answers = {PODS: 403}

    look = check(server, Choice(RULES), Where(agency="H26"))

    assert {each.target.name for each in look.judged} == {"good", "bad"}
    assert look.apart == ()


def test_a_kind_that_may_not_be_read_is_not_assessed_and_the_rest_is():
    server = cluster()
    server.answers = {SERVICES: 403}

    look = check(server, Choice(RULES))

    (unread,) = look.apart
    assert (unread.rule, unread.verdict) == (READABLE, Verdict.NOT_ASSESSED)
    assert unread.target.kind == "/Service"
    assert "Service" in str(unread.message)
    assert not unread.blocks
    assert {each.target.name for each in look.judged} == {"good", "bad", "poor"}


def test_a_rule_does_not_take_what_may_not_be_read_for_what_is_not_there():
    server = cluster()
    server.answers = {QUOTAS: 403}

    look = check(server, Choice(RULES))

    assert {rule for _, rule in verdicts(look)} == {"no-host-namespace", "quota-present", READABLE}
    assert {each.verdict for each in look.told if each.rule == "quota-present"} == {
        Verdict.NOT_ASSESSED
    }


def test_who_may_not_read_namespaces_judges_at_the_strictest_level_and_says_so():
    server = cluster()
    server.answers = {HOMES: 403}

    look = check(server, Choice(RULES))

    assert {each.level for each in look.judged} == {5}
    assert [each.target.kind for each in look.apart] == ["/Namespace"]


def test_a_cluster_that_fails_is_no_cluster_without_objects():
    server = cluster()
    server.answers = {PODS: 500}

    with pytest.raises(ClusterError, match="no: 500"):
        check(server, Choice(RULES))


def test_an_answer_that_is_no_json_is_an_error():
    class Proxy(FakeCluster):
        def get(self, path, query):
            return cluster_module.Answer(502, b"<html>")

    with pytest.raises(ClusterError, match="status 502"):
        check(Proxy({}), Choice(RULES))


def test_single_objects_are_asked_for_by_name():
    server = cluster()

    assert one(server, served("v1/Pod"), "good") is not None
    assert one(server, served("v1/Pod"), "none") is None
    server.answers = {f"{PODS}/x": 403}
    with pytest.raises(ForbiddenError):
        one(server, served("v1/Pod"), "x")


def test_what_no_api_server_has_is_not_asked_for():
    assert served("audit.k8s.io/v1/Policy") is None
    assert served("acme/v1/Thing") is None
    assert served("apps/v1/Deployment").path("n", "x") == "/apis/apps/v1/namespaces/n/deployments/x"
    with pytest.raises(AbsentError):
        list(pages(cluster(), served("apps/v1/Deployment")))


def test_scopes_are_spelled_for_reports():
    assert [str(each) for each in (Where(), Where("a"), Where("", "H26"), Where("a", "H26"))] == [
        "cluster",
        "namespace a",
        "agency H26",
        "namespace a agency H26",
    ]


def test_objects_are_not_held_when_no_rule_looks_around():
    """Only findings stay: pods are many, and pages of them must not add up."""
    from tracemalloc import get_traced_memory, start, stop  # noqa: PLC0415

    big = {"annotations": {"a": "x" * 40_000}}
    many = [
        {**pod(f"p{n}", "a"), "metadata": {"name": f"p{n}", "namespace": "a", **big}}
        for n in range(1500)
    ]
    server = cluster(**{PODS: many, QUOTAS: [quota("a")]})
    server._under = server.things.get  # no copies of the fake's own
    rules = (BY_ID["no-host-namespace"],)
    start()
    look = check(server, Choice(rules))
    peak = get_traced_memory()[1]
    stop()

    assert look.objects == 1503
    assert peak < 32 << 20
