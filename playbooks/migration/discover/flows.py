"""What talks to what: from connections at either end, from configuration, from shares."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from playbooks.migration.discover.estate import Flow
from playbooks.migration.discover.model import Host, Peer

BOTH_ENDS, ONE_END, A_SAMPLE, MOST_ONE_END = 0.99, 0.7, 0.05, 0.95
DECLARED = {"share": 0.6, "config": 0.4, "job": 0.4}
SHARE_PORTS = {"nfs": 2049, "cifs": 445, "smbfs": 445}
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


@dataclass(frozen=True)
class Names:
    """Which host an address or a name belongs to."""

    known: Mapping[str, str]

    def of(self, text: str) -> str:
        """Give the host's name, or the text where it belongs to none."""
        return self.known.get(text.lower(), text)

    def host(self, text: str) -> str | None:
        return self.known.get(text.lower())


def names_of(hosts: Iterable[Host]) -> Names:
    """Collect addresses and names; what two hosts claim belongs to the inventory's first."""
    known: dict[str, str] = {}
    kept = list(hosts)
    for host in kept:
        for text in (host.name, host.address, *host.addresses):
            known.setdefault(text.lower(), host.name)
    for host in kept:
        hostname = host.system.hostname.lower()
        for text in (hostname, hostname.partition(".")[0]):
            known.setdefault(text, host.name)
    for host in kept:
        for name, address in host.aliases.items():
            if address in known:
                known.setdefault(name.lower(), known[address])
    known.pop("", None)
    return Names(known)


@dataclass
class _Edge:
    """All that was seen of one source, target and port."""

    clients: dict[str, Peer] = field(default_factory=dict)
    servers: list[Peer] = field(default_factory=list)
    declared: set[str] = field(default_factory=set)
    by: str = ""


Key = tuple[str, str, int]


def flows(visited: Iterable[Host], everybody: Sequence[Host]) -> tuple[Flow, ...]:
    """Give the flows that the visited hosts show; addresses are named after all hosts."""
    names = names_of(everybody)
    edges: dict[Key, _Edge] = {}
    for host in visited:
        for peer in host.peers:
            _see(edges, host, peer, names)
        for way, target, port, by in _declared(host, names):
            edge = edges.setdefault((host.name, target, port), _Edge())
            edge.declared.add(way)
            edge.by = edge.by or by
    _settle(edges)
    found = (flow for key in sorted(edges) for flow in _flows(key, edges[key]))
    return tuple(each for each in found if each.source != each.target)


def _settle(edges: dict[Key, _Edge]) -> None:
    """Put what is declared without a port to the connections that are seen of the same hosts."""
    for source, target, port in [key for key in edges if not key[2]]:
        seen = [
            edge
            for key, edge in edges.items()
            if key[:2] == (source, target) and (edge.clients or edge.servers)
        ]
        for edge in seen:
            edge.declared |= edges[source, target, port].declared
        if seen:
            del edges[source, target, port]


def _see(edges: dict[Key, _Edge], host: Host, peer: Peer, names: Names) -> None:
    other = names.of(peer.remote)
    if peer.inward:
        edges.setdefault((other, host.name, peer.port), _Edge()).servers.append(peer)
        return
    clients = edges.setdefault((host.name, other, peer.port), _Edge()).clients
    clients[peer.unit or peer.process] = peer


def _flows(key: Key, edge: _Edge) -> Iterator[Flow]:
    if not edge.clients and not edge.servers:
        confidence = max(DECLARED[each] for each in edge.declared)
        yield _flow(key, tuple(sorted(edge.declared)), [], (edge.by, "")).model_copy(
            update={"confidence": confidence}
        )
        return
    server = next((each.unit or each.process for each in edge.servers if each.process), "")
    ways = [*(["server"] if edge.servers else []), *sorted(edge.declared)]
    if not edge.clients:
        yield _flow(key, tuple(ways), edge.servers, ("", server))
    for client, peer in edge.clients.items():
        yield _flow(key, ("client", *ways), [peer, *edge.servers], (client, server))


def _flow(key: Key, ways: tuple[str, ...], seen: Sequence[Peer], ends: tuple[str, str]) -> Flow:
    count = max((each.seen for each in seen), default=0)
    return Flow(
        source=key[0],
        target=key[1],
        port=key[2],
        client=ends[0],
        server=ends[1],
        ways=ways,
        first=min((each.first for each in seen), default=None),
        last=max((each.last for each in seen), default=None),
        count=count,
        confidence=confidence_of(ways, count),
    )


def confidence_of(ways: Iterable[str], count: int) -> float:
    """Say how sure a flow is: seen from both ends, or how often from one."""
    kept = set(ways)
    if {"client", "server"} <= kept:
        return BOTH_ENDS
    if count:
        return round(min(ONE_END + A_SAMPLE * count, MOST_ONE_END), 2)
    return max((DECLARED.get(each, 0.0) for each in kept), default=0.0)


Told = Iterator[tuple[str, str, int, str]]


def _declared(host: Host, names: Names) -> Told:
    """Give way, target, port and who says so for what a host's configuration names."""
    for each in (*_in_files(host, names), *_in_shares(host, names), *_in_commands(host, names)):
        if each[1] != host.name:
            yield each


def _in_files(host: Host, names: Names) -> Told:
    for place in host.places:
        name, _, port = place.value.partition(":")
        target = names.host(name) if place.kind in {"ip", "host"} else None
        if target and place.path != "/etc/hosts":
            yield "config", target, int(port or 0), f"{place.path}:{place.line}"


def _in_shares(host: Host, names: Names) -> Told:
    for share in host.shares:
        target = names.host(share.peer)
        if not share.given and target:
            yield "share", target, SHARE_PORTS.get(share.kind, 0), share.path


def _in_commands(host: Host, names: Names) -> Told:
    commands = [(each.place, each.command) for each in host.jobs if each.own]
    commands += [(each.name, each.command) for each in host.units if each.own]
    for where, words in commands:
        for word in dict.fromkeys(_WORD.findall(words)):
            target = names.host(word)
            if target:
                yield "job", target, 0, where


def joined(earlier: Iterable[Flow], now: Iterable[Flow]) -> tuple[Flow, ...]:
    """Join what was known with what is seen now: first and last seen, counts, ways."""
    found: dict[tuple[str, str, int, str, str], Flow] = {}
    for each in (*earlier, *now):
        key = (each.source, each.target, each.port, each.protocol, each.client)
        old = found.get(key)
        found[key] = _both(old, each) if old else each
    return tuple(found[key] for key in sorted(found))


def _both(old: Flow, new: Flow) -> Flow:
    ways = tuple(dict.fromkeys([*old.ways, *new.ways]))
    count = old.count + new.count
    sure = max(old.confidence, new.confidence, confidence_of(ways, count))
    return new.model_copy(
        update={
            "ways": ways,
            "count": count,
            "confidence": sure,
            "server": new.server or old.server,
            "first": _ends(min, old.first, new.first),
            "last": _ends(max, old.last, new.last),
        }
    )


def _ends(
    choose: Callable[[list[dt.datetime]], dt.datetime],
    *times: dt.datetime | None,
) -> dt.datetime | None:
    known = [each for each in times if each]
    return choose(known) if known else None
