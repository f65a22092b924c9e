"""A PostgreSQL database as an end of a move: how to ask it, and how programs reach it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg

from playbooks.migration.password import password_in
from stacks.problem import Problem, ProblemError

# The text of a value depends on these: both ends must have the same.
SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "default_transaction_read_only": "off",
    "application_name": "sen-migrate",
}
SECONDS_TO_CONNECT = 10


@dataclass(frozen=True)
class PostgresPlace:
    """A database and who moves it.

    Attributes:
        user: Superuser, or owner of everything with REPLICATION.
        password_file: Holds the password and nothing else; never the password itself.
        seen_from: Host and port by which the other server reaches it, where they differ.
    """

    host: str
    port: int
    database: str
    user: str
    password_file: Path | None = None
    sslmode: str = "prefer"
    seen_from: tuple[str, int] | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.database}"

    def with_database(self, name: str) -> PostgresPlace:
        return replace(self, database=name)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Any]:
        """Connect with the settings that make both ends answer alike.

        Raises:
            ProblemError: The server does not answer, or refuses the login.
        """
        try:
            found = await asyncpg.connect(
                host=self.host,
                port=self.port,
                user=self.user,
                password=password_in(self.password_file),
                database=self.database,
                ssl=self.sslmode,
                timeout=SECONDS_TO_CONNECT,
                server_settings=SETTINGS,
                statement_cache_size=0,
            )
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            said = {"reason": str(error) or type(error).__name__}
            raise ProblemError(Problem("database-unreachable", str(self), said)) from None
        try:
            yield found
        finally:
            await found.close(timeout=SECONDS_TO_CONNECT)

    def ask(self, words: str, *given: object) -> list[Any]:
        """Run one statement and give its rows.

        Raises:
            ProblemError: The server does not answer, or refuses the statement.
        """

        async def asked() -> list[Any]:
            async with self.connected() as connection:
                try:
                    rows: list[Any] = await connection.fetch(words, *given)
                except asyncpg.PostgresError as error:
                    raise self.refused(error) from None
                return rows

        return asyncio.run(asked())

    def value(self, words: str, *given: object) -> Any:  # noqa: ANN401 - what the column holds
        """Give the first column of the first row; None where there is no row."""
        rows = self.ask(words, *given)
        return rows[0][0] if rows else None

    def tell(self, *statements: str, unlogged: bool = False) -> None:
        """Run statements one by one in one connection, outside of a transaction.

        Args:
            statements: SQL, in order.
            unlogged: They hold a secret: the server's log is not to have them.
        """

        async def told() -> None:
            async with self.connected() as connection:
                if unlogged:
                    await connection.execute(
                        "set log_statement='none'; set log_min_error_statement='panic'; "
                        "set log_min_duration_statement=-1"
                    )
                for each in statements:
                    try:
                        await connection.execute(each)
                    except asyncpg.PostgresError as error:
                        raise self.refused(error) from None

        asyncio.run(told())

    def refused(self, error: asyncpg.PostgresError) -> ProblemError:
        """Say what the server refused, without the values that its detail would quote."""
        said = {"reason": str(error.args[0] if error.args else error), "code": error.sqlstate}
        return ProblemError(Problem("database-refused", str(self), said))

    def program(
        self, words: Sequence[str], given: Path | None = None, *, tolerant: bool = False
    ) -> bytes:
        """Run a program of PostgreSQL against this database and give its output.

        Args:
            words: The program and its arguments; never a secret.
            given: A file that it reads as its input.
            tolerant: Whether exit code 1 is taken: the caller looks at what came of it.

        Raises:
            ProblemError: It did not succeed; its last words are in the problem.
        """
        given = given or Path(os.devnull)
        with self.environment() as variables, given.open("rb") as stream:
            done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
                words, stdin=stream, capture_output=True, check=False, env=variables
            )
        if done.returncode > int(tolerant):
            last = done.stderr.decode("utf-8", "replace").strip()[-1000:]
            said = {"program": words[0], "reason": last}
            raise ProblemError(Problem("database-program-failed", str(self), said))
        return done.stdout

    @contextmanager
    def environment(self) -> Iterator[dict[str, str]]:
        """Give the variables by which libpq reaches the database; the password lies in a file."""
        with tempfile.TemporaryDirectory(prefix="sen-pg-") as folder:
            file = Path(folder) / "pgpass"
            file.touch(mode=0o600)
            file.write_text(f"*:*:*:*:{_escaped(password_in(self.password_file))}\n", "utf-8")
            yield {
                "PATH": os.environ.get("PATH", os.defpath),
                "LC_ALL": "C",
                "PGHOST": self.host,
                "PGPORT": str(self.port),
                "PGDATABASE": self.database,
                "PGUSER": self.user,
                "PGPASSFILE": str(file),
                "PGSSLMODE": self.sslmode,
                "PGOPTIONS": "-c default_transaction_read_only=off",
                "PGAPPNAME": SETTINGS["application_name"],
            }

    def conninfo(self) -> str:
        """Give the words by which another server reaches this one; they hold the password."""
        host, port = self.seen_from or (self.host, self.port)
        given = {
            "host": host,
            "port": port,
            "dbname": self.database,
            "user": self.user,
            "password": password_in(self.password_file),
            "sslmode": self.sslmode,
        }
        return " ".join(f"{key}={_libpq(str(value))}" for key, value in given.items())


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL, whatever standard_conforming_strings says."""
    quoted = text.replace("\\", "\\\\").replace("'", "''")
    return f" E'{quoted}'"


def _libpq(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{quoted}'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\:")
