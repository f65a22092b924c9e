"""A MariaDB or MySQL database as an end of a move: how to ask it, and how programs reach it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pymysql

from playbooks.migration.alive import Watch, keep_alive
from playbooks.migration.password import password_in
from stacks.problem import Problem, ProblemError

SECONDS_TO_CONNECT = 10
Connection = Any  # pymysql and asyncpg have no types
_CONTEXTS: dict[str, ssl.SSLContext] = {}
# What the text of a value depends on. An empty sql_mode lets zero dates pass both ways.
_SETTINGS = (
    "SET sql_mode = '', time_zone = '+00:00', net_write_timeout = 600, foreign_key_checks = 0"
)


class _Client(pymysql.connections.Connection):  # type: ignore[misc]  # it has no types
    """A client that reads the authorities' certificates once, and not for each connection."""

    def _create_ssl_ctx(self, sslp: dict[str, Any]) -> ssl.SSLContext:
        key = str(sslp)
        if key not in _CONTEXTS:
            _CONTEXTS[key] = super()._create_ssl_ctx(sslp)
        return _CONTEXTS[key]


@dataclass(frozen=True)
class MariadbPlace:
    """A database and who moves it.

    Attributes:
        user: May read everything, and write while `read_only` holds (SUPER or READ_ONLY ADMIN).
        password_file: Holds the password and nothing else; never the password itself.
        ca_file: Of the authority of the server's certificate; None for a plain connection.
        seen_from: Host and port by which the other server reaches it, where they differ.
    """

    host: str
    port: int
    database: str
    user: str
    password_file: Path | None = None
    ca_file: Path | None = None
    seen_from: tuple[str, int] | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.database}"

    def with_database(self, name: str) -> MariadbPlace:
        return replace(self, database=name)

    @contextmanager
    def connected(self) -> Iterator[Any]:
        """Connect with settings that make a value's text always the same.

        Raises:
            ProblemError: The server does not answer, refuses the login or a statement.
        """
        found = self._connect()
        with Watch(self.probe, lambda: _cut(found)) as watch:
            try:
                found.query(_SETTINGS)
                yield found
            except pymysql.MySQLError as error:
                watch.check()
                code = error.args[0] if error.args else 0
                given = {"reason": _reason(error), "code": code}
                raise ProblemError(Problem("database-refused", str(self), given)) from None
            finally:
                with contextlib.suppress(pymysql.MySQLError, OSError):
                    found.close()

    def probe(self) -> None:
        """Ask whether the server is there.

        Raises:
            ProblemError: It does not answer within seconds, or refuses the login.
        """
        self._connect(SECONDS_TO_CONNECT).close()

    def _connect(self, seconds: int | None = None) -> Connection:
        """Connect; with `seconds` no answer may take longer."""
        try:
            found = _Client(
                host=self.host,
                port=self.port,
                user=self.user,
                password=password_in(self.password_file),
                database=self.database or None,
                charset="utf8mb4",
                autocommit=True,
                connect_timeout=SECONDS_TO_CONNECT,
                read_timeout=seconds,
                write_timeout=seconds,
                ssl_ca=str(self.ca_file) if self.ca_file else None,
            )
        except (OSError, pymysql.MySQLError) as error:
            said = {"reason": _reason(error)}
            raise ProblemError(Problem("database-unreachable", str(self), said)) from None
        keep_alive(_socket(found))
        return found

    def ask(self, words: str, *given: object) -> list[tuple[Any, ...]]:
        """Run one statement and give its rows.

        Raises:
            ProblemError: The server does not answer, or refuses the statement.
        """
        with self.connected() as connection, connection.cursor() as cursor:
            cursor.execute(words, given or None)
            return list(cursor.fetchall())

    def value(self, words: str, *given: object) -> Any:  # noqa: ANN401 - what the column holds
        """Give the first column of the first row; None where there is no row."""
        rows = self.ask(words, *given)
        return rows[0][0] if rows else None

    def tell(self, *statements: str, unlogged: bool = False) -> None:
        """Run statements one by one in one connection.

        Args:
            statements: SQL, in order.
            unlogged: They hold a secret or are this server's own: no log is to have them.
        """
        with self.connected() as connection:
            if unlogged:
                connection.query("SET SESSION sql_log_bin = 0, sql_log_off = 1")
            for each in statements:
                connection.query(each)

    def several(self, *statements: str) -> list[list[dict[str, Any]]]:
        """Run statements in one connection and give the rows of each, by column name."""
        kind = pymysql.cursors.DictCursor
        found = []
        with self.connected() as connection, connection.cursor(kind) as cursor:
            for each in statements:
                cursor.execute(each)
                found.append(list(cursor.fetchall()))
        return found

    @contextmanager
    def program(self, *words: str) -> Iterator[Sequence[str]]:
        """Give the words that run a program of MariaDB; the password lies in a file meanwhile."""
        with tempfile.TemporaryDirectory(prefix="sen-mariadb-") as folder:
            file = Path(folder) / "client.cnf"
            file.touch(mode=0o600)
            given = {
                "host": self.host,
                "port": str(self.port),
                "user": self.user,
                "password": password_in(self.password_file),
                "protocol": "tcp",
                "loose-connect-timeout": str(SECONDS_TO_CONNECT),
                **({"ssl-ca": str(self.ca_file)} if self.ca_file else {}),
            }
            lines = (f'{key}="{_quoted(value)}"' for key, value in given.items())
            file.write_text("[client]\n" + "\n".join(lines) + "\n", "utf-8")
            yield [words[0], f"--defaults-file={file}", *words[1:]]


def name(word: str) -> str:
    """Quote a name for SQL."""
    return "`" + word.replace("`", "``") + "`"


def literal(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _socket(connection: Connection) -> socket.socket | None:
    """Give what lies beneath a connection; pymysql keeps it to itself."""
    return getattr(connection, "_sock", None)


def _cut(connection: Connection) -> None:
    """Let whoever waits for an answer hear that none will come."""
    found = _socket(connection)
    if found is not None:
        with contextlib.suppress(OSError):
            found.shutdown(socket.SHUT_RDWR)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _reason(error: BaseException) -> str:
    return str(error.args[-1] if error.args else type(error).__name__)
