"""The portal to look at on this machine: desks, operator and portal, until Ctrl-C ends them."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sen.errors import MissingPartError, RefusedError
from sen.local import ports, process
from sen.local.log import last_lines
from sen.local.patience import wait_until
from sen.local.platform import Platform
from sen.local.record import Record, StartedPart, load, save
from stacks.problem import Problem

# Who answers for the desks that are opened, and what their agencies may have.
OFFICERS = {"H26": "van.nguyen@hanoi.example.gov.vn", "H29": "van.tran@hcm.example.gov.vn"}
YEAR_VND = 2_000_000_000
QUOTA = {"cpu": 400, "memory_gib": 1600, "storage_gib": 20_000}
START_SECONDS = 90.0
END_SECONDS = 20.0
_SEN = ("-c", "from sen.cli.main import main; main()")


@contextmanager
def running(platform: Platform, port: int) -> Iterator[Record]:
    """Run operator and portal in processes of their own; both are ended when the block is left.

    What a demo that was killed left behind is ended first.

    Raises:
        RefusedError: The port is another program's.
        MissingPartError: One of the two did not come up.
    """
    record = platform.state / "demo-portal.json"
    _end(record)
    if not ports.becomes_free(port):
        raise RefusedError(Problem("demo-port-taken", str(port), {"holder": ports.holder(port)}))
    named = ("--name", platform.name)
    commands = {
        "operator": ("operator", "run", *named),
        "portal": ("portal", "run", *named, "--port", str(port), "--dev-login"),
    }
    try:
        for part, words in commands.items():
            save(record, load(record).with_part(part, _start(platform, part, words)))
        _await(platform, load(record), port)
        yield load(record)
    finally:
        _end(record)


def watch(platform: Platform, parts: Record) -> None:
    """Wait until one of the parts ends by itself.

    Raises:
        MissingPartError: It did; what it said last is in the text.
    """
    wait_until(lambda: bool(_ended(parts)), dt.timedelta.max.total_seconds())
    raise _broken(platform, parts)


def _start(platform: Platform, part: str, words: tuple[str, ...]) -> StartedPart:
    command = [sys.executable, *_SEN, *words]
    return process.start(command, os.environ, platform.log(f"demo-{part}"), "")


def _await(platform: Platform, parts: Record, port: int) -> None:
    up = wait_until(lambda: bool(_ended(parts)) or _answers(port), START_SECONDS)
    if not up or _ended(parts):
        raise _broken(platform, parts)


def _ended(parts: Record) -> list[str]:
    return [name for name, part in parts.parts.items() if process.running(part) is None]


def _broken(platform: Platform, parts: Record) -> MissingPartError:
    names = _ended(parts) or ["portal"]
    return MissingPartError(
        *(
            Problem(
                "demo-part-ended",
                name,
                {"lines": "\n".join(last_lines(platform.log(f"demo-{name}"), 10))},
            )
            for name in names
        )
    )


def _end(record: Path) -> None:
    process.end(list(load(record).parts.values()), END_SECONDS)
    with suppress(FileNotFoundError):
        record.unlink()


def _answers(port: int) -> bool:
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex((ports.LOOPBACK, port)) == 0


@contextmanager
def ending_is_an_interrupt() -> Iterator[None]:
    """Let SIGTERM end the demo as Ctrl-C does, so that nothing stays behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
