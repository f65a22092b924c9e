"""A database beside the target's that goes afterwards, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playbooks.migration.postgres.place import PostgresPlace, identifier


@contextmanager
def throwaway(server: PostgresPlace, name: str) -> Iterator[PostgresPlace]:
    """Make an empty database; what a killed run left under its name goes first.

    Raises:
        ProblemError: The server does not answer, or the user may not make databases.
    """
    place, admin = server.with_database(name), server.with_database("postgres")
    gone = f"drop database if exists {identifier(name)} with (force)"
    made = f"create database {identifier(name)} template template0 encoding 'UTF8'"
    admin.tell(gone, made)
    try:
        yield place
    finally:
        admin.tell(gone)
