"""The password of a database, which lies in a file and nowhere else."""

from __future__ import annotations

from pathlib import Path

from stacks.problem import Problem, ProblemError


def password_in(file: Path | None) -> str:
    """Read a password; empty where no file is named.

    Raises:
        ProblemError: The file cannot be read.
    """
    if file is None:
        return ""
    try:
        return file.read_text("utf-8").rstrip("\n")
    except OSError as error:
        said = {"reason": error.strerror or "unreadable"}
        raise ProblemError(Problem("database-password-file", str(file), said)) from None
