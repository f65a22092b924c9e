"""The one script that is sent to a host, with its limits in front."""

from __future__ import annotations

import secrets
import shlex
from dataclasses import dataclass
from importlib import resources

# Where configuration is looked for, and what in it is never opened.
ALLOW = ("/etc", "/opt", "/srv", "/var/www", "/usr/local/etc", "/var/lib/tomcat9/conf")
DENY = (
    *("/etc/ssl", "/etc/ssh", "/etc/pki", "/etc/shadow*", "/etc/gshadow*", "/etc/alternatives"),
    *("*/node_modules", "*/.git", "*.key", "*/private", "/etc/systemd", "/etc/init.d"),
)
# One line without newline or exclamation mark: the login shell may be any.
START = (
    'if [ "$(id -u)" = 0 ]; then exec sh -s -- "$SSH_CONNECTION"; '
    'elif sudo -n true 2>/dev/null </dev/null; then exec sudo -n sh -s -- "$SSH_CONNECTION"; '
    'else exec sh -s -- "$SSH_CONNECTION"; fi'
)
SECONDS_FOR_SECTIONS = 120


@dataclass(frozen=True)
class Asking:
    """How a host is looked at.

    Attributes:
        samples: How often its connections are read.
        every: Seconds between two readings.
        allow: Folders whose configuration is read.
        deny: Patterns of paths that are not.
    """

    samples: int = 3
    every: int = 1
    allow: tuple[str, ...] = ALLOW
    deny: tuple[str, ...] = DENY

    @property
    def seconds(self) -> float:
        """Time after which a host that still answers is given up."""
        return float(self.samples * self.every + SECONDS_FOR_SECTIONS)


def new_mark() -> str:
    """Give a mark that nothing on a host can hold."""
    return f"=={secrets.token_hex(12)}=="


def words() -> str:
    """Give what the login shell runs: a shell that reads the script, as root where it may."""
    return f"exec /bin/sh -c {shlex.quote(START)}"


def script(asking: Asking, mark: str) -> bytes:
    """Give the script for the shell's standard input."""
    given = {
        "M": mark,
        "N": str(asking.samples),
        "S": str(asking.every),
        "ALLOW": " ".join(asking.allow),
        "DENY": " ".join(asking.deny),
    }
    head = "".join(f"{name}={shlex.quote(value)}\n" for name, value in given.items())
    return (head + body()).encode()


def body() -> str:
    """Give the script without its settings."""
    return resources.files(__package__).joinpath("collect.sh").read_text("utf-8")
