"""Limit, asked, granted, left at each node."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sen.budget.account import Account
from sen.budget.standing import Standing, standings
from stacks.models.ledger import Grant, Limit
from tests.sen.budget.objects import QUOTA, TODAY, agency, counted, request, tenant
from tests.stacks.models.test_showback import PARENTS

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


CODES = st.sampled_from(sorted(PARENTS))
AMOUNTS = st.dictionaries(st.sampled_from(["cpu", "vnd-2026"]), st.integers(0, 99))


@settings(deadline=None)
@given(st.dictionaries(CODES, AMOUNTS), st.lists(st.tuples(CODES, AMOUNTS), max_size=9))
def test_the_ledger_that_the_operator_decides_by_says_the_same(limits, given_):
    grants = tuple(Grant(f"t{number}", *each) for number, each in enumerate(given_))
    known = Account(PARENTS, tuple(Limit(*each) for each in limits.items()), grants, grants[:3])

    found = {(each.agency, each.what): (each.limit, each.granted) for each in standings(known)}

    lines = known.ledger.lines()
    assert found == {(each.agency, each.what): (each.limit, each.granted) for each in lines}
    assert all(each.left == each.limit - each.granted for each in standings(known))
