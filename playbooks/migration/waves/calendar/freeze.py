"""The calendar's freezes of some years, from `days.yaml`."""

from __future__ import annotations

import calendar as months
import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from importlib import resources
from typing import Any

import yaml

from playbooks.migration.waves.days import day_span
from playbooks.migration.waves.graph import Span
from stacks.problem import Problem, ProblemError

_DAY = dt.timedelta(days=1)
_LAST_MONTH = 12


class Freeze(StrEnum):
    """A rule of the calendar."""

    TET = "tet"
    HOLIDAYS = "holidays"
    MONTH_END = "month-end"


def freezes(rules: Iterable[Freeze], years: Iterable[int]) -> tuple[Span, ...]:
    """Give the days that the rules freeze in the years, each rule's in time order.

    Raises:
        ProblemError: The lunar days of a year are not in `days.yaml`.
    """
    wanted = sorted(set(years))
    return tuple(
        span for rule in dict.fromkeys(rules) for year in wanted for span in _OF[rule](year)
    )


@functools.cache
def _data() -> Mapping[str, Mapping[str, Any]]:
    text = resources.files(__package__).joinpath("days.yaml").read_text("utf-8")
    found: Mapping[str, Mapping[str, Any]] = yaml.load(text, yaml.CSafeLoader)
    return found


def _of_year(days: Iterable[dt.date], year: int) -> dt.date:
    for day in days:
        if day.year == year:
            return day
    raise ProblemError(Problem("wave-year-unknown", str(year)))


def _tet(year: int) -> Iterator[Span]:
    data = _data()["tet"]
    first = _of_year(data["first_days"], year)
    yield day_span(first - data["days_before"] * _DAY, first + data["days_after"] * _DAY)


def _holidays(year: int) -> Iterator[Span]:
    data = _data()["holidays"]
    days = [dt.date.fromisoformat(f"{year}-{each}") for each in data["every_year"]]
    for day in sorted([*days, _of_year(data["moving"], year)]):
        yield day_span(day, day)


def _month_end(year: int) -> Iterator[Span]:
    data = _data()["month-end"]
    for month in range(1, _LAST_MONTH + 1):
        last = dt.date(year, month, months.monthrange(year, month)[1])
        yield day_span(last - (data["last_days"] - 1) * _DAY, last + data["first_days"] * _DAY)


_OF: Mapping[Freeze, Callable[[int], Iterator[Span]]] = {
    Freeze.TET: _tet,
    Freeze.HOLIDAYS: _holidays,
    Freeze.MONTH_END: _month_end,
}
