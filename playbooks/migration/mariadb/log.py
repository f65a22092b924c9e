"""What changed on the source, as its binary log tells: the keys of rows, table by table.

Believed only where it tells all: rows and not statements, of every database, without a gap and
without a restart. Where it does not, nothing is given, and every chunk is hashed instead. Two
things are in no log: what a session wrote with `sql_log_bin = 0`, and what a person did to the
files of tables; the comparison of every row before people are let in finds those.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playbooks.migration.mariadb.events import Keys, UntoldError, keys_in
from playbooks.migration.mariadb.place import Connection, MariadbPlace
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.mariadb.shape import Plan
from stacks.problem import ProblemError

_ROWS_ALONE = """
  select @@log_bin = 1 and @@binlog_format = 'ROW' and @@wsrep_on = 0
    and version() like '%MariaDB%'
"""
# Rows that the engine itself changes because of a foreign key are in no log.
_CASCADES = """
  select TABLE_NAME from information_schema.REFERENTIAL_CONSTRAINTS
  where CONSTRAINT_SCHEMA = database()
    and not (UPDATE_RULE in ('RESTRICT', 'NO ACTION') and DELETE_RULE in ('RESTRICT', 'NO ACTION'))
"""
_LOGGED = frozenset({"INNODB", "MYISAM", "ARIA"})
_LEAST_WORTH = 16 << 20  # bytes of log that are read however small the data are
_SECONDS_TO_LOCK = 5


@dataclass(frozen=True)
class Position:
    """A place in the binary log, and the transactions before it, by which it is known again."""

    file: str
    at: int
    gtid: str


def position(place: MariadbPlace, plans: Sequence[Plan]) -> Position | None:
    """Give a place in the log such that reading sees all that was logged before it, or None."""
    try:
        with place.connected() as connection:
            if not _tells_all(connection):
                return None
            return _now(connection, plans)
    except ProblemError:  # a right is lacking, a table stays locked, or the server is another kind
        return None


def changed(place: MariadbPlace, since: Position, plans: Sequence[Plan]) -> Keys | None:
    """Give the keys of rows that were written since, by table; None where the log does not say.

    Tables that are not written to are absent; one without a number as its key is there with none.
    """
    try:
        if not _worth_reading(place, since, plans):
            return None
        with _printed(place, since) as lines:
            return keys_in(lines, place.database, plans)
    except (ProblemError, UntoldError, FileNotFoundError):
        return None


def unlogged(place: MariadbPlace, plans: Sequence[Plan]) -> set[str]:
    """Name the tables whose rows may change without a word in the log."""
    cascading = {row[0] for row in place.ask(_CASCADES)}
    engines = {p.table.name for p in plans if p.table.engine.upper() not in _LOGGED}
    return cascading | engines


def _tells_all(connection: Connection) -> bool:
    (row,) = _asked(connection, _ROWS_ALONE)
    if not row[0]:
        return False
    (status,) = _asked(connection, "SHOW MASTER STATUS")
    limited = any(status[2:4])  # binlog_do_db, binlog_ignore_db
    (row,) = _asked(connection, "SELECT @@log_slave_updates")
    return not limited and bool(row[0] or not _asked(connection, "SHOW ALL SLAVES STATUS"))


def _now(connection: Connection, plans: Sequence[Plan]) -> Position:
    """Take the place of a snapshot; what is logged and not seen yet is waited for."""
    connection.query("START TRANSACTION WITH CONSISTENT SNAPSHOT")
    said: dict[str, str] = dict(_asked(connection, "SHOW STATUS LIKE 'binlog_snapshot_%'"))
    connection.query("COMMIT")
    file, at = said["Binlog_snapshot_file"], int(said["Binlog_snapshot_position"])
    # MyISAM logs an insert before others see it; a lock comes only when they do.
    names = [p.table.name for p in plans if p.table.engine.upper() != "INNODB"]
    if names:
        connection.query(f"SET SESSION lock_wait_timeout = {_SECONDS_TO_LOCK}")
        connection.query("LOCK TABLES " + ", ".join(f"{quoted(each)} READ" for each in names))
        connection.query("UNLOCK TABLES")
    return Position(file, at, _gtid(connection, file, at))


def _gtid(connection: Connection, file: str, at: int) -> str:
    (row,) = _asked(connection, f"SELECT BINLOG_GTID_POS('{file}', {at})")
    return str(row[0])


def _worth_reading(place: MariadbPlace, since: Position, plans: Sequence[Plan]) -> bool:
    """Say whether the log is there from `since` on, the same one, and not longer than the data."""
    with place.connected() as connection:
        logs = [(row[0], int(row[1])) for row in _asked(connection, "SHOW BINARY LOGS")]
        if since.file not in dict(logs) or _gtid(connection, since.file, since.at) != since.gtid:
            return False
    length = sum(size for name, size in logs if name >= since.file) - since.at
    data = sum(each.table.rows * each.table.row_bytes for each in plans)
    return length <= max(_LEAST_WORTH, data)


@contextmanager
def _printed(place: MariadbPlace, since: Position) -> Iterator[Iterator[bytes]]:
    """Give the log from a place to its end as text, line by line.

    Raises:
        UntoldError: The program did not come to the end.
    """
    with place.program(
        "mariadb-binlog",
        "--read-from-remote-server",
        "--to-last-log",
        "--verbose",
        "--base64-output=DECODE-ROWS",
        f"--start-position={since.at}",
        since.file,
    ) as words:
        quiet = subprocess.DEVNULL
        running = subprocess.Popen(  # noqa: S603 - MariaDB's own program
            words, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet
        )
        with running:
            try:
                yield iter(running.stdout or ())
            except UntoldError:
                running.kill()
                raise
    if running.returncode:
        raise UntoldError


def _asked(connection: Connection, words: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(words)
        return list(cursor.fetchall())
