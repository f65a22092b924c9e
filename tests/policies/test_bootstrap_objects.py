"""What Kubernetes makes for itself in a new cluster is refused by no rule: it could not start."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from policies.finding import Finding, Gate, Verdict
from policies.judge import judge
from policies.kind import kinds, split
from policies.rule import Action
from policies.surroundings import Surroundings

pytestmark = pytest.mark.platform

Thing = Mapping[str, Any]

BY_KUBERNETES = {"default", "kube-system", "kube-public", "kube-node-lease"}
LEAST_OBJECTS = 150
# The part of a name by which Kubernetes' own objects in these namespaces are told from a test's.
BORN = {"kubernetes", "default", "kube-root-ca.crt"}


def served(api: Any) -> tuple[tuple[str, str, bool], ...]:
    """Give path, kind and whether it lies in namespaces, of each kind that this server has."""
    found = []
    for name, kind in kinds().kinds.items():
        group, version, _ = split(name)
        root = f"/apis/{group}/{version}" if group else f"/api/{version}"
        status, _ = api.ask("GET", root) if kind.resources else (404, b"")
        if status == 200:
            found.append((f"{root}/{kind.resources[0]}", name, kind.namespaced))
    return tuple(found)


def listed(api: Any, path: str, name: str) -> list[Thing]:
    group, version, kind = split(name)
    status, body = api.ask("GET", path)
    assert status == 200, path
    own = {"apiVersion": f"{group}/{version}".lstrip("/"), "kind": kind}
    return [{**own, **each} for each in json.loads(body)["items"]]


def belongs_to_kubernetes(thing: Thing, *, namespaced: bool) -> bool:
    """Say whether a new cluster holds it; other tests make objects of their own meanwhile."""
    metadata = thing["metadata"]
    if namespaced:
        return metadata["namespace"] in BY_KUBERNETES and (
            metadata["namespace"] != "default" or metadata["name"] in BORN
        )
    if thing["kind"] == "Namespace":
        return metadata["name"] in BY_KUBERNETES
    managers = {each.get("manager") for each in metadata.get("managedFields", [])}
    return "kube-apiserver" in managers or metadata["name"].startswith(("system:", "sen:"))


@pytest.fixture(scope="module")
def objects(api) -> tuple[Thing, ...]:
    return tuple(
        thing
        for path, name, namespaced in served(api)
        for thing in listed(api, path, name)
        if belongs_to_kubernetes(thing, namespaced=namespaced)
    )


def findings(objects: tuple[Thing, ...]) -> list[Finding]:
    around = Surroundings(objects, complete=True)
    return [
        each
        for thing in objects
        for rule in judge().rules_for(around.subject(thing))
        for each in judge().findings(
            around.for_rule(rule, around.subject(thing)), Gate.LIVE, [rule]
        )
    ]


def test_no_rule_refuses_what_a_new_cluster_is_born_with(objects):
    found = findings(objects)

    refused = [
        f"{each.rule} {each.object}: {each.verdict}"
        for each in found
        if each.action is Action.DENY and each.verdict in {Verdict.FAIL, Verdict.UNDETERMINED}
    ]
    assert refused == []
    assert Counter(each.verdict for each in found)[Verdict.PASS] > LEAST_OBJECTS


def test_all_kinds_that_a_new_cluster_holds_are_looked_at(objects):
    seen = Counter(each["kind"] for each in objects)

    assert sum(seen.values()) >= LEAST_OBJECTS
    assert set(seen) >= {
        "APIService",
        "ClusterRole",
        "ClusterRoleBinding",
        "Namespace",
        "PriorityClass",
        "Role",
        "RoleBinding",
        "Service",
    }
    names = {each["metadata"]["name"] for each in objects}
    assert names >= {"cluster-admin", "admin", "edit", "view", "system:node", "kubernetes"}
    assert names >= {"system-node-critical", "system:controller:clusterrole-aggregation-controller"}


@pytest.mark.parametrize("name", ["admin", "edit", "cluster-admin", "system:kubelet-api-admin"])
def test_the_same_rights_under_another_name_are_refused(objects, name):
    role = next(
        each
        for each in objects
        if each["kind"] == "ClusterRole" and each["metadata"]["name"] == name
    )
    copied = {**role, "metadata": {**role["metadata"], "name": f"my-{name.replace(':', '-')}"}}

    refused = {
        each.rule
        for each in findings((copied,))
        if each.action is Action.DENY and each.verdict is Verdict.FAIL
    }

    assert refused
