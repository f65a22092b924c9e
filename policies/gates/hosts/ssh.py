"""Reaches a host over SSH, once, without ever asking a person anything."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Iterable
from pathlib import Path

from policies.gates.hosts.fact import Readings, parse, script
from policies.gates.hosts.inventory import Entry
from stacks.remote import Remote, why

SECONDS_IN_ALL = 120
# One line without newline or exclamation mark: the login shell may be any.
START = (
    'if [ "$(id -u)" = 0 ]; then exec sh -s; '
    "elif sudo -n true 2>/dev/null </dev/null; then exec sudo -n sh -s; else exec sh -s; fi"
)


def remote(entry: Entry, config: Path | None) -> Remote:
    """Give how the host of an inventory's entry is reached."""
    key_file = Path(entry.key_file) if entry.key_file else None
    return Remote(entry.address, entry.user, entry.port, key_file, config)


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
    mark = f"=={secrets.token_hex(16)}=="
    words = f"exec /bin/sh -c {shlex.quote(START)}"
    done = remote(entry, config).ask(words, script(wanted, mark).encode(), seconds)
    found = parse(done.stdout.decode("utf-8", "replace"), mark)
    if found is None:
        raise why(done.stderr.decode("utf-8", "replace"))
    return found
