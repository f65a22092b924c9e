"""A dump of a database as a file on a host, restored from there without a copy in between.

It goes into a database that is thrown away; what that holds is compared with what is in use.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Generic, TypeVar

from playbooks.migration.backup.compare import complete
from playbooks.migration.files.place import MOST_SAID, FilesPlace, failed
from stacks.problem import Problem, ProblemError
from stacks.remote import environment

READERS = {".gz": "gzip -dc", ".zst": "zstd -dc", ".xz": "xz -dc"}
Blocks = Callable[[IO[bytes]], Iterable[bytes]]
BLOCK = 1 << 20
Place = TypeVar("Place")


@dataclass(frozen=True)
class DumpFile:
    """One file that each backup replaces; its suffix says how it is packed."""

    place: FilesPlace

    def taken(self) -> dt.datetime:
        """Say when its content was last written.

        Raises:
            ProblemError: The host is not reached, there is no such file, or it is empty.
        """
        seconds, size = self.place.run(f"stat -c '%Y %s' -- {self.place.quoted}").split()
        if int(size) == 0:
            raise ProblemError(Problem("backup-empty", str(self.place)))
        return dt.datetime.fromtimestamp(int(seconds), dt.UTC)

    def feed(
        self,
        words: Sequence[str],
        variables: Mapping[str, str] | None = None,
        blocks: Blocks | None = None,
    ) -> None:
        """Give its content, unpacked on the host, to a program's standard input.

        Args:
            words: The program with its arguments; never a secret.
            variables: Its environment; this process's own where none is given.
            blocks: How the content is parted; it may refuse what must not be restored.

        Raises:
            ProblemError: The program failed, or the file could not be read to its end.
        """
        reader = READERS.get(PurePosixPath(self.place.path).suffix, "cat")
        source = self.place.remote.command(
            self.place.shell(f"exec {reader} -- {self.place.quoted}")
        )
        with tempfile.TemporaryFile() as wrong, tempfile.TemporaryFile() as refused:
            read = subprocess.Popen(  # noqa: S603 - ssh, with an address that is no option
                source,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=wrong,
                env=environment(),
            )
            taking = subprocess.Popen(  # noqa: S603 - the database's own program
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=refused,
                env=variables,
            )
            with read, taking:
                _pump(read, taking, blocks or _blocks)
            if taking.returncode:
                given = {"program": words[0], "reason": _last(refused)}
                raise ProblemError(Problem("backup-not-restored", str(self.place), given))
            if read.returncode:
                raise failed(str(self.place), read.returncode, _last(wrong).encode())


@dataclass(frozen=True)
class Dump(ABC, Generic[Place]):
    """A dump of one database.

    Attributes:
        live: The database that it is a backup of.
        server: Where it is restored; a database of its own, gone afterwards.
        name: Of that database.
    """

    file: DumpFile
    live: Place
    server: Place
    name: str

    def taken(self) -> dt.datetime:
        return self.file.taken()

    def restored(self) -> Mapping[str, object]:
        """Restore it and compare its tables with those in use.

        Raises:
            ProblemError: It cannot be restored, would touch another database, or lacks something.
        """
        live = self.tables(self.live)
        with self.copy() as place:
            return complete(str(self.file.place), live, self.tables(place))

    @abstractmethod
    def copy(self) -> AbstractContextManager[Place]:
        """Give a database with what the dump holds; it goes afterwards."""

    @staticmethod
    @abstractmethod
    def tables(place: Place) -> dict[str, bool]:
        """Give the tables of a database, and whether each holds a row."""


def _blocks(stream: IO[bytes]) -> Iterable[bytes]:
    return iter(lambda: stream.read(BLOCK), b"")


def _pump(read: subprocess.Popen[bytes], taking: subprocess.Popen[bytes], blocks: Blocks) -> None:
    """Hand block by block on; a program that ended early tells why itself."""
    if read.stdout is None or taking.stdin is None:
        raise RuntimeError("both ends are pipes")
    try:
        with contextlib.suppress(BrokenPipeError):
            for block in blocks(read.stdout):
                taking.stdin.write(block)
            taking.stdin.close()
    except BaseException:
        taking.kill()
        raise
    finally:
        read.stdout.close()


def _last(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode("utf-8", "backslashreplace").strip()[-MOST_SAID:]
