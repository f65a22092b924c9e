"""Processes that outlive the terminal: started, recognised by pid and start time, ended."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from sen.local.files import PRIVATE_FILE, private_folder
from sen.local.patience import wait_until
from sen.local.record import StartedPart

KEPT_LOGS = 3
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Detached(subprocess.Popen[bytes]):
    """A child that lives on by intention: one that is dropped while it runs is no warning."""

    def __del__(self) -> None:
        """Leave the child alone."""


_children: list[Detached] = []


def start(
    command: Sequence[str], environment: Mapping[str, str], log: Path, digest: str
) -> StartedPart:
    """Start a process in a session of its own, its output in a fresh log."""
    rotate(log)
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)) as output:
        child = Detached(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env=dict(environment),
            start_new_session=True,
            umask=0o077,
        )
    _children.append(child)
    return StartedPart(
        pid=child.pid, started=start_mark(child.pid) or "", executable=command[0], digest=digest
    )


def start_mark(pid: int) -> str | None:
    """Name the moment a process began so that no clock change alters it; None when it is gone."""
    if _BOOT.exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return None
        ticks = stat.rpartition(")")[2].split()[19]
        return f"{_BOOT.read_text().strip()}/{ticks}"
    try:
        return f"{psutil.Process(pid).create_time():.2f}"
    except psutil.NoSuchProcess:
        return None


def running(part: StartedPart) -> psutil.Process | None:
    """Give the process we started if it still is that one, else None.

    One that has ended and that its parent has not collected yet counts as gone.
    """
    if start_mark(part.pid) != part.started:
        return None
    try:
        process = psutil.Process(part.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        same = Path(process.exe()).name == Path(part.executable).resolve().name
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return process if same else None


def end(parts: Sequence[StartedPart], patience: float) -> None:
    """Ask our processes to end, wait, then force; others' processes are left alone."""
    for part in parts:
        _send(part, signal.SIGTERM)
    if not wait_until(lambda: all(running(part) is None for part in parts), patience):
        for part in parts:
            _send(part, signal.SIGKILL)
        wait_until(lambda: all(running(part) is None for part in parts), patience)
    for child in _children:
        child.poll()
    _children[:] = [child for child in _children if child.returncode is None]


def _send(part: StartedPart, what: signal.Signals) -> None:
    process = running(part)
    if process is not None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(what)


def rotate(log: Path) -> None:
    """Set the last run's log aside; the last three are kept."""
    private_folder(log.parent)
    for number in range(KEPT_LOGS - 1, 0, -1):
        older = log.with_suffix(f".{number}.log")
        if older.exists():
            older.replace(log.with_suffix(f".{number + 1}.log"))
    if log.exists():
        log.replace(log.with_suffix(".1.log"))


def uptime_seconds(process: psutil.Process) -> int:
    return max(0, int(time.time() - process.create_time()))


def memory_mib(process: psutil.Process) -> float:
    return round(process.memory_info().rss / 2**20, 1)
