"""The owner's own questions, asked of a database and of what it became."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Protocol

from playbooks.migration.verify.difference import Check, compared

Rows = Iterable[Iterable[object]]
_MIDNIGHT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class Place(Protocol):
    """A database that can be asked."""

    def ask(self, words: str) -> Rows:
        """Run one statement and give its rows."""
        ...


def as_given(rows: Rows) -> str:
    """Give a digest of rows of one driver: what is told must not hold what stands in them."""
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()


def samples(
    source: Place,
    target: Place,
    queries: Mapping[str, str],
    digest: Callable[[Rows], object] = as_given,
) -> Check:
    """Ask both ends and compare the digests of the answers.

    Raises:
        ProblemError: An end does not answer, or refuses a question.
    """
    old, new = (
        {name: digest(place.ask(words)) for name, words in queries.items()}
        for place in (source, target)
    )
    return compared("sample queries", old, new)


def questions(source: Place, target: Place, queries: Mapping[str, str]) -> Check:
    """Ask databases of two kinds: the order of rows does not matter, nor whether 5 is 5.00."""
    return samples(source, target, queries, answer)


def answer(rows: Rows) -> str:
    """Give a digest of rows that both drivers would give alike."""
    lines = sorted(repr([_plain(each) for each in row]) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _plain(value: object) -> object:
    """Give a value as both drivers would: they have other types for numbers and times of day."""
    if isinstance(value, bool | int | float | Decimal):
        return f"{Decimal(str(int(value) if isinstance(value, bool) else value)).normalize():f}"
    if isinstance(value, dt.timedelta):
        return str((_MIDNIGHT + value).time())
    if isinstance(value, dt.datetime):
        return str(value.replace(tzinfo=None))
    return str(value) if isinstance(value, dt.date | dt.time) else value
