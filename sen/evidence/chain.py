"""The chain on disk: records are added at its end, by one writer at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from sen.errors import MissingPartError
from sen.evidence.record import CLOCK, FIRST, Act, Record, stamp
from sen.local.files import PRIVATE_FILE, private_folder
from stacks.problem import Problem, ProblemError

LOCK_SECONDS = 30.0
_TAIL = 1 << 16

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


class Chain:
    """A file of records, one a line, each with the hash of the one before.

    A record counts when its line is whole and on the disk. A line without an end was never
    acknowledged: it is cut off when the next record is written, and the cut is a record itself.
    """

    def __init__(self, path: Path, clock: Clock = now) -> None:
        self.path, self._clock = path, clock

    def append(self, *acts: Act) -> tuple[Record, ...]:
        """Add acts at the end, all of them or none; give their records.

        Raises:
            MissingPartError: Another writer holds the chain for too long, or the disk refuses.
            ProblemError: The end of the chain is no record: it has to be verified first.
        """
        private_folder(self.path.parent)
        lock = FileLock(f"{self.path}.lock", timeout=LOCK_SECONDS, mode=PRIVATE_FILE)
        try:
            with lock:
                return self._append(acts)
        except Timeout as error:
            raise MissingPartError(Problem("evidence-busy", str(self.path))) from error
        except OSError as error:
            reason = {"reason": error.strerror or str(error)}
            raise MissingPartError(Problem("evidence-disk", str(self.path), reason)) from error

    def records(self) -> Iterator[Record]:
        """Read all records, unchecked.

        Raises:
            ProblemError: A line is no record.
        """
        for number, line in enumerate(self.lines(), 1):
            try:
                yield Record.read(line)
            except (ValueError, TypeError) as error:
                problem = Problem("evidence-broken", f"{self.path.name}:{number}")
                raise ProblemError(problem) from error

    def lines(self) -> Iterator[bytes]:
        """Read the lines that are whole."""
        if self.path.exists():
            with self.path.open("rb") as file:
                yield from (line for line in file if line.endswith(b"\n"))

    def last(self) -> Record | None:
        """Give the last record, without reading what is before it."""
        line = self._tail().rstrip(b"\n").rpartition(b"\n")[2]
        if not line:
            return None
        try:
            return Record.read(line)
        except (ValueError, TypeError) as error:
            raise ProblemError(Problem("evidence-broken", self.path.name)) from error

    def _append(self, acts: Sequence[Act]) -> tuple[Record, ...]:
        torn = self._cut_torn()
        last = self.last()
        made: list[Record] = []
        for act in (*torn, *acts):
            last = self._next(act, last)
            made.append(last)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
        with os.fdopen(descriptor, "ab") as file:
            size = file.seek(0, os.SEEK_END)
            try:
                file.write(b"".join(each.line() for each in made))
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(descriptor, size)
                raise
        return tuple(made[len(torn) :])

    def _next(self, act: Act, last: Record | None) -> Record:
        """Give the record that follows; a clock that went back stands still, and is told."""
        at = self._clock()
        if last is None:
            return Record.of(act, 1, at, FIRST)
        if stamp(at) < last.at:
            data = {**act.data, CLOCK: stamp(at)}
            act, at = Act(act.name, act.by, act.about, data), _time(last.at)
        return Record.of(act, last.sequence + 1, at, last.hash)

    def _cut_torn(self) -> tuple[Act, ...]:
        """Cut off a line that a killed writer left without its end."""
        if not self.path.exists():
            return ()
        with self.path.open("rb+") as file:
            size = file.seek(0, os.SEEK_END)
            keep = _whole(file.fileno(), size)
            if keep == size:
                return ()
            file.truncate(keep)
            os.fsync(file.fileno())
        data = {"bytes": size - keep}
        return (Act("evidence.torn-line", "sen", self.path.name, data),)

    def _tail(self) -> bytes:
        """Give at least the last whole line."""
        if not self.path.exists():
            return b""
        with self.path.open("rb") as file:
            size = _whole(file.fileno(), file.seek(0, os.SEEK_END))
            length = _TAIL
            while True:
                start = max(0, size - length)
                tail = os.pread(file.fileno(), size - start, start)
                if start == 0 or tail.count(b"\n") > 1:
                    return tail
                length *= 2


def _whole(descriptor: int, size: int) -> int:
    """Give the length of the file up to the end of its last whole line."""
    end = size
    while end > 0:
        start = max(0, end - _TAIL)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
