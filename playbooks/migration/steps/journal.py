"""What was begun and what was done, in a file that survives the death of the process."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from stacks.problem import Problem, ProblemError


class Event(StrEnum):
    """What a line of the journal says."""

    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    CLOSED = "closed"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True)
class Entry:
    """One line.

    Attributes:
        at: RFC 3339, UTC.
        data: Facts of the step; never a secret.
    """

    step: str
    event: Event
    at: str
    data: Mapping[str, object] = field(default_factory=dict)


class Journal:
    """JSON lines, each on the disk before the next act; one process at a time.

    Args:
        path: `<folder>/<name of the move>.jsonl`; made when first written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep others out while this process works on the move.

        Raises:
            ProblemError: Another process works on it.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(f"{self.path}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise ProblemError(Problem("move-held", self.path.stem, {})) from None
        try:
            self._mend()
            yield
        finally:
            lock.release()

    def write(self, entry: Entry) -> None:
        line = json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) + "\n"
        fresh = not self.path.exists()
        with self.path.open("ab") as out:
            out.write(line.encode())
            out.flush()
            os.fsync(out.fileno())
        if fresh:
            _sync(self.path.parent)

    def entries(self) -> list[Entry]:
        """Give all whole lines; a half line is what a killed process left.

        Raises:
            ProblemError: A whole line is no entry.
        """
        if not self.path.exists():
            return []
        content = self.path.read_bytes()
        lines = content[: content.rfind(b"\n") + 1].splitlines()
        return [self._entry(number, line) for number, line in enumerate(lines, 1)]

    def put_away(self) -> None:
        """Keep what is written under a number, and begin an empty journal."""
        if self.path.exists():
            earlier = len(list(self.path.parent.glob(f"{self.path.stem}.*.jsonl")))
            self.path.rename(self.path.with_name(f"{self.path.stem}.{earlier + 1}.jsonl"))
            _sync(self.path.parent)

    def state(self) -> dict[str, Entry]:
        """Give the last entry of each step, in the order in which steps first came."""
        last: dict[str, Entry] = {}
        for entry in self.entries():
            last[entry.step] = entry
        return last

    def _entry(self, number: int, line: bytes) -> Entry:
        try:
            given = json.loads(line)
            return _sound(Entry(**{**given, "event": Event(given["event"])}))
        except (ValueError, TypeError, KeyError, RecursionError):
            facts = {"line": number}
            raise ProblemError(Problem("move-journal-broken", str(self.path), facts)) from None

    def _mend(self) -> None:
        """Cut off the half line of a killed process, so that the next one stands alone."""
        if not self.path.exists():
            return
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole != len(content):
            os.truncate(self.path, whole)


def _sound(entry: Entry) -> Entry:
    """Give an entry back.

    Raises:
        ValueError: Its time is none.
        TypeError: Another field is of another kind.
    """
    if not isinstance(entry.step, str) or not isinstance(entry.data, dict):
        raise TypeError(entry.step)
    if dt.datetime.fromisoformat(entry.at).tzinfo is None:
        raise ValueError(entry.at)
    return entry


def _sync(folder: Path) -> None:
    """Bring the folder's names to the disk: without it a power cut may bring an old one back."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
