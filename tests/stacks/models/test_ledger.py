"""What is granted never exceeds what an agency, or any above it, may have."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.models.ledger import Grant, Ledger, Limit, Line, Shortage, amounts_of, spending
from stacks.models.quota import SIZES, Size

PARENTS = {"H26": None, "H26.1": "H26", "H26.2": "H26", "H27": None}
LIMITS = (Limit("H26", {"cpu": 10, "vnd-2026": 1000}), Limit("H26.1", {"cpu": 8}))


def grant(tenant, agency="H26.1", **amounts):
    return Grant(tenant, agency, {key.replace("_", "-"): each for key, each in amounts.items()})


def test_commune_cannot_exceed_its_province():
    ledger = Ledger(PARENTS, LIMITS).granted(grant("a", "H26.2", cpu=5))

    assert ledger.shortages(grant("b", cpu=6)) == (Shortage("H26", "cpu", 6, 5),)
    assert ledger.shortages(grant("b", cpu=9)) == (
        Shortage("H26", "cpu", 9, 5),
        Shortage("H26.1", "cpu", 9, 8),
    )
    assert ledger.shortages(grant("b", cpu=5)) == ()
    assert ledger.shortages(grant("b", "H27", cpu=500)) == ()


def test_money_is_shared_out_like_cores():
    ledger = Ledger(PARENTS, LIMITS).granted(grant("a", vnd_2026=900, vnd_2027=10**9))

    assert ledger.shortages(grant("b", "H26", vnd_2026=101)) == (
        Shortage("H26", "vnd-2026", 101, 100),
    )


def test_resize_counts_what_the_tenant_had_as_given_back():
    ledger = Ledger(PARENTS, LIMITS).granted(grant("a", cpu=8))

    bigger = ledger.shortages(grant("a", cpu=9))
    smaller = ledger.granted(grant("a", cpu=3))

    assert bigger == (Shortage("H26.1", "cpu", 9, 8),)
    assert smaller.shortages(grant("b", cpu=5)) == ()


def test_end_gives_back():
    ledger = Ledger(PARENTS, LIMITS).granted(grant("a", cpu=8))

    assert ledger.returned("a").lines() == Ledger(PARENTS, LIMITS).lines()


def test_lines_show_limit_granted_and_left_at_each_node():
    ledger = Ledger(PARENTS, LIMITS).granted(grant("a", cpu=3))

    assert ledger.lines() == (
        Line("H26", "cpu", 10, 3),
        Line("H26", "vnd-2026", 1000, 0),
        Line("H26.1", "cpu", 8, 3),
    )
    assert ledger.lines()[0].left == 7


def test_grant_beyond_what_is_left_is_never_entered():
    with pytest.raises(ValueError, match="more than is left"):
        Ledger(PARENTS, LIMITS).granted(grant("a", cpu=9))


def test_hierarchy_that_goes_round_still_ends():
    ledger = Ledger({"a": "b", "b": "a"}, (Limit("b", {"cpu": 1}),))

    assert ledger.shortages(Grant("t", "a", {"cpu": 2})) == (Shortage("b", "cpu", 2, 1),)


asks = st.lists(
    st.tuples(st.sampled_from(["H26", "H26.1", "H26.2"]), st.integers(0, 12)), max_size=20
)


@given(asks)
def test_no_order_of_requests_goes_over_a_limit(wanted):
    ledger = Ledger(PARENTS, LIMITS)
    for number, (agency, cpu) in enumerate(wanted):
        asked = grant(f"t{number}", agency, cpu=cpu)
        if not ledger.shortages(asked):
            ledger = ledger.granted(asked)

    assert all(line.left >= 0 for line in ledger.lines())


def test_year_is_paid_by_the_day():
    year = spending(365, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    part = spending(365, dt.date(2026, 12, 31), dt.date(2027, 1, 2))

    assert year == {"vnd-2026": 12 * 365}
    assert part == {"vnd-2026": 12, "vnd-2027": 24}
    assert spending(366, dt.date(2028, 2, 29), dt.date(2028, 2, 29)) == {"vnd-2028": 12}
    assert spending(1, dt.date(2026, 1, 1), dt.date(2026, 1, 1)) == {"vnd-2026": 1}


def test_tenant_takes_quota_and_money():
    found = amounts_of(SIZES[Size.S], 1000, dt.date(2026, 1, 1), dt.date(2026, 12, 31))

    assert found == {"cpu": 2, "memory_gib": 8, "storage_gib": 50, "vnd-2026": 12_000}
