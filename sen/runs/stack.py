"""One run of one stack: the real `pulumi`, with what it did as numbers."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO

from sen.errors import RefusedError
from sen.paths import PROJECT
from sen.runs.environment import UNBUFFERED
from sen.runs.failure import failure
from stacks.problem import Problem

Line = Callable[[str], None]


@dataclass(frozen=True)
class Stack:
    """A stack and the environment that its runs need.

    Attributes:
        name: `<layer>-<place>-<stage>`.
        variables: What `sen.runs.environment` gives.
        policies: Whether the policy pack judges each run.
    """

    name: str
    variables: Mapping[str, str] = field(repr=False)
    policies: bool = True

    def ensure(self) -> None:
        """Make the stack where it is not there yet."""
        self.pulumi("stack", "select", "--create", self.name)

    def up(self, *options: str, line: Line | None = None) -> float:
        """Apply the program and give the seconds it took.

        Raises:
            ProblemError: The run did not succeed; what it said is in the problem.
        """
        started = time.monotonic()
        self.pulumi("up", "--yes", "--skip-preview", *self._judged(), *options, line=line)
        return time.monotonic() - started

    def preview(self, *options: str) -> str:
        return self.pulumi("preview", *self._judged(), *options)

    def pulumi(self, *arguments: str, line: Line | None = None) -> str:
        """Run `pulumi` on this stack and give its standard output.

        Raises:
            ProblemError: It did not succeed, or Ctrl-C ended it.
        """
        command = ["pulumi", "--non-interactive", "--color", "never", *arguments]
        if arguments[0] != "stack" and "--source" not in arguments:
            command += ["--stack", self.name]
        output: list[str] = []
        try:
            with running(command, self.variables) as process:
                for each in _stream(process):
                    output.append(each)
                    if line:
                        line(each)
        except KeyboardInterrupt:
            problem = Problem("run-interrupted", self.name, {"stack": self.name})
            raise RefusedError(problem) from None
        if process.returncode:
            raise failure(self.name, "\n".join(output))
        return "\n".join(output)

    def _judged(self) -> Sequence[str]:
        return ("--policy-pack", str(PROJECT / "policies")) if self.policies else ()


@contextmanager
def running(
    command: Sequence[str], variables: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Start a program in a group of its own; on Ctrl-C let it save its state before we go."""
    process = subprocess.Popen(  # noqa: S603 - our own words, no shell
        command,
        cwd=PROJECT,
        env={**os.environ, **UNBUFFERED, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    except BaseException:
        _end(process)
        raise
    finally:
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _end(process: subprocess.Popen[str]) -> None:
    """Ask it to end, and again at each further Ctrl-C, upon which Pulumi leaves at once."""
    while process.poll() is None:
        with suppress(KeyboardInterrupt):
            os.killpg(process.pid, signal.SIGINT)
            process.communicate()  # it talks while it ends, and would wait for who reads


def _stream(process: subprocess.Popen[str]) -> Iterator[str]:
    stdout: IO[str] | None = process.stdout
    if stdout is not None:
        for each in stdout:
            yield each.rstrip("\n")
