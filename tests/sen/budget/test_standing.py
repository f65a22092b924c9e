"""Limit, asked, granted, left at each node."""

from __future__ import annotations

from sen.budget.standing import Standing, standings
from tests.sen.budget.objects import QUOTA, TODAY, agency, counted, request, tenant

COMMUNE = "H26.00070"


def test_each_node_counts_itself_and_those_under_it():
    found = standings(
        counted(
            agencies=[
                agency(COMMUNE, quota={"cpu": 5, **QUOTA}),
                agency(quota={"cpu": 9, **QUOTA}),
            ],
            tenants=[tenant("portal"), tenant("archive", agency=COMMUNE)],
            requests=[request("wiki", agency=COMMUNE)],
        )
    )

    assert [each for each in found if each.what == "cpu"] == [
        Standing("H26", "cpu", limit=9, asked=2, granted=4, left=5),
        Standing(COMMUNE, "cpu", limit=5, asked=2, granted=2, left=3),
    ]
    assert [each.what for each in found[:3]] == ["cpu", "memory_gib", "storage_gib"]


def test_money_is_told_year_by_year():
    budgets = [{"year": TODAY.year + 1, "vnd": 10**12}]
    one = tenant("portal")

    (found,) = standings(counted(agencies=[agency(budgets=budgets)], tenants=[one]))

    assert found.what == f"vnd-{TODAY.year + 1}"
    assert found.left == 10**12 - found.granted
    assert found.granted > 0


def test_one_agency_is_told_with_those_under_it_only():
    known = counted(
        agencies=[agency(code, quota={"cpu": 5, **QUOTA}) for code in ("H26", COMMUNE, "G18")]
    )

    assert {each.agency for each in standings(known, "H26")} == {"H26", COMMUNE}
    assert {each.agency for each in standings(known, COMMUNE)} == {COMMUNE}
    assert len(standings(known)) == 9
