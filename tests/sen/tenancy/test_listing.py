"""The tenants of a real cluster, as rows."""

from __future__ import annotations

import pytest

from sen.errors import MissingPartError
from sen.tenancy.listing import tenant, tenants, under
from stacks.models.price import monthly_price
from stacks.problem import ProblemError
from tests.sen.tenancy.conftest import COMMUNE, PROVINCE

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("tenancy")]


def ours(platform, requests, agency=None):
    """Give the rows of this test's tenants: others share the platform."""
    names = {request.namespace for request in requests}
    rows = tenants(platform.kubeconfig, platform.context, agency)
    return [row for row in rows if row["namespace"] in names]


def test_a_row_says_whose_it_is_what_it_costs_and_when_it_ends(platform, requests):
    province, _ = requests

    row = ours(platform, requests)[0]

    assert row == {
        "agency": PROVINCE,
        "system": province.system.slug,
        "level": 4,
        "stage": "production",
        "namespace": province.namespace,
        "price_vnd_month": monthly_price(province),
        "ends": province.ends.isoformat(),
    }


def test_rows_come_by_agency(platform, requests):
    assert [row["agency"] for row in ours(platform, requests)] == [PROVINCE, COMMUNE]


def test_an_agencys_own_and_those_under_it(platform, requests):
    rows = tenants(platform.kubeconfig, platform.context, PROVINCE)

    assert {row["agency"] for row in rows} == {PROVINCE, COMMUNE}
    assert [row["agency"] for row in ours(platform, requests, COMMUNE)] == [COMMUNE]
    assert tenants(platform.kubeconfig, platform.context, "H5") == []


@pytest.mark.parametrize(
    ("code", "agency", "yes"),
    [
        ("H57", "H57", True),
        ("H57.19768", "H57", True),
        ("H57", "H57.19768", False),
        ("H571", "H57", False),
        ("H57", "H5", False),
    ],
)
def test_who_lies_under_whom(code, agency, yes):
    assert under(code, agency) is yes


def test_what_is_no_tenant_is_not_listed(platform, requests):
    names = {row["namespace"] for row in tenants(platform.kubeconfig, platform.context)}

    assert not names & {"default", "kube-system", "sen-system"}


def test_words_where_numbers_should_be_are_no_numbers(platform, api, namespace):
    """Somebody with a right to namespaces wrote these labels by hand."""
    patch = {
        "metadata": {
            "labels": {"sen.gov.vn/agency": "H57", "sen.gov.vn/level": "high"},
            "annotations": {"sen.gov.vn/price-vnd-month": "cheap"},
        }
    }
    path = f"/api/v1/namespaces/{namespace}"
    status, _ = api.ask("PATCH", path, patch, "application/merge-patch+json")
    assert status == 200

    rows = tenants(platform.kubeconfig, platform.context, "H57")

    (row,) = (row for row in rows if row["namespace"] == namespace)
    assert (row["level"], row["price_vnd_month"], row["ends"]) == (None, None, None)


def test_a_tenant_is_shown_with_its_notes_and_all_its_objects(platform, requests):
    province, _ = requests

    shown = tenant(platform.kubeconfig, platform.context, province.namespace)

    assert shown["owner_unit"] == province.system.owner_unit
    assert shown["officer"] == province.system.officer
    assert shown["starts"] == province.starts.isoformat()
    assert "NetworkPolicy/deny-all" in shown["objects"]
    assert "ResourceQuota/quota" in shown["objects"]
    assert "PodDisruptionBudget/default" in shown["objects"]
    assert "RoleBinding/tenant-admin" in shown["objects"]


@pytest.mark.parametrize("name", ["no-such-tenant", "kube-system"])
def test_what_is_no_tenant_is_refused(platform, name):
    with pytest.raises(ProblemError) as refused:
        tenant(platform.kubeconfig, platform.context, name)

    (problem,) = refused.value.problems
    assert (problem.key, problem.thing) == ("tenant-unknown", name)
    assert refused.value.exit_code == 2


def test_a_cluster_that_is_not_there_is_a_missing_part(tmp_path):
    with pytest.raises(MissingPartError):
        tenants(tmp_path / "none", "sen-local")
