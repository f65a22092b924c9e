"""A folder on a host: how words are run there, as root where the files need it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from stacks.problem import Problem, ProblemError
from stacks.remote import Remote, UnreachableError

NOT_FOUND = 127
MOST_SAID = 300


@dataclass(frozen=True)
class FilesPlace:
    """A folder at an end of a move.

    Attributes:
        path: Absolute, without a slash at its end.
        as_root: Owners, ACLs and files of others need it: sudo without a password, or root.
    """

    remote: Remote
    path: str
    as_root: bool = True

    def __str__(self) -> str:
        return f"{self.remote.address}:{self.path}"

    def shell(self, text: str) -> str:
        """Give the words that run a shell text there; the login shell may be any."""
        quoted = shlex.quote(text)
        if not self.as_root:
            return f"exec /bin/sh -c {quoted}"
        start = 'if [ "$(id -u)" = 0 ]; then exec /bin/sh -c "$1"; fi; exec sudo -n /bin/sh -c "$1"'
        return f"exec /bin/sh -c {shlex.quote(start)} sh {quoted}"

    def run(self, text: str, given: bytes = b"") -> bytes:
        """Run a shell text there and give what it printed.

        Raises:
            ProblemError: The host is not reached, or the text fails.
        """
        try:
            done = self.remote.run(self.shell(f"LC_ALL=C; export LC_ALL; {text}"), given)
        except UnreachableError as error:
            raise ProblemError(Problem(error.key, str(self), {"detail": error.detail})) from None
        if done.returncode:
            raise failed(str(self), done.returncode, done.stderr)
        return done.stdout

    @property
    def quoted(self) -> str:
        return shlex.quote(self.path)


def failed(thing: str, code: int, said: bytes) -> ProblemError:
    """Tell what a command on a host said when it failed."""
    reason = said.decode("utf-8", "backslashreplace").strip()[-MOST_SAID:] or f"exit {code}"
    return ProblemError(Problem("files-command-failed", thing, {"reason": reason}))
