"""The first copy: one consistent look at all that moves, passed from a dump to the target's client.

Text goes over as the bytes that it is, never through another character set: columns that are
declared latin1 may hold anything.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Collection, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import IO

from playbooks.migration.alive import Watch
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.mariadb_replica.ends import Ends, Pair
from playbooks.migration.mariadb_replica.passage import Heard, Passage
from playbooks.migration.mariadb_replica.stream import Name, position_in
from playbooks.migration.steps import Pulse
from stacks.problem import Problem, ProblemError

PAUSE = 0.05
_SIZES = """
  select TABLE_SCHEMA, TABLE_NAME, DATA_LENGTH from information_schema.TABLES
  where TABLE_SCHEMA in %s and DATA_LENGTH > 0
"""
_TABLES = """
  select TABLE_NAME from information_schema.TABLES
  where TABLE_SCHEMA = database() and TABLE_TYPE in %s
"""
_SHAPE = ("--no-data", "--skip-triggers", "--default-character-set=utf8mb4")
_ROUTINES = ("--routines",)
_ROWS = (
    "--no-create-info",
    "--skip-triggers",
    "--default-character-set=binary",
    "--master-data=2",
    "--gtid",
)
_TRIGGERS = (
    *("--no-create-info", "--no-data", "--triggers", "--add-drop-trigger"),
    "--default-character-set=utf8mb4",
)
# No such session: it ended by itself.
_GONE = 1094
_STALE = """
  select ID from information_schema.PROCESSLIST
  where USER = %s and DB in %s and ID <> connection_id()
"""


@dataclass(frozen=True)
class Copy:
    """All of some databases, on their way to places that hold nothing else.

    Attributes:
        lock: Whether writing stops meanwhile: tables without transactions demand it.
    """

    ends: Ends
    lock: bool = False

    def end_stale(self) -> None:
        """End what a killed run left at work on the target; afterwards nothing of it writes."""
        server = self.ends.target.with_database("")
        names = [each.database for each in self.ends.targets]
        while sessions := server.ask(_STALE, server.user, names):
            for (number,) in sessions:
                _end(server, int(number))
            time.sleep(PAUSE)

    def begin(self) -> None:
        """Make the databases empty, with the source's character sets."""
        self.end_stale()
        server = self.ends.target.with_database("")
        names = [each.database for each in self.ends.targets]
        # What one refers to may be in another: all are gone before the first is made.
        server.tell(*(f"drop database if exists {quoted(each)}" for each in names))
        server.tell(*map(_made, self.ends.pairs))

    def clear(self, kept: Collection[Name]) -> None:
        """Take all tables away but these, and sequences that the source no longer has."""
        for source, target in self.ends.pairs:
            there = {row[0] for row in target.ask(_TABLES, ("BASE TABLE", "SEQUENCE"))}
            stay = {table for database, table in kept if database == source.database}
            stay |= {row[0] for row in source.ask(_TABLES, ("SEQUENCE",))}
            target.tell(*(f"drop table if exists {quoted(each)}" for each in sorted(there - stay)))

    def shapes(self, without: Collection[Name] = ()) -> None:
        """Copy the shape of tables, views and routines, but of some tables."""
        self._pass((*_SHAPE, *_ROUTINES, *map(_ignored, without)), "utf8mb4")

    def tables(self, without: Collection[str] = ()) -> None:
        """Copy the shape of tables and views alone, but of some."""
        source = self.ends.source.database
        left = (_ignored((source, each)) for each in without)
        self._pass((*_SHAPE, *left), "utf8mb4")

    def triggers(self) -> None:
        """Copy the triggers; those that are there already are made anew."""
        self._pass(_TRIGGERS, "utf8mb4")

    def rows(self, pulse: Pulse, heard: Heard | None = None, without: Collection[Name] = ()) -> str:
        """Copy all rows as they are at one moment; give that moment's position.

        Args:
            pulse: Is told the bytes, those of what is left out counted as done.
            heard: Is told of each table, where somebody wants to know.
            without: Tables that are there already.

        Raises:
            ProblemError: A program failed, or told no position.
        """
        still = "--lock-all-tables" if self.lock else "--single-transaction"
        there = self.ends.source.ask(_SIZES, self.ends.databases)
        sizes = {(database, table): int(size) for database, table, size in there}
        passage = Passage(
            self.ends.source.database,
            pulse,
            sum(sizes.values()),
            sum(sizes.get(each, 0) for each in without),
            heard,
        )
        said = self._pass((*_ROWS, still, *map(_ignored, without)), "binary", passage)
        found = position_in(said)
        if found is None:
            raise ProblemError(Problem("replica-no-position", str(self.ends.source)))
        return found

    def _pass(self, options: Sequence[str], charset: str, passage: Passage | None = None) -> bytes:
        """Pass a dump on; give its first and last words."""
        common = ("--skip-lock-tables", "--quick", "--comments" if passage else "--skip-comments")
        with ExitStack() as stack:
            dump = stack.enter_context(
                self.ends.source.program(_program("mariadb-dump", "mysqldump"), *options, *common)
            )
            load = stack.enter_context(
                self.ends.target.program(
                    _program("mariadb", "mysql"),
                    "--binary-mode",
                    f"--default-character-set={charset}",
                    self.ends.targets[0].database,
                )
            )
            passing = passage or Passage(self.ends.source.database)
            return self._piped([*dump, *self._named()], load, passing)

    def _named(self) -> Sequence[str]:
        """Give the words that name what is dumped: of several each says where it belongs."""
        whole = ("--no-create-db", "--databases") if self.ends.several else ()
        return [*whole, *self.ends.databases]

    def _piped(self, dump: Sequence[str], load: Sequence[str], passage: Passage) -> bytes:
        with tempfile.TemporaryFile() as one, tempfile.TemporaryFile() as other:
            reader = subprocess.Popen(dump, stdout=subprocess.PIPE, stderr=one)  # noqa: S603
            writer = subprocess.Popen(load, stdin=subprocess.PIPE, stderr=other)  # noqa: S603
            both = (reader, writer)
            try:
                with Watch(self._probe, reader.kill) as watch, Watch(self._probe, writer.kill):
                    edges = passage.through(_open(reader.stdout), _open(writer.stdin))
                    codes = [each.wait() for each in both]
            finally:
                for each in both:
                    each.kill()
                    each.wait()
                for pipe in (_open(reader.stdout), _open(writer.stdin)):
                    with suppress(BrokenPipeError):
                        pipe.close()
            watch.check()
            for place, words, code, said in zip(
                (self.ends.target, self.ends.source),
                (load, dump),
                reversed(codes),
                (other, one),
                strict=True,
            ):
                _succeeded(place, words[0], code, said)
        return edges

    def _probe(self) -> None:
        self.ends.source.probe()
        self.ends.target.probe()


def _end(server: MariadbPlace, number: int) -> None:
    try:
        server.tell(f"kill {number}")
    except ProblemError as error:
        if error.problems[0].values.get("code") != _GONE:
            raise


def _ignored(table: Name) -> str:
    return f"--ignore-table={'.'.join(table)}"


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    """Give a pipe that was asked for."""
    if stream is None:
        raise TypeError
    return stream


def _made(pair: Pair) -> str:
    """Give the statement that makes a database as its source is."""
    source, target = pair
    ((charset, collation),) = source.ask("select @@character_set_database, @@collation_database")
    name = quoted(target.database)
    return f"create database {name} character set {charset} collate {collation}"


def _succeeded(place: MariadbPlace, program: str, code: int, said: IO[bytes]) -> None:
    """Tell a failure by the program's words, without the values of rows that it may quote."""
    if code:
        said.seek(0)
        words = said.read(1 << 16).decode("utf-8", "replace").strip().splitlines()
        reason = re.sub(r"'[^']*'", "'…'", words[-1] if words else f"exit code {code}")[:300]
        given = {"program": program, "reason": reason}
        raise ProblemError(Problem("database-program-failed", str(place), given))


def _program(*names: str) -> str:
    """Give the program by the first name under which it is there."""
    found = next((each for each in names if shutil.which(each)), None)
    if found is None:
        raise ProblemError(Problem("replica-no-client", names[0]))
    return found
