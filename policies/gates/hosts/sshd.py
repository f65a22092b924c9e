"""What sshd really does, as `sshd -T` says after all its files are read."""

from __future__ import annotations

from collections.abc import Collection

from policies.gates.hosts.answer import Answer, fails, none_of, verdict
from policies.gates.hosts.host import Host, NotHereError, UnreadableError


def options(host: Host) -> dict[str, str]:
    """Give each option's value; those said several times joined by a blank.

    Raises:
        NotHereError: The host has no sshd.
    """
    found: dict[str, str] = {}
    for line in host.lines("sshd"):
        name, _, value = line.partition(" ")
        found[name] = f"{found[name]} {value}" if name in found else value
    if not found:
        raise NotHereError("sshd is not installed")
    return found


def option(host: Host, name: str) -> str:
    """Give one option.

    Raises:
        UnreadableError: This version of sshd does not have it.
    """
    value = options(host).get(name)
    if value is None:
        raise UnreadableError(f"sshd -T does not name {name}")
    return value


def number(host: Host, name: str) -> int:
    return int(option(host, name))


def is_one_of(host: Host, name: str, allowed: Collection[str]) -> Answer:
    value = option(host, name)
    return verdict(good=value in allowed, evidence=f"{name} {value}")


def at_most(host: Host, name: str, most: int) -> Answer:
    """Demand a number from 1 up to a bound; 0 would mean no bound."""
    value = number(host, name)
    return verdict(good=1 <= value <= most, evidence=f"{name} {value}")


def only(host: Host, name: str, allowed: Collection[str]) -> Answer:
    """Demand that a list of algorithms holds nothing but what is allowed."""
    offered = [each for each in option(host, name).split(",") if each]
    if not offered:
        return fails(f"{name}: empty")
    weak = [f"{name} {each}" for each in offered if each not in allowed]
    return none_of(weak, f"{name} {','.join(offered)}")
