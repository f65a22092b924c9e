"""The timeline goes by time, and within one second by what can only follow what."""

from __future__ import annotations

import datetime as dt

import pytest

from sen.portal.timeline import Step, ordered

SECOND = "2026-11-22T03:00:00Z"
COURSE = (
    "Asked",
    "Price reckoned",
    "Waits for decisions",
    "Agreed",
    "Approved by everybody who had to",
    "Built",
    "Ready",
)


def test_one_second_reads_in_the_order_in_which_things_can_only_have_happened():
    mixed = [Step(SECOND, "", what) for what in sorted(COURSE)]

    assert [each.what for each in ordered(mixed)] == list(reversed(COURSE))


def test_later_second_is_above_whatever_happened_in_it():
    late, early = Step("2026-11-22T03:00:01Z", "", "Asked"), Step(SECOND, "", "Ready")

    assert ordered([early, late]) == (late, early)


def test_same_moment_is_the_same_however_it_is_written():
    """An event has a fraction and Z, what was approved an offset; as texts they do not compare."""
    first = Step("2026-11-22T03:00:00.900000Z", "", "x")
    second = Step("2026-11-22T10:00:01+07:00", "", "y")

    assert ordered([first, second]) == (second, first)


@pytest.mark.parametrize("when", ["", "2020-01-01T00:00:00"])
def test_step_without_a_time_or_a_zone_has_a_place_too(when):
    dated = Step(SECOND, "", "Asked")

    assert ordered([Step(when, "", "Ready"), dated])[0] == dated
    assert Step(when, "", "").moment.tzinfo is dt.UTC
