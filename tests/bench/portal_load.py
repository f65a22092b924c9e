"""The load of the portal's bench: people who open pages, each with a connection, in one process.

Told on stdin what to ask, as JSON, and tells on stdout how long each answer took.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import ssl
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

_OK = 200
_SAID_BYTES = 2000  # of an answer that was no 200: enough to see which rule it names
_LEAST_SECONDS, _MOST_SECONDS = 0.2, 4.0  # of a thinking time, in mean thinking times


@dataclass(frozen=True)
class Caller:
    """One person.

    Attributes:
        server: Where they ask: one of the copies.
        pages: Page's name → its addresses, of which one is chosen each time.
    """

    server: str
    headers: Mapping[str, str]
    pages: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Task:
    """What is to be done.

    Attributes:
        weights: How often each page is opened, relative to the others.
        think_seconds: Mean pause between two pages; 0: as fast as they can.
        certificate: Authority, certificate and key of TLS, if that is spoken.
        most: Pages that one person opens; 0: as many as there is time for.
    """

    callers: Sequence[Caller]
    weights: Mapping[str, int]
    think_seconds: float
    seconds: float
    warm_seconds: float = 0.0
    certificate: Sequence[str] = ()
    most: int = 0


@dataclass
class Heard:
    """What came of it: page → seconds of each answer, page → answers that were no 200.

    Attributes:
        failed: Of each of those: path, status, and how what was said ends.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    failed: list[tuple[str, int, str]] = field(default_factory=list)
    bytes: int = 0

    def note(self, page: str, path: str, took: float, answer: Answer) -> None:
        self.seconds.setdefault(page, []).append(took)
        self.bytes += answer.bytes
        if answer.status != _OK:
            self.errors[page] = self.errors.get(page, 0) + 1
            self.failed.append((path, answer.status, answer.said))


@dataclass(frozen=True)
class Answer:
    """An answer; `said` is the end of its text where it was no 200."""

    status: int
    bytes: int
    said: str


class Line:
    """One kept connection that speaks as much HTTP/1.1 as is needed here."""

    def __init__(self, caller: Caller, context: ssl.SSLContext | None) -> None:
        self._at, self._context = urlsplit(caller.server), context
        told = {"Host": self._at.netloc, **caller.headers}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> Answer:
        """Ask; a connection that the server closed meanwhile is made anew, once."""
        try:
            return await self._get(path)
        except (ConnectionError, asyncio.IncompleteReadError):
            self._ends = None
            return await self._get(path)

    def close(self) -> None:
        if self._ends is not None:
            self._ends[1].close()

    async def _get(self, path: str) -> Answer:
        if self._ends is None:
            self._ends = await asyncio.open_connection(
                self._at.hostname, self._at.port, ssl=self._context
            )
        reader, writer = self._ends
        writer.write(f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.lower().split("\r\n")
        told = dict(line.split(": ", 1) for line in lines if ": " in line)
        if told.get("transfer-encoding") == "chunked":
            body = await _chunks(reader)
        else:
            body = await reader.readexactly(int(told.get("content-length", "0")))
        if told.get("connection") == "close":
            writer.close()
            self._ends = None
        status = int(first.split()[1])
        return Answer(status, len(body), "" if status == _OK else _end_of(body, told))


def _end_of(body: bytes, told: Mapping[str, str]) -> str:
    whole = gzip.decompress(body) if told.get("content-encoding") == "gzip" else body
    return whole[-_SAID_BYTES:].decode(errors="replace")


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    whole = b""
    while size := int(await reader.readline(), 16):
        whole += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return whole


async def run(task: Task) -> Heard:
    """Let everybody do their work at once; what came while it warmed up is not counted."""
    context = _context(task.certificate) if task.certificate else None
    heard, begin = Heard(), time.monotonic()
    counts, ends = begin + task.warm_seconds, begin + task.warm_seconds + task.seconds

    async def work(number: int, caller: Caller) -> None:
        dice, line = random.Random(number), Line(caller, context)  # noqa: S311 - no secret
        weights = {page: task.weights[page] for page in caller.pages if page in task.weights}
        await asyncio.sleep(dice.random() * task.think_seconds)
        opened = 0
        while (now := time.monotonic()) < ends and not opened == task.most > 0:
            opened += 1
            (page,) = dice.choices(list(weights), list(weights.values()))
            path = dice.choice(caller.pages[page])
            answer = await line.get(path)
            if now >= counts:
                heard.note(page, path, time.monotonic() - now, answer)
            await asyncio.sleep(_pause(dice, task.think_seconds))
        line.close()

    await asyncio.gather(*(work(number, each) for number, each in enumerate(task.callers)))
    return heard


def _pause(dice: random.Random, mean: float) -> float:
    """Give a thinking time: exponential, as people are, without the very long ones."""
    if not mean:
        return 0.0
    return min(max(dice.expovariate(1 / mean), _LEAST_SECONDS * mean), _MOST_SECONDS * mean)


def _context(files: Sequence[str]) -> ssl.SSLContext:
    authority, certificate, key = files
    context = ssl.create_default_context(cafile=authority)
    context.load_cert_chain(certificate, key)
    return context


def main() -> None:
    """Do what stdin says."""
    given: dict[str, Any] = json.load(sys.stdin)
    callers = [Caller(**each) for each in given.pop("callers")]
    json.dump(asdict(asyncio.run(run(Task(callers=callers, **given)))), sys.stdout)


if __name__ == "__main__":
    main()
