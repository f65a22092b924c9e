"""A year's money by month and node, and who will not make do."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sen.budget.forecast import Node, forecast, warnings
from tests.stacks.models.test_showback import PARENTS, charge, charges

YEAR = 12 * 3650


def test_a_node_pays_for_all_under_it():
    found = forecast([charge(), charge(agency="H26.1")], PARENTS, {}, 2026)

    assert [(each.agency, each.total, each.left) for each in found] == [
        ("H26", 2 * YEAR, None),
        ("H26.1", YEAR, None),
    ]
    assert found[0].months[:2] == (2 * 120 * 31, 2 * 120 * 28)


def test_a_budget_to_the_dong_suffices_and_one_less_does_not():
    enough, short = (
        forecast([charge()], PARENTS, {"H26": budget}, 2026) for budget in (YEAR, YEAR - 1)
    )

    assert (enough[0].left, enough[0].over_from) == (0, None)
    assert (short[0].left, short[0].over_from) == (-1, 12)
    assert warnings(enough) == ()
    assert [each.thing for each in warnings(short)] == ["H26"]


def test_a_warning_names_the_month_that_is_not_paid():
    (warning,) = warnings(forecast([charge()], PARENTS, {"H26": 120 * 31}, 2026))

    assert warning.values["month"] == 2
    assert f"{YEAR:,}" in warning.text()
    assert "from month 2 on" in warning.text()


def test_the_province_is_over_though_no_commune_is():
    both = [charge(agency="H26.1"), charge(agency="H26.2")]

    found = forecast(both, PARENTS, {"H26": YEAR, "H26.1": YEAR, "H26.2": YEAR}, 2026)

    assert [each.thing for each in warnings(found)] == ["H26"]


def test_a_budget_that_nobody_uses_is_shown():
    assert forecast([], PARENTS, {"G18": 5}, 2026) == (Node("G18", 2026, (0,) * 12, 5),)


def test_another_years_tenants_are_left_out():
    assert forecast([charge()], PARENTS, {}, 2028) == ()


@settings(deadline=None)
@given(st.lists(charges(), max_size=10), st.integers(2025, 2031), st.integers(0, 10**9))
def test_a_node_is_over_exactly_when_it_costs_more_than_its_budget(some, year, budget):
    for each in forecast(some, PARENTS, dict.fromkeys(PARENTS, budget), year):
        assert (each.over_from is not None) == (each.total > budget)
        assert replace(each, budget=each.total).over_from is None
