"""Reaches a host by the ssh program, without ever asking a person anything."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stacks.problem import Problem, ProblemError

SECONDS_TO_CONNECT = 10
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
# What ssh and sudo say in English, and what we call it; the first that fits.
REASONS = {
    "REMOTE HOST IDENTIFICATION HAS CHANGED": "host-key-changed",
    "Host key verification failed": "host-key-unknown",
    "Permission denied": "host-login-refused",
    "Too many authentication failures": "host-login-refused",
}
FAILED = 255  # ssh's own exit code: it, not the command, did not succeed


class UnreachableError(Exception):
    """The host did not let itself be reached.

    Attributes:
        key: The message of the catalogue that says why.
        detail: The line that ssh said.
    """

    def __init__(self, key: str, detail: str) -> None:
        super().__init__(key, detail)
        self.key = key
        self.detail = detail


@dataclass(frozen=True)
class Remote:
    """How a host is reached.

    Attributes:
        address: Not an option: it does not begin with a dash.
        config: A file of ssh's settings, with the keys of hosts that are known.
        options: Settings that differ from `OPTIONS`, such as a shared connection.
    """

    address: str
    user: str | None = None
    port: int | None = None
    key_file: Path | None = None
    config: Path | None = None
    options: tuple[tuple[str, str], ...] = ()

    def command(self, words: str) -> list[str]:
        """Give the words that run `words` in the login shell of the host."""
        return [*self.ssh(), "--", self.address, words]

    def ssh(self) -> list[str]:
        """Give ssh with its settings, without address: what rsync's `-e` takes."""
        options = {**OPTIONS, **dict(self.options)}
        return [
            "ssh",
            *(("-F", str(self.config)) if self.config else ()),
            *(word for key, value in options.items() for word in ("-o", f"{key}={value}")),
            *(("-i", str(self.key_file.expanduser())) if self.key_file else ()),
            *(("-l", self.user) if self.user else ()),
            *(("-p", str(self.port)) if self.port else ()),
        ]

    def run(
        self, words: str, given: bytes = b"", seconds: float | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run words in the host's login shell; the exit code is that of the words.

        Raises:
            ProblemError: This machine has no ssh.
            UnreachableError: The host could not be reached, or did not answer in time.
        """
        done = self.ask(words, given, seconds)
        if done.returncode == FAILED:
            raise why(done.stderr.decode("utf-8", "replace"))
        return done

    def ask(
        self, words: str, given: bytes = b"", seconds: float | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run words as `run` does; whether ssh reached the host is for the caller to see.

        Raises:
            ProblemError: This machine has no ssh.
            UnreachableError: The host did not answer in time.
        """
        if shutil.which("ssh") is None:
            raise ProblemError(Problem("host-no-ssh", "ssh"))
        try:
            return subprocess.run(  # noqa: S603 - ssh, with an address that cannot be an option
                self.command(words),
                input=given,
                capture_output=True,
                timeout=seconds,
                check=False,
                env=environment(),
            )
        except subprocess.TimeoutExpired:
            raise UnreachableError("host-too-slow", f"{seconds:.0f} s") from None


def environment() -> dict[str, str]:
    """Give ssh what it needs, in English: its words are read."""
    kept = ("HOME", "PATH", "SSH_AUTH_SOCK", "USER", "LOGNAME")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C"}


def why(said: str) -> UnreachableError:
    """Tell from what ssh said why a host was not reached."""
    lines = [line.strip() for line in said.splitlines() if line.strip(" @\r")]
    key = next((key for text, key in REASONS.items() if text in said), "host-unreachable")
    marked = next((line for line in lines if any(text in line for text in REASONS)), None)
    return UnreachableError(key, marked or (lines[-1] if lines else "ssh: no answer"))
