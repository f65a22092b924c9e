"""One run in a process of its own, ordered on its standard input or in a file, told in one line.

A process is what can be stopped, whose memory ends with it, and which uses a core of its own. The
same entry runs as a child of the operator and as the pod of a Job.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from sen.operator.carrying import carry_out
from sen.operator.order import Order
from sen.operator.outcome import LONGEST_BYTES, Outcome, failed
from sen.runs.environment import pod_tooling
from stacks.problem import ProblemError

PARENT = "SEN_RUN_PARENT"
TERMINATION_LOG = Path("/dev/termination-log")
_PR_SET_PDEATHSIG = 1
Carry = Callable[[Order, Mapping[str, str]], Outcome]


def run_once(data: bytes, variables: Mapping[str, str], carry: Carry = carry_out) -> Outcome:
    """Carry an order out; what goes wrong is in the outcome."""
    started = time.monotonic()
    run = plan = ""
    try:
        order = Order.unpacked(data)
        run, plan = order.id, order.plan
        return carry(order, variables)
    except ProblemError as error:
        return failed(run, plan, time.monotonic() - started, error)


def in_pod(order: Order, variables: Mapping[str, str]) -> Outcome:
    """Carry an order out where no parent has put the image's tools on the path."""
    os.environ.update(pod_tooling(variables))
    return carry_out(order, os.environ)


def obey(parent: str) -> None:
    """Let SIGTERM end a run as Ctrl-C does: Pulumi saves its state and frees its lock.

    Args:
        parent: Process id of the operator whose death ends this run too; empty for none.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    if parent:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(parent):  # it died before we could ask to be told
            raise KeyboardInterrupt


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def main(source: Path | None = None, told: Path = TERMINATION_LOG) -> int:
    """Carry out the order in a file, or on standard input; give the exit code."""
    try:
        obey(os.environ.get(PARENT, ""))
        data = source.read_bytes() if source else sys.stdin.buffer.read()
        outcome = run_once(data, os.environ, in_pod if source else carry_out)
    except KeyboardInterrupt:
        return 128 + signal.SIGTERM
    sys.stdout.write(f"{outcome.line()}\n")
    sys.stdout.flush()
    if source and told.exists():
        told.write_text(outcome.line(LONGEST_BYTES), "utf-8")
    return 1 if outcome.error else 0


if __name__ == "__main__":
    raise SystemExit(main())
