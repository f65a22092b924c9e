"""The packet filter's base chains, from nft or iptables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policies.gates.hosts.answer import Answer, fails, passes
from policies.gates.hosts.host import Host

BASE = re.compile(r"type filter hook (?P<hook>\w+) priority [^;]+;(?: policy (?P<policy>\w+);)?")
TABLE = re.compile(r"table (?P<family>\w+) (?P<name>\S+) \{")
CHAIN = re.compile(r"chain (?P<name>\S+) \{")


@dataclass
class Chain:
    family: str
    table: str
    name: str
    hook: str = ""
    policy: str = ""
    last: str = ""

    @property
    def closed(self) -> bool:
        """Say whether what no rule lets through is refused."""
        refuses = re.fullmatch(
            r"(counter( packets \d+ bytes \d+)? )?(drop|reject( with .*)?)", self.last
        )
        return self.policy == "drop" or refuses is not None


def chains(host: Host) -> list[Chain]:
    text = host.read("firewall")
    return _of_iptables(text) if text.startswith(("*", "# Generated")) else _of_nft(text)


def _of_nft(text: str) -> list[Chain]:
    found: list[Chain] = []
    table = ("", "")
    for line in map(str.strip, text.splitlines()):
        opened, chain, base = TABLE.fullmatch(line), CHAIN.fullmatch(line), BASE.match(line)
        if opened:
            table = (opened["family"], opened["name"])
        elif chain:
            found.append(Chain(*table, chain["name"]))
        elif base and found:
            found[-1].hook, found[-1].policy = base["hook"], base["policy"] or "accept"
        elif found and line != "}":
            found[-1].last = line
    return [chain for chain in found if chain.hook]


def _of_iptables(text: str) -> list[Chain]:
    """Read what iptables-save says, and after a line `# ip6tables` what ip6tables-save does."""
    four, _, six = text.partition("# ip6tables")
    return [
        Chain(family, "filter", found[1], found[1].lower(), found[2].lower())
        for family, part in (("ip", four), ("ip6", six))
        for found in re.finditer(r"^:(INPUT|FORWARD|OUTPUT) (\w+)", part, re.MULTILINE)
    ]


def closed(host: Host, hook: str) -> Answer:
    """Demand a chain at the hook that refuses what is not let through, for IPv4 and IPv6."""
    here = [chain for chain in chains(host) if chain.hook == hook]
    shut = {chain.family for chain in here if chain.closed}
    if "inet" in shut or {"ip", "ip6"} <= shut:
        chain = next(each for each in here if each.closed)
        return passes(
            f"table {chain.family} {chain.table} chain {chain.name}: policy {chain.policy}"
        )
    if "ip" in shut:
        return fails(f"{hook}: IPv6 is not filtered")
    if not here:
        return fails(f"no chain at the hook {hook}")
    return fails(
        "; ".join(f"table {c.family} {c.table} chain {c.name}: policy {c.policy}" for c in here)
    )
