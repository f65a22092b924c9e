"""Reads what a person asks the catalogue: levels, days, conditions, families, instruments."""

from __future__ import annotations

from datetime import date, datetime

from policies.catalogue import Control, all_controls, parameters
from policies.scope import LEVELS
from stacks.problem import Problem, ProblemError

# Wide enough for every instrument and paper; a year outside is a slip of the finger.
YEARS = range(1900, 2200)


def a_level(level: int) -> int:
    if level not in LEVELS:
        raise ProblemError(Problem("catalogue-bad-level", str(level)))
    return level


def a_day(text: str | None) -> date:
    return a_date(text) or datetime.now().astimezone().date()


def a_date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ProblemError(Problem("catalogue-bad-date", text)) from None
    if day.year not in YEARS:
        raise ProblemError(Problem("catalogue-bad-date", text))
    return day


def conditions(given: list[str]) -> list[str]:
    known = parameters().conditions
    strange = [each for each in given if each not in known]
    if strange:
        raise ProblemError(
            Problem("catalogue-unknown-condition", strange[0], {"known": ", ".join(known)})
        )
    return given


def is_of(one: Control, family: str | None) -> bool:
    return family is None or family.upper() in {one.family, one.instrument}


def check_family(family: str | None) -> None:
    every = all_controls().values()
    if family is not None and not any(is_of(each, family) for each in every):
        known = ", ".join(dict.fromkeys(each.family or each.instrument for each in every))
        raise ProblemError(Problem("catalogue-unknown-family", family, {"known": known}))


def an_instrument(name: str | None) -> str | None:
    if name is None:
        return None
    known = {each.instrument: None for each in all_controls().values()}
    if name.upper() not in known:
        raise ProblemError(
            Problem("catalogue-unknown-instrument", name, {"known": ", ".join(known)})
        )
    return name.upper()
