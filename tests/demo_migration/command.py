"""Calls `sen` as a shell does, and keeps a table of what each phase took."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

SEN = (sys.executable, "-c", "from sen.cli.main import main; main()")


class NotDoneError(Exception):
    """A command, or what it was to show, failed."""


def sen(*words: object) -> str:
    """Run a command, and give what it printed.

    Raises:
        NotDoneError: It ended with another code than 0; what it said is in the text.
    """
    said = [*SEN, *map(str, words)]
    done = subprocess.run(said, capture_output=True, text=True, check=False)
    if done.returncode:
        text = f"sen {' '.join(map(str, words))}: exit {done.returncode}\n"
        raise NotDoneError(text + done.stdout[-2000:] + done.stderr[-2000:])
    return done.stdout


def rows(*words: object) -> Any:
    """Run a command and give what it shows."""
    return json.loads(sen(*words, "--output", "json"))


@dataclass
class Phase:
    name: str
    seconds: float = 0.0
    said: str = ""


@dataclass
class Phases:
    """What was done, in order; each is told as soon as it is over."""

    done: list[Phase] = field(default_factory=list)

    @contextmanager
    def phase(self, name: str) -> Iterator[Phase]:
        found, started = Phase(name), time.monotonic()
        yield found
        found.seconds = time.monotonic() - started
        self.done.append(found)
        sys.stdout.write(f"{found.name:<14} {found.seconds:7.1f} s  {found.said}\n")
        sys.stdout.flush()
