"""The share of the state budget: counted with all under an agency, never rounded to the aim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sen.budget.forecast import Node
from sen.budget.share import Share, rows, shares, state_budgets
from stacks.models.agency import agencies
from stacks.problem import ProblemError

MONTHS = (0,) * 11
FILE = "agency,year,vnd\nH26,2026,1000000\nG18,2026,500000\nH26,2027,7\n"


def test_share_counts_what_tenants_cost_and_what_is_missing_to_one_per_cent():
    nodes = [Node("H26", 2026, (2_000, *MONTHS)), Node("H17", 2026, (9, *MONTHS))]

    found = shares(nodes, {"H26": 1_000_000, "G18": 500_000}, 2026)

    assert [(each.agency, each.permyriad, each.gap_vnd) for each in found] == [
        ("G18", 0, 5_000),
        ("H26", 20, 8_000),
    ]
    (first, second) = rows(found, agencies())
    assert (second["percent"], second["aim_percent"]) == ("0.20", "1.00")
    assert second["name"] == agencies().get("H26").title
    assert first["percent"] == "0.00"


@given(st.integers(1, 10**18), st.integers(0, 10**18), st.integers(1, 10_000))
def test_gap_is_what_reaches_the_aim_and_not_a_dong_more(state, digital, aim):
    gap = Share("H26", 2026, state, digital, aim).gap_vnd

    assert Share("H26", 2026, state, digital + gap, aim).permyriad >= aim
    if gap:
        assert Share("H26", 2026, state, digital + gap - 1, aim).permyriad < aim


def test_budgets_of_other_years_are_left_out():
    found = state_budgets("\ufeff" + FILE, "b.csv", 2026, agencies())

    assert found == {"H26": 1_000_000, "G18": 500_000}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("agency,vnd\nH26,1\n", "agency,year,vnd"),
        ("agency,year,vnd\nH26,2026,-5\n", "b.csv:2"),
        ("agency,year,vnd\nH26,2026,0\n", "b.csv:2"),
        ("agency,year,vnd\nH26,2026,١٢\n", "b.csv:2"),
        ("agency,year,vnd\nH26,2026\n", "b.csv:2"),
        ("agency,year,vnd\nH26,2026,5\nH26,2026,6\n", "b.csv:3"),
        ("agency,year,vnd\nX99,2026,5\n", "X99"),
    ],
)
def test_wrong_table_is_refused_with_its_line(text, said):
    with pytest.raises(ProblemError, match=said):
        state_budgets(text, "b.csv", 2026, agencies())
