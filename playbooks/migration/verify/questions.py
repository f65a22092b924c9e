"""The owner's own questions, asked of MariaDB and of the PostgreSQL that it became."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.verify.difference import Check, compared

_MIDNIGHT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def questions(source: MariadbPlace, target: PostgresPlace, queries: Mapping[str, str]) -> Check:
    """Ask both ends and compare; the order of rows does not matter, nor whether 5 is 5.00.

    Raises:
        ProblemError: An end does not answer, or refuses a question.
    """
    old: dict[str, object] = {name: answer(source.ask(words)) for name, words in queries.items()}
    new: dict[str, object] = {name: answer(target.ask(words)) for name, words in queries.items()}
    return compared("sample queries", old, new)


def answer(rows: Iterable[Iterable[object]]) -> str:
    """Give a digest of rows: what is told of them must not hold what stands in them."""
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
