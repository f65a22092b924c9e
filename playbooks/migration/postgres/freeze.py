"""Stops writing to a database and lets it begin again; sequences and large objects follow then."""

from __future__ import annotations

import asyncio
import time

from playbooks.migration.postgres.place import SETTINGS, PostgresPlace, identifier, literal
from stacks.problem import Problem, ProblemError

_END_OTHERS = """
  select pid, pg_terminate_backend(pid)
  from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
    and backend_type = 'client backend' and application_name <> $1
    and coalesce(backend_start <= $2, true)
"""
PAUSE = 0.05
# A session that has read its settings shows itself within that time.
LOOKS = 3
SECONDS_TO_END = 60.0
_SEQUENCES = """
  select format('%I.%I', schemaname, sequencename), last_value, start_value from pg_sequences
  where schemaname not in ('pg_catalog', 'information_schema') order by 1
"""
_LARGE = "select oid from pg_largeobject_metadata order by oid"


def freeze(place: PostgresPlace) -> int:
    """Let nobody write: sessions that are open end, new ones only read. Gives how many ended.

    Raises:
        ProblemError: A prepared transaction would be lost.
    """
    waiting = place.value(
        "select count(*) from pg_prepared_xacts where database = current_database()"
    )
    if waiting:
        raise ProblemError(Problem("database-prepared", str(place), {"count": waiting}))
    place.tell(_writing(place, "on"))
    return _end_sessions(place)


def thaw(place: PostgresPlace) -> None:
    """Let everybody write again; sessions that only read are ended, so that they notice."""
    database = identifier(place.database)
    place.tell(f"alter database {database} reset default_transaction_read_only")
    _end_sessions(place)


def copy_sequences(source: PostgresPlace, target: PostgresPlace) -> int:
    """Set every sequence to where it stands; replication does not carry them."""
    rows = source.ask(_SEQUENCES)
    target.tell(
        *(
            f"select setval({literal(name)}, {start if last is None else last}, {last is not None})"
            for name, last, start in rows
        )
    )
    return len(rows)


def copy_large_objects(source: PostgresPlace, target: PostgresPlace) -> int:
    """Copy large objects with their numbers; those of the target that the source lacks go."""

    async def copied() -> int:
        async with source.connected() as old, target.connected() as new, new.transaction():
            wanted = {row[0] for row in await old.fetch(_LARGE)}
            there = {row[0] for row in await new.fetch(_LARGE)}
            for number in there:
                await new.execute("select lo_unlink($1)", number)
            for number in sorted(wanted):
                content = await old.fetchval("select lo_get($1)", number)
                await new.execute("select lo_from_bytea($1, $2)", number, content)
            return len(wanted)

    return asyncio.run(copied())


def _end_sessions(place: PostgresPlace) -> int:
    """End the sessions that others have had until now, and give how many.

    Returns once they are gone: one that commits just now would do so after the last row was taken.

    Raises:
        ProblemError: A session does not end.
    """
    began, deadline = place.value("select clock_timestamp()"), time.monotonic() + SECONDS_TO_END
    ended: set[int] = set()
    looks = LOOKS
    while looks:
        found = {row[0] for row in place.ask(_END_OTHERS, SETTINGS["application_name"], began)}
        ended |= found
        looks = LOOKS if found else looks - 1
        if time.monotonic() > deadline:
            raise ProblemError(Problem("database-sessions", str(place), {"count": len(found)}))
        time.sleep(PAUSE)
    return len(ended)


def _writing(place: PostgresPlace, read_only: str) -> str:
    name = identifier(place.database)
    return f"alter database {name} set default_transaction_read_only = {read_only}"
