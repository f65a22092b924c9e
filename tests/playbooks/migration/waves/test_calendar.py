"""The calendar's days are those of Viet Nam, and each rule freezes whole days."""

from __future__ import annotations

import datetime as dt

import pytest

from playbooks.migration.waves.calendar.freeze import Freeze, freezes
from playbooks.migration.waves.days import VIET_NAM, day_span
from stacks.problem import ProblemError

DAY = dt.timedelta(days=1)


def days(rule, year):
    """Give first and last days of the frozen spans."""
    return [
        (each.start.date().isoformat(), (each.end - DAY).date().isoformat())
        for each in freezes([rule], [year])
    ]


@pytest.mark.parametrize(
    ("year", "first", "last"),
    [
        (2026, "2026-02-10", "2026-02-22"),
        (2027, "2027-01-30", "2027-02-11"),
        (2028, "2028-01-19", "2028-01-31"),
        (2029, "2029-02-06", "2029-02-18"),
        (2030, "2030-01-26", "2030-02-07"),
    ],
)
def test_tet_is_frozen_from_the_week_before_to_the_sixth_day(year, first, last):
    assert days(Freeze.TET, year) == [(first, last)]


def test_holidays_are_the_statutory_days():
    found = [first for first, last in days(Freeze.HOLIDAYS, 2027) if first == last]

    assert found == [
        "2027-01-01",
        "2027-04-16",
        "2027-04-30",
        "2027-05-01",
        "2027-09-01",
        "2027-09-02",
        "2027-09-03",
    ]


def test_the_turn_of_each_month_is_frozen():
    found = days(Freeze.MONTH_END, 2028)

    assert len(found) == 12
    assert found[1] == ("2028-02-28", "2028-03-01")
    assert found[11] == ("2028-12-30", "2029-01-01")


def test_rules_and_years_are_taken_together_and_once():
    both = freezes([Freeze.TET, Freeze.MONTH_END, Freeze.TET], [2027, 2026, 2027])

    assert len(both) == 2 + 24


def test_days_begin_in_viet_nam():
    one = day_span(dt.date(2027, 2, 6), dt.date(2027, 2, 6))

    assert one.start == dt.datetime(2027, 2, 6, tzinfo=VIET_NAM)
    assert one.end - one.start == DAY


def test_a_year_without_its_lunar_days_is_refused():
    with pytest.raises(ProblemError, match="2031: the lunar days of this year"):
        freezes([Freeze.TET], [2031])
