"""Run a program and measure it with all its children: seconds, processor time, peak memory."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from playbooks.migration.postgres.place import PostgresPlace
from sen.paths import PROJECT

_EVERY_SECONDS = 0.25
_MIB = 2**20


@dataclass(frozen=True)
class Measure:
    """What one run of a program took.

    Attributes:
        seconds: Wall clock.
        peak_mib: Highest sum of the resident memory of the program and its children, sampled four
            times a second.
    """

    seconds: float
    peak_mib: float
    said: str


def measure(
    command: Sequence[str], variables: Mapping[str, str], codes: Sequence[int] = (0,)
) -> Measure:
    """Run a program to its end; `codes` are the exit codes that mean that it did its work.

    Raises:
        RuntimeError: It failed; what it said last is in the message.
    """
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    peak = _Peak(process.pid)
    said, _ = process.communicate()
    seconds = time.monotonic() - started
    peak.stop()
    if process.returncode not in codes:
        raise RuntimeError(f"{' '.join(command)}: {said[-2000:]}")
    return Measure(seconds, peak.mib, said)


class _Peak(threading.Thread):
    """Samples the memory of a process and its children until it is stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.mib, self.over = pid, 0.0, threading.Event()
        self.start()

    def run(self) -> None:
        while not self.over.wait(_EVERY_SECONDS):
            self.mib = max(self.mib, self._now())

    def stop(self) -> None:
        self.over.set()
        self.join()

    def _now(self) -> float:
        try:
            root = psutil.Process(self.pid)
            return sum(_resident(each) for each in (root, *root.children(recursive=True)))
        except psutil.NoSuchProcess:
            return 0.0


def _resident(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / _MIB
    except psutil.NoSuchProcess:
        return 0.0


def process_seconds(process: int) -> float:
    """Give the processor seconds of a process and of its children that have ended."""
    said = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return sum(map(int, said[11:15])) / os.sysconf("SC_CLK_TCK")


def server_seconds(place: PostgresPlace) -> float:
    """Give the processor seconds of a PostgreSQL server of this machine, of all its processes."""
    data = Path(place.value("show data_directory")) / "postmaster.pid"
    first = int(data.read_text("ascii").split()[0])
    return process_seconds(first) + sum(map(_seconds, psutil.Process(first).children()))


def _seconds(process: psutil.Process) -> float:
    try:
        return process_seconds(process.pid)
    except FileNotFoundError:
        return 0.0  # it has ended since, and counts with the first one
