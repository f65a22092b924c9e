"""The shape of a database that rows need: roles and tables; and what of it was done."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg

from playbooks.migration.postgres.place import PostgresPlace, identifier, literal

MARKS = "sen_migration"
_SAID = f"select obj_description(to_regnamespace('{MARKS}'), 'pg_namespace')"
WITHOUT = ("--no-publications", "--no-subscriptions")
# A dump may bear statements that an older psql or server does not know.
_UNKNOWN = re.compile(rb"^(SET transaction_timeout|\\(un)?restrict).*$", re.MULTILINE)
_MISSING_ROLES = """
  select rolname, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolconnlimit,
    rolvaliduntil::text, rolpassword
  from pg_authid where rolname !~ '^pg_' and not rolsuper order by 1
"""
_MEMBERS = """
  select g.rolname, m.rolname, a.admin_option from pg_auth_members a
  join pg_roles g on g.oid = a.roleid join pg_roles m on m.oid = a.member
  where m.rolname !~ '^pg_' and not m.rolsuper order by 1, 2
"""


def mark(target: PostgresPlace, step: str) -> None:
    """Remember on the target that a step is done.

    A comment is part of the database's own transactions, and replication does not carry it back.
    """
    asyncio.run(_remember(target, lambda steps: {*steps, step}))


def unmark(target: PostgresPlace, *steps: str) -> None:
    """Forget steps: they were taken back."""
    asyncio.run(_remember(target, lambda found: found.difference(steps)))


async def mark_within(connection: Any, step: str) -> None:  # noqa: ANN401 - asyncpg has no types
    """Remember a step with the transaction that does it."""
    await _write(connection, lambda steps: {*steps, step})


def marks(target: PostgresPlace) -> set[str]:
    """Give the steps that are done on the target."""
    return _read(target.value(_SAID))


def copy_roles(source: PostgresPlace, target: PostgresPlace) -> int:
    """Make the roles that the target lacks, with their password hashes; give their number."""
    there = {row[0] for row in target.ask("select rolname from pg_roles")}
    missing = [row for row in source.ask(_MISSING_ROLES) if row["rolname"] not in there]
    target.tell(*(_create(row) for row in missing), unlogged=True)
    target.tell(
        *(
            f"grant {identifier(group)} to {identifier(member)}"
            + (" with admin option" if admin else "")
            for group, member, admin in source.ask(_MEMBERS)
        )
    )
    return len(missing)


def copy_tables(source: PostgresPlace, target: PostgresPlace) -> None:
    """Make schemas, types, tables, sequences and functions, all or nothing."""
    dump = source.program(["pg_dump", "--section=pre-data", *WITHOUT])
    done = f"create schema if not exists {MARKS}; comment on schema {MARKS} is 'tables';"
    text = _UNKNOWN.sub(b"", dump) + b"\n" + done.encode()
    with tempfile.TemporaryDirectory(prefix="sen-schema-") as folder:
        file = Path(folder) / "pre-data.sql"
        file.write_bytes(text)
        target.program(_psql("--single-transaction"), file)


async def _remember(target: PostgresPlace, change: Callable[[set[str]], set[str]]) -> None:
    async with target.connected() as connection:
        try:
            await connection.execute(f"create schema if not exists {MARKS}")
            await _write(connection, change)
        except asyncpg.PostgresError as error:
            raise target.refused(error) from None


async def _write(connection: Any, change: Callable[[set[str]], set[str]]) -> None:  # noqa: ANN401
    steps = change(_read(await connection.fetchval(_SAID)))
    listed = literal(",".join(sorted(steps)))
    await connection.execute(f"comment on schema {MARKS} is {listed}")


def _read(said: str | None) -> set[str]:
    return set(said.split(",")) if said else set()


def _psql(*more: str) -> list[str]:
    return ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *more]


def _create(row: dict[str, object]) -> str:
    flags = {
        "rolinherit": "inherit",
        "rolcreaterole": "createrole",
        "rolcreatedb": "createdb",
        "rolcanlogin": "login",
    }
    words = [word if row[column] else f"no{word}" for column, word in flags.items()]
    words.append(f"connection limit {row['rolconnlimit']}")
    if row["rolvaliduntil"]:
        words.append(f"valid until {literal(str(row['rolvaliduntil']))}")
    if row["rolpassword"]:
        words.append(f"password {literal(str(row['rolpassword']))}")
    return f"create role {identifier(str(row['rolname']))} {' '.join(words)}"
