"""A PostgreSQL database as an end of a move: how to ask it, and how programs reach it."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg

from playbooks.migration.alive import Watch, keep_alive
from playbooks.migration.password import password_in
from playbooks.migration.postgres import libpq
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
_LOST = (asyncpg.ConnectionDoesNotExistError, asyncpg.InterfaceError)


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
        found = await self._connect()
        loop = asyncio.get_running_loop()
        with Watch(self.probe, lambda: loop.call_soon_threadsafe(found.terminate)) as watch:
            try:
                yield found
            except (ConnectionError, TimeoutError, *_LOST) as error:
                watch.check()
                if found.is_closed():
                    raise self._unreachable(error) from None
                raise
            except ProblemError:
                watch.check()
                raise
            finally:
                await _closed(found)

    def probe(self) -> None:
        """Ask whether the server is there.

        Raises:
            ProblemError: It does not answer within seconds, or refuses the login.
        """

        async def asked() -> None:
            (await self._connect()).terminate()

        asyncio.run(asked())

    async def _connect(self) -> Any:  # noqa: ANN401 - asyncpg has no types
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
            raise self._unreachable(error) from None
        keep_alive(found._transport.get_extra_info("socket"))  # noqa: SLF001 - nothing else gives it
        return found

    def _unreachable(self, error: BaseException) -> ProblemError:
        said = {"reason": str(error) or type(error).__name__}
        return ProblemError(Problem("database-unreachable", str(self), said))

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
        if not statements:
            return

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
        given = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGDATABASE": self.database,
            "PGUSER": self.user,
            "PGSSLMODE": self.sslmode,
            "PGAPPNAME": SETTINGS["application_name"],
        }
        with libpq.variables(given, password_in(self.password_file), SECONDS_TO_CONNECT) as found:
            yield found

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
        return libpq.words(given)


async def _closed(connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
    """End a connection; one that nobody answers is dropped."""
    try:
        await connection.close(timeout=SECONDS_TO_CONNECT)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL, whatever standard_conforming_strings says."""
    quoted = text.replace("\\", "\\\\").replace("'", "''")
    return f" E'{quoted}'"
