"""Reaches a host over SSH, once, without ever asking a person anything."""

from __future__ import annotations

import secrets
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from policies.gates.hosts.fact import Readings, parse, script
from policies.gates.hosts.inventory import Entry
from stacks.problem import Problem, ProblemError
from stacks.remote import Remote, UnreachableError, environment, why

SECONDS_IN_ALL = 120
# One line without newline or exclamation mark: the login shell may be any.
START = (
    'if [ "$(id -u)" = 0 ]; then exec sh -s; '
    "elif sudo -n true 2>/dev/null </dev/null; then exec sudo -n sh -s; else exec sh -s; fi"
)


def command(entry: Entry, config: Path | None) -> list[str]:
    """Give the ssh command that reads a script from its input."""
    key_file = Path(entry.key_file) if entry.key_file else None
    remote = Remote(entry.address, entry.user, entry.port, key_file, config)
    return remote.command(f"exec /bin/sh -c {shlex.quote(START)}")


def gather(
    entry: Entry,
    wanted: Iterable[str],
    config: Path | None = None,
    seconds: float = SECONDS_IN_ALL,
) -> Readings:
    """Read facts of a host in one connection.

    Raises:
        ProblemError: This machine has no ssh.
        UnreachableError: The host could not be reached, or what came back is no answer.
    """
    if shutil.which("ssh") is None:
        raise ProblemError(Problem("host-no-ssh", "ssh"))
    mark = f"=={secrets.token_hex(16)}=="
    try:
        done = subprocess.run(  # noqa: S603 - ssh, with an address that cannot be an option
            command(entry, config),
            input=script(wanted, mark).encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
            env=environment(),
        )
    except subprocess.TimeoutExpired:
        raise UnreachableError("host-too-slow", f"{seconds:.0f} s") from None
    found = parse(done.stdout.decode("utf-8", "replace"), mark)
    if found is None:
        raise why(done.stderr.decode("utf-8", "replace"))
    return found
