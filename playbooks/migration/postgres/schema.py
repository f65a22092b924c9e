"""The shape of a database: roles and tables first, indexes and keys once the rows are there."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from playbooks.migration.postgres.place import PostgresPlace, identifier, literal
from playbooks.migration.verify.postgres_shape import built
from stacks.problem import Problem, ProblemError

MARKS = "sen_migration"
_WITHOUT = ("--no-publications", "--no-subscriptions")
_POST_DATA = ("--section=post-data",)
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
    _remember(target, {*marks(target), step})


def unmark(target: PostgresPlace, step: str) -> None:
    """Forget a step: it was taken back."""
    _remember(target, marks(target) - {step})


def marks(target: PostgresPlace) -> set[str]:
    """Give the steps that are done on the target."""
    said = target.value(f"select obj_description(to_regnamespace('{MARKS}'), 'pg_namespace')")
    return set(said.split(",")) if said else set()


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
    dump = source.program(["pg_dump", "--section=pre-data", *_WITHOUT])
    done = f"create schema if not exists {MARKS}; comment on schema {MARKS} is 'tables';"
    text = _UNKNOWN.sub(b"", dump) + b"\n" + done.encode()
    with tempfile.TemporaryDirectory(prefix="sen-schema-") as folder:
        file = Path(folder) / "pre-data.sql"
        file.write_bytes(text)
        target.program(_psql("--single-transaction"), file)


def build_indexes(source: PostgresPlace, target: PostgresPlace, jobs: int) -> None:
    """Build indexes, keys, constraints and triggers over the rows.

    Each is built whole or not at all; those that a killed run built stay, and what says so in a
    second run is no error as long as nothing is missing in the end.

    Raises:
        ProblemError: Something could not be built.
    """
    again = "indexes begun" in marks(target)
    with tempfile.TemporaryDirectory(prefix="sen-schema-") as folder:
        file = str(Path(folder) / "post-data.dump")
        source.program(["pg_dump", *_POST_DATA, *_WITHOUT, "-Fc", "-f", file])
        mark(target, "indexes begun")
        restore = ["pg_restore", *_POST_DATA, "-d", target.database, file]
        try:
            more = [f"--jobs={jobs}", *(() if again else ("--exit-on-error",))]
            target.program([*restore, *more], tolerant=again)
        except ProblemError as error:
            if "deadlock" not in str(error):
                raise
            # Foreign keys in a circle, built at the same time, wait for each other.
            target.program(restore, tolerant=True)
    lacking = [
        found.where
        for check in built(source, target)
        for found in check.differences
        if found.what != "extra"
    ]
    if lacking:
        raise ProblemError(
            Problem("database-not-built", str(target), {"names": "; ".join(lacking)})
        )
    mark(target, "indexes")


def _remember(target: PostgresPlace, steps: set[str]) -> None:
    target.tell(
        f"create schema if not exists {MARKS}",
        f"comment on schema {MARKS} is {literal(','.join(sorted(steps)))}",
    )


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
