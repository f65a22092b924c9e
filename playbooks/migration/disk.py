"""How much the disk under a target's database still takes, asked before the first row is copied."""

from __future__ import annotations

import asyncio
import shlex

import asyncpg

from playbooks.migration.files.place import FilesPlace
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.postgres.place import PostgresPlace, literal
from stacks.problem import Problem, ProblemError

KIB, MIB = 1 << 10, 1 << 20
_FREE = "df -Pk {folder} | awk 'NR == 2 {{ print $4 }}'"
# Tables lie in the database's own tablespace, else in the folder of all data.
_FOLDER = """
  select coalesce(nullif(pg_tablespace_location(dattablespace), ''), current_setting(
    'data_directory')) from pg_database where datname = current_database()
"""
_DISKS = """
  select Available from information_schema.DISKS
  where @@datadir like concat(Path, '%') order by length(Path) desc limit 1
"""


def small(
    target: PostgresPlace | MariadbPlace, disk: FilesPlace | None, needed: int, there: int
) -> list[Problem]:
    """Say where the disk of a target is too small; nothing where its server tells nobody.

    Args:
        target: A database, whose server is asked where no disk is named.
        disk: The folder of the server's data, as ssh reaches it.
        needed: Bytes that the source takes.
        there: Bytes that the target has of it already.

    Raises:
        ProblemError: The host that is named is not reached, or has no such folder.
    """
    free = by_ssh(disk) if disk else _asked(target)
    if free is None or (missing := needed - there - free) <= 0:
        return []
    values = {"needed": -(-needed // MIB), "free": free // MIB, "missing": -(-missing // MIB)}
    return [Problem("database-disk-small", str(disk or target), values)]


def _asked(target: PostgresPlace | MariadbPlace) -> int | None:
    return by_postgres(target) if isinstance(target, PostgresPlace) else by_mariadb(target)


def by_ssh(place: FilesPlace) -> int:
    """Ask a host; no rights of root are needed.

    Raises:
        ProblemError: It is not reached, or there is no such folder.
    """
    said = place.run(f"test -e {place.quoted} && {_FREE.format(folder=place.quoted)}")
    return int(said) * KIB


def by_postgres(target: PostgresPlace) -> int | None:
    """Let the server look itself, as it lets a superuser of one that is nobody's service."""

    async def asked() -> int:
        async with target.connected() as server, server.transaction():
            folder = shlex.quote(await server.fetchval(_FOLDER))
            await server.execute("create temporary table sen_free (kib bigint) on commit drop")
            program = literal(_FREE.format(folder=folder))
            await server.execute(f"copy sen_free from program {program}")
            return int(await server.fetchval("select kib from sen_free")) * KIB

    try:
        return asyncio.run(asked())
    except (asyncpg.PostgresError, TypeError):
        return None


def by_mariadb(target: MariadbPlace) -> int | None:
    """Ask the server's plugin DISKS, where it is loaded."""
    try:
        found = target.with_database("").value(_DISKS)
    except ProblemError:
        return None
    return int(found) * KIB if found is not None else None
