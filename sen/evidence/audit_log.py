"""Reads the API server's audit log on from a remembered place, through rotation and compression.

A file is known by its first line: rotation gives it another name, compression another inode.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sen.errors import MissingPartError
from stacks.problem import Problem

# The log moves on while it is read: a file that was listed may have another name by now.
ATTEMPTS = 5
LINES_AT_ONCE = 20_000


@dataclass(frozen=True)
class Place:
    """How far a log was read.

    Attributes:
        head: SHA-256 of the file's first line; empty when nothing was read yet.
        offset: Bytes of the file, uncompressed, that were read.
    """

    head: str = ""
    offset: int = 0


@dataclass(frozen=True)
class Part:
    """Some whole lines, and the place after them.

    Attributes:
        gap: The file that was being read is gone, and with it perhaps lines nobody read.
    """

    lines: tuple[bytes, ...]
    place: Place
    gap: bool = False


def parts(log: Path, place: Place, at_once: int = LINES_AT_ONCE) -> Iterator[Part]:
    """Give what came after a place, oldest first; a last line without its end waits.

    Raises:
        MissingPartError: There is no log, or it cannot be read.
    """
    for _ in range(ATTEMPTS):
        try:
            for part in _parts(log, place, at_once):
                yield part
                place = part.place
        except FileNotFoundError:
            continue
        except (OSError, EOFError, zlib.error) as error:
            problem = Problem("audit-unreadable", log.name, {"why": type(error).__name__})
            raise MissingPartError(problem) from error
        return
    raise MissingPartError(Problem("audit-no-log", str(log)))


def _parts(log: Path, place: Place, at_once: int) -> Iterator[Part]:
    with ExitStack() as stack:
        # Opened before the others are listed: whatever is rotated meanwhile is in one of them.
        current = stack.enter_context(log.open("rb"))
        files: dict[str, IO[bytes]] = {_head(current): current}
        for path in reversed(_rotated(log)):
            stream = stack.enter_context(_opened(path))
            files.setdefault(_head(stream), stream)
        files.pop("", None)
        heads = list(reversed(files))
        known = place.head in files
        gap = bool(place.head) and not known
        for head in heads[heads.index(place.head) if known else 0 :]:
            start = place.offset if head == place.head else 0
            for part in _read(files[head], Place(head, start), at_once):
                yield Part(part.lines, part.place, gap)
                gap = False


def _read(stream: IO[bytes], place: Place, at_once: int) -> Iterator[Part]:
    stream.seek(place.offset)
    lines: list[bytes] = []
    offset = place.offset
    for line in stream:
        if not line.endswith(b"\n"):
            break
        lines.append(line)
        offset += len(line)
        if len(lines) == at_once:
            yield Part(tuple(lines), Place(place.head, offset))
            lines.clear()
    yield Part(tuple(lines), Place(place.head, offset))


def _rotated(log: Path) -> list[Path]:
    """List the files that were set aside, oldest first: their names hold the time."""
    plain = {path.name: path for path in log.parent.glob(f"{log.stem}-*{log.suffix}")}
    packed = {path.stem: path for path in log.parent.glob(f"{log.stem}-*{log.suffix}.gz")}
    # While a file is being packed both are there, and the packed one is not whole.
    found = {**packed, **plain}
    return [found[name] for name in sorted(found)]


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


def _head(stream: IO[bytes]) -> str:
    line = stream.readline()
    return hashlib.sha256(line).hexdigest() if line.endswith(b"\n") else ""
