"""An owner's own programs, run here without a shell: what they print, or why they failed."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

MOST_SAID = 300


class ProgramFailedError(Exception):
    """A program did not end well; its text says why."""


def printed(words: Sequence[str], seconds: int) -> str:
    """Run a program that may ask nothing, and give what it printed.

    Raises:
        ProgramFailedError: It is not there, takes longer, or its exit code is not 0.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the owner's own program, without a shell
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="backslashreplace",
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProgramFailedError(type(error).__name__) from None
    if done.returncode:
        raise ProgramFailedError(done.stderr.strip()[-MOST_SAID:] or f"exit {done.returncode}")
    return done.stdout
