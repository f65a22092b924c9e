"""Reaches a host over SSH, once, without ever asking a person anything."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from policies.gates.hosts.fact import Readings, parse, script
from policies.gates.hosts.inventory import Entry
from stacks.problem import Problem, ProblemError

SECONDS_TO_CONNECT = 10
SECONDS_IN_ALL = 120
# One line without newline or exclamation mark: the login shell may be any.
START = (
    'if [ "$(id -u)" = 0 ]; then exec sh -s; '
    "elif sudo -n true 2>/dev/null </dev/null; then exec sudo -n sh -s; else exec sh -s; fi"
)
# Never a person at a prompt, never a key that was not known before, never our agent on their host.
OPTIONS = {
    "BatchMode": "yes",
    "StrictHostKeyChecking": "yes",
    "ForwardAgent": "no",
    "ForwardX11": "no",
    "ClearAllForwardings": "yes",
    "ControlMaster": "no",
    "ControlPath": "none",
    "RequestTTY": "no",
    "LogLevel": "ERROR",
    "ConnectTimeout": str(SECONDS_TO_CONNECT),
    "ServerAliveInterval": "10",
    "ServerAliveCountMax": "3",
}
# What ssh says in English, and what we call it; the first that fits.
REASONS = {
    "REMOTE HOST IDENTIFICATION HAS CHANGED": "host-key-changed",
    "Host key verification failed": "host-key-unknown",
    "Permission denied": "host-login-refused",
    "Too many authentication failures": "host-login-refused",
}


class UnreachableError(Exception):
    """The host did not let itself be looked at.

    Attributes:
        key: The message of the catalogue that says why.
        detail: The line that ssh said.
    """

    def __init__(self, key: str, detail: str) -> None:
        super().__init__(key, detail)
        self.key = key
        self.detail = detail


def command(entry: Entry, config: Path | None) -> list[str]:
    """Give the ssh command that reads a script from its input."""
    options = [word for key, value in OPTIONS.items() for word in ("-o", f"{key}={value}")]
    return [
        "ssh",
        *(("-F", str(config)) if config else ()),
        *options,
        *(("-i", str(Path(entry.key_file).expanduser())) if entry.key_file else ()),
        *(("-l", entry.user) if entry.user else ()),
        *(("-p", str(entry.port)) if entry.port else ()),
        "--",
        entry.address,
        f"exec /bin/sh -c {shlex.quote(START)}",
    ]


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
            env=_environment(),
        )
    except subprocess.TimeoutExpired:
        raise UnreachableError("host-too-slow", f"{seconds:.0f} s") from None
    found = parse(done.stdout.decode("utf-8", "replace"), mark)
    if found is None:
        raise _why(done.stderr.decode("utf-8", "replace"))
    return found


def _environment() -> dict[str, str]:
    """Give ssh what it needs, in English: its words are read."""
    kept = ("HOME", "PATH", "SSH_AUTH_SOCK", "USER", "LOGNAME")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C"}


def _why(said: str) -> UnreachableError:
    lines = [line.strip() for line in said.splitlines() if line.strip(" @\r")]
    key = next((key for text, key in REASONS.items() if text in said), "host-unreachable")
    marked = next((line for line in lines if any(text in line for text in REASONS)), None)
    return UnreachableError(key, marked or (lines[-1] if lines else "ssh: no answer"))
