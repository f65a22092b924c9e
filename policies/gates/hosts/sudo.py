"""What sudo allows, as its files say: grants and defaults, never a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.gates.hosts.host import Host, NotHereError, UnreadableError

GRANT = re.compile(r"""(?P<who>(?:\\.|"[^"]*"|[^\s=])+)\s+[^=]+=\s*(?P<what>.*)""")
ALIAS = re.compile(r"Cmn?d_Alias\s+(.*)")
READ = "/etc/sudoers.d"
SHELLS = frozenset(
    f"{folder}/{name}"
    for folder in ("/bin", "/usr/bin")
    for name in ("sh", "bash", "dash", "zsh", "su", "env", "vi", "vim", "less")
)
NOT_GRANTS = ("Defaults", "@", "User_Alias", "Runas_Alias", "Host_Alias", "Cmnd_Alias", "Cmd_Alias")


@dataclass(frozen=True)
class Grant:
    """One line that gives a user or a %group commands.

    Attributes:
        without_password: Every command may be run, and no password is asked for.
    """

    who: str
    without_password: bool


def lines(host: Host) -> list[str]:
    """Give the lines of sudoers and what it includes.

    Raises:
        NotHereError: The host has no sudo.
        UnreadableError: It includes other files, which were not read.
    """
    found = [line.strip() for line in host.lines("sudoers")]
    if not found:
        raise NotHereError("sudo is not installed")
    for line in found:
        if line.startswith("@include") and line.split()[-1].rstrip("/") != READ:
            raise UnreadableError(f"sudoers: {line} was not followed")
    return found


def grants(host: Host) -> Iterator[Grant]:
    said = lines(host)
    anything = {"ALL", *SHELLS, *_aliases(said)}
    for line in said:
        found = GRANT.fullmatch(line)
        if found and not line.startswith(NOT_GRANTS):
            yield Grant(found["who"], bool(anything & set(_free(found["what"]))))


def _free(what: str) -> list[str]:
    """Give the commands that need no password: `NOPASSWD: a, b, PASSWD: c` gives a and b."""
    parts = re.split(r"\b(NOPASSWD|PASSWD):", what)
    after = zip(parts[1::2], parts[2::2], strict=True)
    free = " ".join(commands for tag, commands in after if tag == "NOPASSWD")
    return re.split(r"[\s,]+", re.sub(r"[A-Z_]+:", " ", free))


def _aliases(said: Iterable[str]) -> Iterator[str]:
    """Give the names of lists of commands that hold everything, or a shell."""
    for line in said:
        found = ALIAS.fullmatch(line)
        for each in found[1].split(":") if found else ():
            name, _, commands = each.partition("=")
            if {"ALL", *SHELLS} & set(re.split(r"[\s,]+", commands)):
                yield name.strip()


def defaults(host: Host) -> dict[str, str]:
    """Give the settings for everybody; the last word holds; `!name` is `no`."""
    found: dict[str, str] = {}
    for line in lines(host):
        said = re.fullmatch(r"Defaults\s+(.*)", line)
        for word in re.split(r",\s*", said[1]) if said else ():
            name, _, value = word.partition("=")
            negated = name.startswith("!")
            found[name.lstrip("!").strip()] = "no" if negated else value.strip() or "yes"
    return found


def not_authenticated(host: Host) -> list[str]:
    return ["Defaults !authenticate"] if defaults(host).get("authenticate") == "no" else []
