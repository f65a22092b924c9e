"""Money by the day: parts add up to the whole, and a day more never costs less."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacks.models.ledger import spending
from stacks.models.showback import (
    MONTHS,
    PERMILLE,
    Charge,
    apportioned,
    by_month,
    cost,
    days,
    period,
    rolled_up,
    showback,
    way,
)

DAY = dt.timedelta(days=1)
PARENTS = {"H26": None, "H26.1": "H26", "H26.2": "H26", "H26.2.1": "H26.2", "G18": None}
some_day = st.dates(dt.date(2025, 6, 1), dt.date(2030, 6, 30))
amounts = st.lists(st.integers(0, 10**12), max_size=30)


@st.composite
def charges(draw, first=some_day):
    starts = draw(first)
    return Charge(
        tenant=f"t{draw(st.integers(0, 10**6))}",
        agency=draw(st.sampled_from(sorted(PARENTS))),
        system=draw(st.sampled_from(["portal", "e-office", "archive"])),
        level=draw(st.integers(1, 5)),
        monthly_vnd=draw(st.integers(0, 10**9)),
        starts=starts,
        ends=starts + DAY * draw(st.integers(0, 1100)),
    )


def charge(monthly_vnd=3650, starts="2026-01-01", ends="2026-12-31", **changed):
    given_ = {"tenant": "t", "agency": "H26", "system": "portal", "level": 2, **changed}
    first, last = dt.date.fromisoformat(starts), dt.date.fromisoformat(ends)
    return Charge(**given_, monthly_vnd=monthly_vnd, starts=first, ends=last)


def test_a_month_costs_its_days():
    assert by_month(charge(), 2026) == tuple(
        120 * length for length in (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    )
    assert by_month(charge(starts="2026-02-27", ends="2026-03-02"), 2026)[:4] == (0, 240, 240, 0)
    assert by_month(charge(), 2027) == (0,) * 12


def test_a_leap_year_has_a_day_more_to_share_the_year_among():
    leap = charge(366, "2028-02-29", "2028-03-01")

    assert by_month(leap, 2028)[1:3] == (12, 12)
    assert days(leap, *period(2028, 2)) == 1


def test_time_that_runs_backwards_costs_nothing():
    first, last = period(2026, 5)

    assert cost(charge(), last, first) == 0
    assert days(charge(), dt.date(2027, 1, 1), dt.date(2027, 1, 31)) == 0


def test_everything_since_the_first_day_there_is():
    assert cost(charge(), dt.date.min, dt.date.max) == 12 * 3650


@settings(deadline=None)
@given(charges())
def test_months_add_up_to_what_the_ledger_granted(one):
    granted = spending(one.monthly_vnd, one.starts, one.ends)

    for year in range(one.starts.year, one.ends.year + 1):
        assert sum(by_month(one, year)) == granted[f"vnd-{year}"]
        assert all(each >= 0 for each in by_month(one, year))


@settings(deadline=None)
@given(charges(), some_day, st.integers(0, 800))
def test_a_day_more_never_costs_less(one, first, length):
    last = first + DAY * length
    longer = Charge(**{**vars(one), "ends": one.ends + DAY})
    earlier = Charge(**{**vars(one), "starts": one.starts - DAY})
    whole = (dt.date(2020, 1, 1), dt.date(2040, 1, 1))

    assert 0 <= cost(one, first, last) <= cost(one, first, last + DAY)
    assert cost(one, *whole) <= cost(longer, *whole)
    assert cost(one, *whole) <= cost(earlier, *whole)


@settings(deadline=None)
@given(charges(), some_day, st.integers(1, 1100))
def test_a_longer_life_changes_no_month_that_has_passed(one, month, more):
    longer = Charge(**{**vars(one), "ends": one.ends + DAY * more})
    first, last = period(month.year, month.month)
    last = min(last, one.ends)

    assert cost(one, first, last) == cost(longer, first, last)


@settings(deadline=None)
@given(charges(), st.lists(some_day, min_size=2, max_size=20, unique=True))
def test_however_time_is_cut_the_parts_add_up(one, cuts):
    cuts = sorted(cuts)
    parts = [cost(one, first, last - DAY) for first, last in pairwise(cuts)]

    assert sum(parts) == cost(one, cuts[0], cuts[-1] - DAY)


@settings(deadline=None)
@given(
    st.lists(charges(), max_size=12),
    st.sampled_from(["tenant", "system", "agency", "level"]),
    st.integers(2025, 2031),
    st.none() | st.sampled_from(MONTHS),
)
def test_a_bill_adds_up_whatever_it_is_divided_by(some, by, year, month):
    time = period(year, month)
    found = showback(some, lambda each: str(getattr(each, by)), *time)

    assert sum(each.vnd for each in found) == sum(cost(each, *time) for each in some)
    assert sum(each.days for each in found) == sum(days(each, *time) for each in some)
    assert sum(each.permille for each in found) == (PERMILLE if any(e.vnd for e in found) else 0)
    assert [each.key for each in found] == sorted({each.key for each in found})
    assert all(each.days > 0 and each.tenants > 0 for each in found)


@settings(deadline=None)
@given(st.integers(0, 10**6), amounts)
def test_a_whole_is_shared_out_without_a_rest(whole, weights):
    parts = apportioned(whole, weights)

    assert sum(parts) == (whole if sum(weights) else 0)
    for part, weight in zip(parts, weights, strict=True):
        exact = whole * weight / (sum(weights) or 1)
        assert exact - 1 - 1e-6 <= part <= exact + 1 + 1e-6
        assert part == 0 or weight > 0


@pytest.mark.parametrize(
    ("weights", "parts"),
    [((1, 1, 1), (334, 333, 333)), ((5, 0, 0), (1000, 0, 0)), ((1, 1999), (1, 999)), ((), ())],
)
def test_the_largest_remainder_gets_what_rounding_left(weights, parts):
    assert apportioned(PERMILLE, weights) == parts


@settings(deadline=None)
@given(st.lists(charges(), max_size=15), st.integers(2025, 2031))
def test_the_hierarchys_sums_equal_those_of_its_leaves(some, year):
    found = rolled_up(PARENTS, ((each.agency, by_month(each, year)) for each in some))
    roots = [found[code] for code, parent in PARENTS.items() if parent is None and code in found]

    assert sum(map(sum, roots)) == sum(sum(by_month(each, year)) for each in some)
    for code, months in found.items():
        own = [by_month(each, year) for each in some if each.agency == code]
        below = [found[each] for each in found if PARENTS[each] == code]
        assert months == tuple(map(sum, zip(*own, *below, strict=True)))


def test_a_hierarchy_that_goes_round_still_ends():
    assert list(way({"a": "b", "b": "a"}, "a")) == ["a", "b"]
    assert list(way({}, "unknown")) == ["unknown"]
