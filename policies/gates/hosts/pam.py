"""The PAM modules that a log-in or a change of password passes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policies.gates.hosts.host import Host, UnreadableError

LINE = re.compile(
    r"(?P<file>[^:]+):-?(?P<kind>\w+)\s+(?P<control>\[[^]]*\]|\S+)\s+(?P<module>\S+)(?P<args>.*)"
)
# Where distributions keep what all log-ins share.
SHARED = {
    "auth": ("common-auth", "system-auth", "password-auth"),
    "account": ("common-account", "system-account", "system-auth", "password-auth"),
    "password": ("common-password", "system-auth", "password-auth"),
    "session": ("common-session", "system-auth", "password-auth", "login", "sshd"),
}


@dataclass(frozen=True)
class Step:
    file: str
    kind: str
    control: str
    module: str
    args: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join((f"{self.file}: {self.kind} {self.control} {self.module}", *self.args))


def steps(host: Host, kind: str, files: tuple[str, ...] = ()) -> list[Step]:
    """Give the steps of a kind in the shared files, or in some others.

    Raises:
        UnreadableError: The host shows no PAM files at all.
    """
    found = [each for each in map(LINE.fullmatch, host.lines("pam")) if each]
    if not found:
        raise UnreadableError("pam: no file that is known in /etc/pam.d")
    wanted = files or SHARED[kind]
    return [
        Step(each["file"], kind, each["control"], each["module"], tuple(each["args"].split()))
        for each in found
        if each["kind"] == kind and each["file"] in wanted
    ]


def step(host: Host, kind: str, *modules: str) -> Step | None:
    """Give the first step with one of these modules."""
    return next((each for each in steps(host, kind) if each.module in modules), None)


def settings(host: Host, fact: str, at: Step) -> dict[str, str]:
    """Give a module's settings: its file first, then what its line in PAM says, which wins."""
    pairs = (line.partition("=") for line in (*host.lines(fact), *at.args))
    return {key.strip(): value.strip() for key, _, value in pairs}
