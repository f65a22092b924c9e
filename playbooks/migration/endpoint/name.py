"""A name that leads to an address: in a hosts file, or in a zone whose TTL was lowered before."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.endpoint.onhost import HostFile
from stacks.problem import Problem, ProblemError

SECONDS_TO_LIVE = 60
SERIAL = re.compile(r"(?P<before>\bSOA\b[^()]*\(\s*)(?P<serial>\d+)", re.IGNORECASE)
RECORD = r"(?m)^(?P<name>{name})(?P<space>\s+)(?:(?P<ttl>\d+)\s+)?(?:IN\s+)?(?P<kind>A|AAAA)\s+\S+"


@dataclass(frozen=True)
class HostsEndpoint:
    """A line of `/etc/hosts` on a host that reaches the system by its name.

    Attributes:
        sides: Address of each side; that of CLOSED shows the page that asks for patience.
    """

    file: HostFile
    name: str
    sides: Mapping[Side, str]

    def side(self) -> Side:
        """Ask which address the name has."""
        found = [line.split()[0] for line in self.file.read().splitlines() if self._ours(line)]
        return _side_of(self.sides, found[0] if found else "", self.name)

    def point(self, side: Side) -> None:
        """Give the name another address; other names of its lines keep theirs."""
        lines = [self._without(line) for line in self.file.read().splitlines()]
        kept = [line for line in lines if line is not None]
        self.file.write("\n".join([*kept, f"{_address(self.sides[side])} {self.name}", ""]))

    def _ours(self, line: str) -> bool:
        return self.name in line.partition("#")[0].split()[1:]

    def _without(self, line: str) -> str | None:
        if not self._ours(line):
            return line
        address, *names = line.partition("#")[0].split()
        rest = [each for each in names if each != self.name]
        return " ".join([address, *rest]) if rest else None


@dataclass(frozen=True)
class ZoneEndpoint:
    """A record of a zone file in BIND's form.

    Attributes:
        name: As it stands at the beginning of its line.
    """

    file: HostFile
    name: str
    sides: Mapping[Side, str]
    seconds: int = SECONDS_TO_LIVE

    def lives(self) -> int:
        """Give the seconds for which others remember the record as it is now."""
        text = self.file.read()
        return int(self._found(text)["ttl"] or _default(text))

    def prepare(self) -> int:
        """Lower the TTL days before the switch; give the seconds after which all have seen it."""
        before = self._found(text := self.file.read())
        old = int(before["ttl"] or _default(text))
        if before["ttl"] != str(self.seconds):
            self._put(text, before[0].split()[-1])
        return old

    def side(self) -> Side:
        """Ask which address the record has."""
        return _side_of(self.sides, self._found(self.file.read())[0].split()[-1], self.name)

    def point(self, side: Side) -> None:
        """Give the record another address and the zone a new serial."""
        text = self.file.read()
        wanted = str(_address(self.sides[side]))
        if self._found(text)[0].split()[-1] == wanted:
            self.file.renew()
            return
        self._put(text, wanted)

    def _put(self, text: str, address: str) -> None:
        kind = "A" if isinstance(_address(address), ipaddress.IPv4Address) else "AAAA"
        record = f"{self.name} {self.seconds} IN {kind} {address}"
        fresh = re.sub(RECORD.format(name=re.escape(self.name)), record, text, count=1)
        self.file.write(SERIAL.sub(lambda m: f"{m['before']}{int(m['serial']) + 1}", fresh, 1))

    def _found(self, text: str) -> re.Match[str]:
        found = re.search(RECORD.format(name=re.escape(self.name)), text)
        if found is None:
            raise ProblemError(Problem("endpoint-no-record", self.name))
        return found


def _default(text: str) -> int:
    found = re.search(r"(?m)^\$TTL\s+(\d+)", text)
    return int(found[1]) if found else 0


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise ProblemError(Problem("endpoint-bad-address", text)) from None


def _side_of(sides: Mapping[Side, str], address: str, name: str) -> Side:
    for side, each in sides.items():
        if each == address:
            return side
    raise ProblemError(Problem("endpoint-elsewhere", name, {"address": address or "-"}))
