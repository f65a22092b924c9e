"""Answers of two drivers are the same where they mean the same."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from playbooks.migration.verify.questions import answer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (5, Decimal("5.00")),
        (1, True),
        (Decimal("1E+2"), 100),
        (dt.timedelta(hours=9, minutes=5), dt.time(9, 5)),
        (dt.datetime(2026, 1, 2, 3), dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC)),  # noqa: DTZ001
        (None, None),
    ],
)
def test_values_that_mean_the_same_are(one, other):
    assert answer([(one,), ("b",)]) == answer([["b"], [other]])


@pytest.mark.parametrize(
    ("one", "other"),
    [(5, 6), (None, 0), (dt.date(2026, 1, 2), dt.date(2026, 1, 3)), ("a", "á")],
)
def test_others_are_not(one, other):
    assert answer([(one,)]) != answer([(other,)])
