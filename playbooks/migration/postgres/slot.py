"""A slot on the source, and the rows as they were where it begins."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playbooks.migration.postgres import libpq
from playbooks.migration.postgres.place import PostgresPlace, identifier
from stacks.problem import Problem, ProblemError

_BEGIN = """
  select confirmed_flush_lsn::text from pg_replication_slots s
  where slot_name = $1 and database = current_database()
    and to_jsonb(s)->>'wal_status' is distinct from 'lost'
"""


def begin(source: PostgresPlace, name: str) -> str | None:
    """Give the place in the log where a slot begins; None where there is none, or no more."""
    found = source.value(_BEGIN, name)
    return None if found is None else str(found)


@asynccontextmanager
async def exported(source: PostgresPlace, name: str) -> AsyncIterator[tuple[str, str]]:
    """Make a slot; give its place in the log and the name of the snapshot that goes with it.

    The slot stays, the snapshot ends with the block or with this process. Only a connection for
    replication exports one, which psql can open and asyncpg cannot.

    Raises:
        ProblemError: The source refused.
    """
    where = libpq.words({"dbname": source.database, "replication": "database"})
    words = ["psql", "--no-psqlrc", "-qAt", "--set=ON_ERROR_STOP=1", "-d", where]
    with source.environment() as given:
        given["PGOPTIONS"] += " -c idle_in_transaction_session_timeout=0"
        psql = await asyncio.create_subprocess_exec(
            *words, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=given
        )
        try:
            yield await _made(source, psql, name)
        finally:
            if psql.returncode is None:
                psql.kill()
            await psql.communicate()


async def _made(
    source: PostgresPlace, psql: asyncio.subprocess.Process, name: str
) -> tuple[str, str]:
    if psql.stdin is None or psql.stdout is None or psql.stderr is None:
        raise RuntimeError("psql was started without pipes")
    psql.stdin.write(
        f"CREATE_REPLICATION_SLOT {identifier(name)} LOGICAL pgoutput EXPORT_SNAPSHOT;\n".encode()
    )
    line = await psql.stdout.readline()
    if not line:
        last = (await psql.stderr.read()).decode("utf-8", "replace").strip()[-1000:]
        said = {"program": "psql", "reason": last}
        raise ProblemError(Problem("database-program-failed", str(source), said))
    _, place, snapshot, _ = line.decode("ascii").strip().split("|")
    return place, snapshot
