"""The ports on which a host listens, as ss shows them."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from policies.gates.hosts.host import Host


@dataclass(frozen=True)
class Port:
    """One open port.

    Attributes:
        name: `22/tcp`.
        local: Only programs of the host itself reach it.
    """

    name: str
    address: str
    program: str
    local: bool

    def __str__(self) -> str:
        return f"{self.name} on {self.address}" + (f" ({self.program})" if self.program else "")


def ports(host: Host) -> list[Port]:
    return [_port(line.split()) for line in host.lines("ports")]


def _port(words: list[str]) -> Port:
    kind, place = words[0], words[4]
    address, _, number = place.rpartition(":")
    program = re.search(r'users:\(\("([^"]+)"', " ".join(words[6:]))
    return Port(f"{number}/{kind}", address, program[1] if program else "", _is_local(address))


def _is_local(address: str) -> bool:
    bare = address.strip("[]").partition("%")[0]
    return bare not in {"*", ""} and ipaddress.ip_address(bare).is_loopback
