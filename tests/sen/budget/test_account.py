"""What is counted, at which price, and what cannot be counted and is named."""

from __future__ import annotations

import copy
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sen.budget.account import OWN_BUDGET, limit_of, parents_of
from sen.operator.world import World, grant_of
from stacks.models.agency import agencies
from stacks.models.ledger import Limit
from stacks.models.price import monthly_price
from stacks.models.tenant import TenantRequest
from tests.request_of import request_of
from tests.sen.budget.objects import QUOTA, TODAY, agency, counted, namespace, request, tenant

YEAR = TODAY.year
CODES = ["X99", *(each.code for each in agencies().all())]


def test_a_tenant_costs_what_was_frozen_at_its_approval():
    found = counted(tenants=[tenant("portal", price=123_456)])

    (charge,) = found.charges
    assert (charge.tenant, charge.agency, charge.system) == ("h26-portal-staging", "H26", "portal")
    assert (charge.monthly_vnd, charge.level) == (123_456, 2)
    assert (charge.starts, charge.ends) == (TODAY, TODAY + dt.timedelta(days=365))


def test_a_tenant_built_from_a_file_costs_what_the_list_says():
    asked = TenantRequest.model_validate(request_of(slug="portal", level=2))

    found = counted(namespaces=[namespace("portal")])

    (charge,) = found.charges
    assert charge.monthly_vnd == monthly_price(asked)
    assert (charge.starts, charge.ends) == (asked.starts, asked.ends)
    assert found.grants == ()


def test_a_tenant_with_object_and_namespace_costs_once():
    found = counted(
        tenants=[tenant("portal", price=1)], namespaces=[namespace("portal"), namespace("archive")]
    )

    assert [each.tenant for each in found.charges] == ["h26-portal-staging", "h26-archive-staging"]
    assert found.charges[0].monthly_vnd == 1


def test_what_the_platform_pays_itself_is_nobodys_bill():
    budget = {"code": OWN_BUDGET, "monthly_ceiling_vnd": 100_000_000}

    assert counted(namespaces=[namespace("desk", budget=budget)]).charges == ()


def test_grants_are_those_that_the_operator_decides_by():
    tenants = [tenant("portal"), tenant("archive", size="M")]
    world = World()
    for each in (agency(budgets=[{"year": YEAR, "vnd": 5}], quota={"cpu": 9, **QUOTA}), *tenants):
        world.learn(each)

    found = counted(tenants=tenants, agencies=world.all("Agency"))

    assert found.grants == tuple(map(grant_of, tenants))
    assert found.ledger.lines() == world.ledger("H26").lines()
    assert found.ledger.parents == world.ledger("H26").parents
    assert found.budgets(YEAR) == {"H26": 5}
    assert found.budgets(YEAR + 1) == {}


def test_an_open_request_asks_for_what_it_would_take():
    found = counted(requests=[request("portal")])

    assert found.asked == (grant_of(tenant("portal")),)


def test_a_request_that_was_granted_asks_for_nothing_more():
    assert counted(requests=[request("portal")], tenants=[tenant("portal")]).asked == ()


def test_a_request_for_more_asks_for_the_difference():
    found = counted(requests=[request("portal", size="M")], tenants=[tenant("portal")])
    less = counted(requests=[request("portal")], tenants=[tenant("portal", size="M")])

    assert found.asked[0].amounts["cpu"] == 8 - 2
    assert set(less.asked[0].amounts.values()) == {0}


@pytest.mark.parametrize(("observed", "asks"), [(1, 0), (0, 1)])
def test_a_refused_request_asks_for_nothing_until_it_changes(observed, asks):
    refused = request("portal")
    refused["metadata"]["generation"] = 1
    refused["status"] = {"phase": "Rejected", "observedGeneration": observed}

    assert len(counted(requests=[refused]).asked) == asks


def test_a_request_whose_time_is_over_asks_for_nothing():
    old = request("portal")
    old["spec"] |= {
        "starts": str(TODAY - dt.timedelta(days=90)),
        "ends": str(TODAY - dt.timedelta(days=1)),
    }
    running = copy.deepcopy(old)
    running["spec"]["ends"] = str(TODAY)

    assert counted(requests=[old]).asked == ()
    assert len(counted(requests=[running]).asked) == 1


@pytest.mark.parametrize(
    ("place", "key", "value"),
    [
        ("annotations", "sen.gov.vn/price-vnd-month", "-5"),
        ("annotations", "sen.gov.vn/price-vnd-month", None),
        ("annotations", "sen.gov.vn/starts", "yesterday"),
        ("labels", "sen.gov.vn/ends", "never"),
        ("labels", "sen.gov.vn/level", "high"),
    ],
)
def test_what_cannot_be_counted_is_named_and_the_rest_is_counted(place, key, value):
    broken = namespace("broken")
    broken["metadata"][place] = {**broken["metadata"][place], key: value}
    if value is None:
        del broken["metadata"][place][key]

    found = counted(namespaces=[broken, namespace("portal")])

    assert [each.system for each in found.charges] == ["portal"]
    assert [each.thing for each in found.unreadable] == ["Namespace/h26-broken-staging"]


def test_a_namespace_without_any_notes_is_named():
    bare = namespace("bare")
    del bare["metadata"]["annotations"]

    assert [each.thing for each in counted(namespaces=[bare]).unreadable] == [
        "Namespace/h26-bare-staging"
    ]


def test_objects_that_break_their_own_rules_are_named():
    nowhere, broken = agency("X99"), request("portal")
    broken["spec"]["ends"] = "2020-01-01"

    found = counted(agencies=[nowhere, agency()], requests=[broken])

    assert [each.thing for each in found.unreadable] == ["Agency/x99", "TenantRequest/portal"]
    assert found.limits == (Limit("H26", {}),)
    assert all("kubectl get" in each.text() for each in found.unreadable)


def test_an_agency_without_limits_limits_nothing():
    assert limit_of(agency()).amounts == {}


@settings(deadline=None)
@given(st.lists(st.sampled_from(CODES)))
def test_everybodys_way_up_ends_at_a_root(codes):
    parents = parents_of(codes, agencies())

    assert set(codes) <= parents.keys()
    assert all(parent is None or parent in parents for parent in parents.values())
    assert all(parent == agencies().get(code).parent for code, parent in parents.items() if parent)
