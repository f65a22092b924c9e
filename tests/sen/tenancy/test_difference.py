"""A request and the cluster are compared by what the request decides, and by nothing else."""

from __future__ import annotations

import pytest

from sen.tenancy.difference import compare, differences
from stacks.components.tenant import objects_for
from stacks.models.tenant import TenantRequest
from tests.request_of import request_of

QUOTA = {"kind": "ResourceQuota", "metadata": {"name": "quota"}, "spec": {"hard": {"pods": "20"}}}


def rows(wanted, live):
    return list(compare(wanted, live))


def patched(api, path, patch):
    status, body = api.ask("PATCH", path, patch, "application/merge-patch+json")
    assert status == 200, body


@pytest.mark.platform
@pytest.mark.xdist_group("tenancy")
def test_what_was_applied_does_not_differ(platform, requests):
    """Also where the API server writes an amount in another way than the request."""
    for request in requests:
        assert differences(request, platform.kubeconfig, platform.context) == []


@pytest.mark.platform
@pytest.mark.xdist_group("tenancy")
def test_a_tenant_that_is_not_there_differs_by_every_object(platform):
    request = TenantRequest.model_validate(request_of("H57", "never-built"))

    found = differences(request, platform.kubeconfig, platform.context)

    assert found[0] == {
        "object": "Namespace/h57-never-built-staging",
        "field": "",
        "wanted": "present",
        "live": "absent",
    }
    assert {row["live"] for row in found} == {"absent"}
    assert len(found) == 9


@pytest.mark.platform
@pytest.mark.xdist_group("tenancy")
def test_changes_by_hand_are_found_field_by_field(platform, administrator, api, requests):
    _, commune = requests
    base = f"/api/v1/namespaces/{commune.namespace}"
    policies = f"/apis/networking.k8s.io/v1/namespaces/{commune.namespace}/networkpolicies"
    opened = {"spec": {"ingress": [{}], "policyTypes": ["Ingress", "Egress"]}}

    patched(api, f"{base}/resourcequotas/quota", {"spec": {"hard": {"pods": "9000"}}})
    patched(api, base, {"metadata": {"labels": {"somebody": "else"}}})
    patched(api, f"{policies}/allow-within", opened)
    found = differences(commune, platform.kubeconfig, platform.context)

    for one in objects_for(commune):
        assert administrator.apply(one).status == 200
    assert [(row["object"], row["field"], row["wanted"], row["live"]) for row in found] == [
        ("ResourceQuota/quota", "spec.hard.pods", "150", "9k"),
        ("NetworkPolicy/allow-within", "spec.ingress.0.from", [{"podSelector": {}}], None),
    ]


def test_a_missing_object_is_one_row():
    assert rows(QUOTA, None) == [
        {"object": "ResourceQuota/quota", "field": "", "wanted": "present", "live": "absent"}
    ]


def test_what_nobody_asked_for_does_not_count():
    live = {**QUOTA, "status": {"used": {}}, "spec": {"hard": {"pods": "20"}, "scopes": ["x"]}}

    assert rows(QUOTA, live) == []


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        ("1024Gi", "1Ti"),
        ("1000m", "1"),
        ("0", "0"),
    ],
)
def test_an_amount_is_the_same_however_it_is_written(wanted, live):
    asked, there = ({**QUOTA, "spec": {"hard": {"pods": one}}} for one in (wanted, live))

    assert rows(asked, there) == []


@pytest.mark.parametrize(
    ("wanted", "live"),
    [("1024Gi", "1024Mi"), ("1", "10"), ("20", None), ("20", "twenty"), ("a", "b"), (True, "1")],
)
def test_another_amount_differs(wanted, live):
    asked, there = ({**QUOTA, "spec": {"hard": {"pods": one}}} for one in (wanted, live))

    assert [(row["field"], row["wanted"], row["live"]) for row in rows(asked, there)] == [
        ("spec.hard.pods", wanted, live)
    ]


def test_a_label_that_looks_like_an_amount_is_a_word():
    asked, there = ({**QUOTA, "metadata": {"name": "quota", "x": one}} for one in ("1.0", "1"))

    assert len(rows(asked, there)) == 1


@pytest.mark.parametrize("empty", [{}, [], None])
def test_what_is_empty_may_be_absent(empty):
    wanted = {**QUOTA, "spec": {"podSelector": empty}}

    assert rows(wanted, {**QUOTA, "spec": {}}) == []


@pytest.mark.parametrize(
    ("wanted", "live", "where"),
    [
        ([{"port": 1}], [{"port": 2}], "spec.ports.0.port"),
        ([{"port": 1}], [{"port": 1}, {"port": 2}], "spec.ports"),
        ([{"port": 1}], [], "spec.ports"),
        ([], [{"port": 1}], "spec.ports"),
    ],
)
def test_a_list_is_held_entry_by_entry(wanted, live, where):
    found = rows({**QUOTA, "spec": {"ports": wanted}}, {**QUOTA, "spec": {"ports": live}})

    assert [row["field"] for row in found] == [where]
