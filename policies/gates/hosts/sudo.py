"""What sudo allows, as its files say: grants and defaults, never a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policies.gates.hosts.host import Host, NotHereError

GRANT = re.compile(r"(?P<who>%?[^\s=]+)\s+[^=]+=\s*(?P<what>.*)")
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
    """
    found = host.lines("sudoers")
    if not found:
        raise NotHereError("sudo is not installed")
    return found


def grants(host: Host) -> Iterator[Grant]:
    for line in lines(host):
        found = GRANT.fullmatch(line.strip())
        if found and not line.startswith(NOT_GRANTS):
            free = re.search(r"NOPASSWD:\s*([A-Z_]+:\s*)*(.*)", found["what"])
            everything = free is not None and "ALL" in re.split(r"[\s,]+", free[2])
            yield Grant(found["who"], everything)


def defaults(host: Host) -> dict[str, str]:
    """Give the settings for everybody; the last word holds; `!name` is `no`."""
    found: dict[str, str] = {}
    for line in lines(host):
        said = re.fullmatch(r"Defaults\s+(.*)", line.strip())
        for word in re.split(r",\s*", said[1]) if said else ():
            name, _, value = word.partition("=")
            negated = name.startswith("!")
            found[name.lstrip("!").strip()] = "no" if negated else value.strip() or "yes"
    return found


def not_authenticated(host: Host) -> list[str]:
    return ["Defaults !authenticate"] if defaults(host).get("authenticate") == "no" else []
