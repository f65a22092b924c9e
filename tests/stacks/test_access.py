"""What each group may do, asked of the real API server with a certificate of that group (AC-13)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from stacks.components.access import OIDC_PREFIX
from stacks.components.baseline import cluster_objects
from stacks.components.tenant import objects_for
from stacks.models.tenant import TenantRequest
from tests.request_of import request_of
from tests.stacks.apply import Person
from tests.stacks.conftest import INSPECTORS, OFFICERS

pytestmark = [
    pytest.mark.platform,
    pytest.mark.xdist_group("access"),
    pytest.mark.control("AC-13"),
]
PATIENCE_SECONDS = 30
KINDS = ("admins", "deployers", "viewers")
IMAGE = "registry.gov.vn/demo/web@sha256:" + "9f86d081884c7d65" * 4


@dataclass(frozen=True)
class Ground:
    """Two tenants, and the people around the first.

    Attributes:
        own: The namespace whose groups the people belong to.
        other: A namespace of the same agency that they have nothing to do with.
    """

    own: str
    other: str
    people: dict[str, Person]

    def place(self, name: str) -> str | None:
        return {"own": self.own, "other": self.other, "cluster": None}[name]


@pytest.fixture(scope="module")
def ground(platform, administrator, baseline, tmp_path_factory) -> Iterator[Ground]:
    """Apply both tenants and the cluster roles as manifests; the namespaces go at the end.

    The cluster roles stay: the run's other tests build the very same ones.
    """
    tenants = [asked(f"access-{uuid.uuid4().hex[:8]}") for _ in range(2)]
    rbac = [one for one in cluster_objects(baseline) if one["kind"].startswith("ClusterRole")]
    for one in (*rbac, *(one for tenant in tenants for one in objects_for(tenant))):
        answer = administrator.apply(one)
        assert answer.status in {200, 201}, answer.message
    groups = {kind: getattr(tenants[0].groups, kind)[0] for kind in KINDS}
    groups |= {"officer": OFFICERS, "inspector": INSPECTORS, "nobody": "somebody-elses-group"}
    people = {who: person(platform, tmp_path_factory, group) for who, group in groups.items()}
    own, other = (tenant.namespace for tenant in tenants)
    wait_for_roles(people, own)
    yield Ground(own, other, people)
    for each in (own, other):
        administrator.ask("DELETE", f"/api/v1/namespaces/{each}")


def asked(slug: str) -> TenantRequest:
    groups = {kind: [f"{slug}-{kind}"] for kind in KINDS}
    return TenantRequest.model_validate(request_of("G18", slug, groups=groups))


def person(platform, folders, group: str) -> Person:
    path = folders.mktemp("person") / "kubeconfig"
    kubeconfig = platform.client_kubeconfig(f"member of {group}", [OIDC_PREFIX + group], path)
    return Person(kubeconfig, platform.context)


def wait_for_roles(people: dict[str, Person], own: str) -> None:
    """Wait for the API server's own caches of roles and bindings; no event says they are warm."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all(
        each.may("list", "apps/deployments", own) for who, each in people.items() if who != "nobody"
    ):
        assert time.monotonic() < deadline, "the roles did not take effect"
        time.sleep(0.05)


MAY = [
    ("admins", "create", "apps/deployments", "own"),
    ("admins", "get", "/secrets", "own"),
    ("admins", "create", "/secrets", "own"),
    ("admins", "create", "/pods/exec", "own"),
    ("admins", "get", "/resourcequotas", "own"),
    ("admins", "list", "rbac.authorization.k8s.io/rolebindings", "own"),
    ("deployers", "create", "apps/deployments", "own"),
    ("deployers", "update", "/configmaps", "own"),
    ("deployers", "get", "/pods/log", "own"),
    ("viewers", "list", "/pods", "own"),
    ("viewers", "get", "networking.k8s.io/networkpolicies", "own"),
    ("officer", "list", "rbac.authorization.k8s.io/clusterroles", "cluster"),
    ("officer", "list", "rbac.authorization.k8s.io/rolebindings", "other"),
    ("officer", "list", "admissionregistration.k8s.io/validatingadmissionpolicies", "cluster"),
    ("officer", "list", "/pods", "other"),
    ("inspector", "list", "/namespaces", "cluster"),
    ("inspector", "list", "/pods", "other"),
]
MAY_NOT = [
    ("admins", "create", "apps/deployments", "other"),
    ("admins", "get", "/secrets", "other"),
    ("admins", "list", "/namespaces", "cluster"),
    ("admins", "update", "/namespaces", "own"),
    ("admins", "update", "/resourcequotas", "own"),
    ("admins", "delete", "/limitranges", "own"),
    ("admins", "create", "networking.k8s.io/networkpolicies", "own"),
    ("admins", "delete", "networking.k8s.io/networkpolicies", "own"),
    ("admins", "create", "rbac.authorization.k8s.io/rolebindings", "own"),
    ("admins", "create", "rbac.authorization.k8s.io/roles", "own"),
    ("admins", "delete", "policy/poddisruptionbudgets", "own"),
    ("admins", "create", "/serviceaccounts/token", "own"),
    ("admins", "impersonate", "/groups", "cluster"),
    ("deployers", "get", "/secrets", "own"),
    ("deployers", "create", "/pods/exec", "own"),
    ("deployers", "update", "/resourcequotas", "own"),
    ("deployers", "update", "networking.k8s.io/networkpolicies", "own"),
    ("deployers", "create", "rbac.authorization.k8s.io/rolebindings", "own"),
    ("deployers", "create", "apps/deployments", "other"),
    ("viewers", "get", "/secrets", "own"),
    ("viewers", "list", "/secrets", "own"),
    ("viewers", "create", "apps/deployments", "own"),
    ("viewers", "list", "/pods", "other"),
    ("officer", "get", "/secrets", "own"),
    ("officer", "update", "rbac.authorization.k8s.io/rolebindings", "own"),
    ("inspector", "get", "/secrets", "own"),
    ("inspector", "list", "/secrets", "cluster"),
    ("nobody", "list", "/pods", "own"),
    ("nobody", "list", "/namespaces", "cluster"),
]


def named(case: tuple[str, str, str, str]) -> str:
    who, verb, resource, place = case
    return f"{who}-{verb}-{resource.strip('/').replace('/', '-')}-{place}"


@pytest.mark.parametrize("case", MAY, ids=named)
def test_a_group_may(ground, case):
    who, verb, resource, place = case

    assert ground.people[who].may(verb, resource, ground.place(place))


@pytest.mark.parametrize("case", MAY_NOT, ids=named)
def test_a_group_may_not(ground, case):
    who, verb, resource, place = case

    assert not ground.people[who].may(verb, resource, ground.place(place))


def deployment(namespace: str) -> dict:
    container = {"name": "web", "image": IMAGE}
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"securityContext": {"runAsNonRoot": True}, "containers": [container]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template},
    }


def test_an_administrator_deploys_at_home_and_not_next_door(ground):
    admin = ground.people["admins"]

    at_home = create(admin, deployment(ground.own))
    next_door = create(admin, deployment(ground.other))

    assert at_home.status == 201, at_home.message
    assert next_door.status == 403
    assert "deployments.apps is forbidden" in next_door.message


def test_a_secret_is_read_by_the_administrator_alone(ground, administrator):
    path = f"/api/v1/namespaces/{ground.own}/secrets"
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key"}}
    assert administrator.ask("POST", path, secret).status == 201

    seen = {who: each.ask("GET", f"{path}/key").status for who, each in ground.people.items()}

    assert seen.pop("admins") == 200
    assert set(seen.values()) == {403}


def test_a_deployer_widens_no_quota(ground):
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "quota", "namespace": ground.own},
        "spec": {"hard": {"pods": "1000"}},
    }

    answer = ground.people["deployers"].apply(quota)

    assert answer.status == 403
    assert "resourcequotas" in answer.message


@pytest.mark.parametrize("place", ["own", "other"])
def test_an_inspector_has_no_right_but_to_read(ground, place):
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": ground.place(place)},
    }
    path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"

    rules = ground.people["inspector"].ask("POST", path, review).body["status"]["resourceRules"]

    about_itself = {"authorization.k8s.io", "authentication.k8s.io", "certificates.k8s.io"}
    rights = [rule for rule in rules if not about_itself & set(rule["apiGroups"])]
    assert len(rights) >= 5
    assert {verb for rule in rights for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert [rule for rule in rights if {"secrets", "*"} & set(rule["resources"])] == []


def create(who: Person, one: dict) -> object:
    path, _, _ = who.path(one).rpartition("/")
    return who.ask("POST", f"{path}?dryRun=All", one)
