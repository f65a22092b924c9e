"""Proves that a PostgreSQL database arrived whole."""

from __future__ import annotations

from collections.abc import Mapping

from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.verify import Verdict, postgres_rows, postgres_shape
from playbooks.migration.verify.questions import samples


def verify(
    source: PostgresPlace, target: PostgresPlace, queries: Mapping[str, str] | None = None
) -> Verdict:
    """Compare two databases while nobody writes to either.

    Args:
        source: What left.
        target: What arrived.
        queries: The owner's own questions by name; both ends must answer alike.

    Raises:
        ProblemError: An end does not answer, or refuses a question.
    """
    checks = [
        *postgres_rows.compare(source, target),
        *postgres_shape.compare(source, target),
    ]
    if queries:
        checks.append(samples(source, target, queries))
    return Verdict(checks)
