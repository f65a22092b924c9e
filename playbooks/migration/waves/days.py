"""Read days and instants: a day is whole, an instant without an offset is Viet Nam's time."""

from __future__ import annotations

import datetime as dt

from playbooks.migration.waves.graph import Span

VIET_NAM = dt.timezone(dt.timedelta(hours=7))
_DAY_LENGTH = len("2026-02-17")


def start_of(text: str) -> dt.datetime:
    """Give the instant, or the first of a day.

    Raises:
        ValueError: It is neither.
    """
    return _instant(text)


def end_of(text: str) -> dt.datetime:
    """Give the instant, or the first instant after a day.

    Raises:
        ValueError: It is neither.
    """
    found = _instant(text)
    return found + dt.timedelta(days=1) if len(text) == _DAY_LENGTH else found


def day_span(first: dt.date, last: dt.date) -> Span:
    """Give the whole days from the first to the last."""
    return Span(start_of(first.isoformat()), end_of(last.isoformat()))


def _instant(text: str) -> dt.datetime:
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=VIET_NAM)
