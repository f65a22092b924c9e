"""A program that serves on a loopback port while a test runs, and what it said."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from sen.local.log import last_lines
from sen.local.patience import wait_until
from sen.local.ports import LOOPBACK
from sen.paths import PROJECT

START_SECONDS = 60.0
END_SECONDS = 30.0


class Service:
    """One program in a process of its own; its output goes to a file."""

    def __init__(
        self, words: Sequence[object], log: Path, variables: Mapping[str, str] | None = None
    ) -> None:
        self.log = log
        self.begins = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                list(map(str, words)),
                cwd=PROJECT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(variables or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return "\n".join(last_lines(self.log, 40))

    def listening(self, port: int, seconds: float = START_SECONDS) -> Service:
        """Wait until it answers on a port; fail with its last words when it ends instead."""
        wait_until(lambda: self.process.poll() is not None or answers(port), seconds)
        assert answers(port), self.said()
        return self

    def tells(self, words: str, seconds: float) -> None:
        """Wait until it has said something since it began."""
        wait_until(lambda: self.process.poll() is not None or words in self._new(), seconds)
        assert words in self._new(), self.said()

    def _new(self) -> str:
        return self.log.read_bytes()[self.begins :].decode()

    def end(self) -> int:
        """Ask it to end as Ctrl-C does, and give its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"did not end on SIGINT: {self.said()}") from None


def sen(log: Path, *words: object) -> Service:
    """Start `sen` with words."""
    return Service((Path(sys.executable).with_name("sen"), *words), log)


def answers(port: int) -> bool:
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex((LOOPBACK, port)) == 0
