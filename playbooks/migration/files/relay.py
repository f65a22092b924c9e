"""Joins a program on one host with a program on another, through this machine.

Neither host reaches the other, holds a key of it or opens a port; nothing is kept here. When this
process dies, both programs see the end of their input and stop.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO

from stacks.remote import environment

BLOCK = 1 << 20
LONGEST_HEADER = 8192


@dataclass
class Joined:
    """Two programs that talk to each other.

    Attributes:
        passed: Bytes that went either way so far.
        beat: Is told `passed`; when it waits, so do the programs.
    """

    beat: Callable[[int], None]
    passed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def join(
        self, first: Sequence[str], second: Callable[[str], Sequence[str]]
    ) -> tuple[subprocess.CompletedProcess[bytes], subprocess.CompletedProcess[bytes]]:
        """Run both to their end; the first line that `first` prints says what `second` is.

        Raises:
            ProblemError: As `second` raises it for a line that it does not accept.
        """
        with _started(first) as client:
            header = _line(client.stdout)
            if not header:
                return _ended(client, list(first)), subprocess.CompletedProcess([], 0, b"", b"")
            try:
                words = second(header)
            except BaseException:
                client.kill()
                raise
            with _started(words) as server:
                return self._both(client, server)

    def _both(
        self, client: subprocess.Popen[bytes], server: subprocess.Popen[bytes]
    ) -> tuple[subprocess.CompletedProcess[bytes], subprocess.CompletedProcess[bytes]]:
        said: list[bytes] = [b"", b""]
        threads = [
            threading.Thread(target=self._pump, args=(client.stdout, server.stdin), daemon=True),
            threading.Thread(target=self._pump, args=(server.stdout, client.stdin), daemon=True),
            threading.Thread(target=_drain, args=(client.stderr, said, 0), daemon=True),
            threading.Thread(target=_drain, args=(server.stderr, said, 1), daemon=True),
        ]
        for each in threads:
            each.start()
        try:
            for each in threads:
                each.join()
        except BaseException:
            client.kill()
            server.kill()
            raise
        ends = [
            subprocess.CompletedProcess(each.args, each.wait(), b"", text)
            for each, text in zip((client, server), said, strict=True)
        ]
        return ends[0], ends[1]

    def _pump(self, source: IO[bytes] | None, sink: IO[bytes] | None) -> None:
        if source is None or sink is None:
            return
        for each in (source, sink):
            with contextlib.suppress(OSError):  # more than this user may have: then it stays small
                fcntl.fcntl(each, fcntl.F_SETPIPE_SZ, BLOCK)
        while count := _passed(source, sink):
            with self._lock:
                self.passed += count
                self.beat(self.passed)
        _close(sink)


def _passed(source: IO[bytes], sink: IO[bytes]) -> int:
    """Let the system pass on what is there; give its bytes, none at the end.

    Where the other end has gone, what is still said to it is read and dropped.
    """
    if not sink.closed:
        try:
            return os.splice(source.fileno(), sink.fileno(), BLOCK)
        except BrokenPipeError:
            _close(sink)
    return len(os.read(source.fileno(), BLOCK))


def _started(words: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - ssh, with an address that cannot be an option
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        bufsize=0,
    )


def _line(source: IO[bytes] | None) -> str:
    """Read one line and not a byte more: what follows belongs to the other program."""
    line = b""
    while source is not None and len(line) < LONGEST_HEADER:
        byte = os.read(source.fileno(), 1)
        if byte in {b"", b"\n"}:
            break
        line += byte
    return line.decode("ascii", "replace")


def _ended(
    process: subprocess.Popen[bytes], words: list[str]
) -> subprocess.CompletedProcess[bytes]:
    _, said = process.communicate()
    return subprocess.CompletedProcess(words, process.returncode, b"", said)


def _drain(source: IO[bytes] | None, said: list[bytes], place: int) -> None:
    if source is not None:
        said[place] = source.read()


def _close(sink: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):
        sink.close()
