"""Runs an order in a child process; Ctrl-C, a lost lease and our own death all end it cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sen.errors import RefusedError
from sen.operator.order import Order
from sen.operator.outcome import Outcome
from sen.operator.run_once import PARENT
from sen.paths import PROJECT
from sen.runs.failure import essence
from stacks.problem import Problem

COMMAND = (sys.executable, "-m", "sen.operator.run_once")
LONGEST_SECONDS = 1800.0
# A run that was asked to end saves its state; most do within a second.
END_SECONDS = 60.0


@dataclass
class LocalRunner:
    """Runs orders on this machine.

    Attributes:
        variables: What the runs need, beside the environment of this process.
        longest_seconds: After this a run is ended, and counts as failed.
    """

    variables: Mapping[str, str]
    command: Sequence[str] = COMMAND
    longest_seconds: float = LONGEST_SECONDS
    _processes: set[subprocess.Popen[bytes]] = field(default_factory=set, init=False)
    _stopped: bool = field(default=False, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    @property
    def kind(self) -> str:
        return "local"

    def run(self, order: Order) -> Outcome:
        process = self._begun(order)
        try:
            out, err = process.communicate(order.packed(), self.longest_seconds)
        except subprocess.TimeoutExpired:
            out, err = _ended(process)
        finally:
            with self._lock:
                self._processes.discard(process)
        return _outcome(order, process.returncode, out, err, stopped=self._stopped)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            for each in self._processes:
                _signal(each, signal.SIGINT)

    def _begun(self, order: Order) -> subprocess.Popen[bytes]:
        with self._lock:  # whoever stops us sees every process there is
            if self._stopped:
                raise _interrupted(order)
            process = subprocess.Popen(  # noqa: S603 - our own words, no shell
                self.command,
                cwd=PROJECT,
                env={**os.environ, **self.variables, PARENT: str(os.getpid())},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            self._processes.add(process)
        return process


def _outcome(order: Order, code: int, out: bytes, err: bytes, *, stopped: bool) -> Outcome:
    lines = out.decode("utf-8", "replace").splitlines()
    with suppress(ValueError, IndexError):
        return Outcome.read(lines[-1])
    if stopped:
        raise _interrupted(order)
    said = essence(err.decode("utf-8", "replace"))
    raise RefusedError(Problem("run-lost", order.stack, {"run": order.id, "why": said or code}))


def _interrupted(order: Order) -> RefusedError:
    return RefusedError(Problem("run-interrupted", order.stack, {"stack": order.stack}))


def _ended(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    _signal(process, signal.SIGINT)
    try:
        return process.communicate(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        return process.communicate()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
