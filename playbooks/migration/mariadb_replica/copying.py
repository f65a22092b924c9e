"""The first copy: one consistent look at all that moves, passed from a dump to the target's client.

Text goes over as the bytes that it is, never through another character set: columns that are
declared latin1 may hold anything.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO

from playbooks.migration.alive import Watch
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.mariadb_replica.ends import Ends, Pair
from playbooks.migration.steps import Pulse
from stacks.problem import Problem, ProblemError

BLOCK = 1 << 20
_EDGE = 1 << 16
# Dumps tell the position at their beginning or at their end, by the version of the program.
_POSITION = re.compile(rb"^-- SET GLOBAL gtid_slave_pos='([0-9,-]*)'", re.MULTILINE)
_SIZE = (
    "select coalesce(sum(DATA_LENGTH), 0) from information_schema.TABLES where TABLE_SCHEMA in %s"
)
_SHAPE = ("--no-data", "--skip-triggers", "--default-character-set=utf8mb4")
_ROUTINES = ("--routines",)
_ROWS = (
    "--no-create-info",
    "--skip-triggers",
    "--default-character-set=binary",
    "--master-data=2",
    "--gtid",
)
_TRIGGERS = ("--no-create-info", "--no-data", "--triggers", "--default-character-set=utf8mb4")
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

    def make(self, pulse: Pulse) -> str:
        """Copy shape, rows and triggers; give the position from which to follow.

        What a killed run left is thrown away first.
        """
        self.begin()
        self._pass((*_SHAPE, *_ROUTINES), "utf8mb4")
        position = self.rows(pulse)
        self._pass(_TRIGGERS, "utf8mb4")
        return position

    def begin(self) -> None:
        """Make the databases empty, with the source's character sets."""
        server = self.ends.target.with_database("")
        names = [each.database for each in self.ends.targets]
        for (number,) in server.ask(_STALE, server.user, names):
            server.tell(f"kill {int(number)}")
        # What one refers to may be in another: all are gone before the first is made.
        server.tell(*(f"drop database if exists {quoted(each)}" for each in names))
        server.tell(*map(_made, self.ends.pairs))

    def tables(self, without: Collection[str] = ()) -> None:
        """Copy the shape of tables and views alone, but of some."""
        source = self.ends.source.database
        left = (f"--ignore-table={source}.{each}" for each in without)
        self._pass((*_SHAPE, *left), "utf8mb4")

    def rows(self, pulse: Pulse) -> str:
        """Copy all rows as they are at one moment; give that moment's position.

        Raises:
            ProblemError: A program failed, or told no position.
        """
        still = "--lock-all-tables" if self.lock else "--single-transaction"
        said = self._pass((*_ROWS, still), "binary", pulse)
        found = _POSITION.findall(said)
        if not found:
            raise ProblemError(Problem("replica-no-position", str(self.ends.source)))
        return str(found[-1].decode("ascii"))

    def _pass(self, options: Sequence[str], charset: str, pulse: Pulse | None = None) -> bytes:
        """Pass a dump on; give its first and last words."""
        common = ("--skip-lock-tables", "--quick", "--skip-comments" if not pulse else "--comments")
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
            return self._piped([*dump, *self._named()], load, pulse)

    def _named(self) -> Sequence[str]:
        """Give the words that name what is dumped: of several each says where it belongs."""
        whole = ("--no-create-db", "--databases") if self.ends.several else ()
        return [*whole, *self.ends.databases]

    def _piped(self, dump: Sequence[str], load: Sequence[str], pulse: Pulse | None) -> bytes:
        sources = [each.database for each in self.ends.sources]
        total = int(self.ends.source.value(_SIZE, sources)) if pulse else 0
        with tempfile.TemporaryFile() as one, tempfile.TemporaryFile() as other:
            reader = subprocess.Popen(dump, stdout=subprocess.PIPE, stderr=one)  # noqa: S603
            writer = subprocess.Popen(load, stdin=subprocess.PIPE, stderr=other)  # noqa: S603
            both = (reader, writer)
            try:
                with Watch(self._probe, reader.kill) as watch, Watch(self._probe, writer.kill):
                    edges = _passed(reader.stdout, writer.stdin, pulse, total)
                    codes = [each.wait() for each in both]
            finally:
                for each in both:
                    each.kill()
                    each.wait()
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


def _made(pair: Pair) -> str:
    """Give the statement that makes a database as its source is."""
    source, target = pair
    ((charset, collation),) = source.ask("select @@character_set_database, @@collation_database")
    name = quoted(target.database)
    return f"create database {name} character set {charset} collate {collation}"


def _passed(
    source: IO[bytes] | None, target: IO[bytes] | None, pulse: Pulse | None, total: int
) -> bytes:
    """Pass all on and give both ends of it; a reader that went away is told by its exit code."""
    if source is None or target is None:
        return b""
    first, last, count = b"", b"", 0
    try:
        while block := source.read1(BLOCK):  # type: ignore[attr-defined]
            target.write(block)
            count += len(block)
            first = first if len(first) >= _EDGE else first + block
            last = (last + block)[-_EDGE:]
            if pulse:
                pulse.beat(min(count, total), total)
        target.close()
    except BrokenPipeError:
        with contextlib.suppress(BrokenPipeError):
            target.close()
    source.close()
    return first[:_EDGE] + b"\n" + last


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
