"""Reads sockets as `ss` or as /proc tells them: what listens, and who talks to whom."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from playbooks.migration.discover.answer import Answer
from playbooks.migration.discover.model import Listener, Load, Peer
from playbooks.migration.discover.reading.software import units_of

_PROCESS = re.compile(r'\(\("([^"]+)",(?:pid=)?(\d+)')
_KERNEL = {"01": "ESTAB", "06": "TIME-WAIT", "07": "UNCONN", "0A": "LISTEN"}
_LISTENS = ("LISTEN", "UNCONN")
_TALKS = ("ESTAB", "TIME-WAIT", "CLOSE-WAIT", "FIN-WAIT-1", "FIN-WAIT-2", "SYN-SENT", "LAST-ACK")


@dataclass(frozen=True)
class Socket:
    protocol: str
    state: str
    local: str
    port: int
    remote: str
    remote_port: int
    process: str = ""
    pid: str = ""


def sockets(lines: Iterable[str], names: Mapping[str, str]) -> list[Socket]:
    """Read one list of sockets; `names` gives the program of a process for /proc's list."""
    kept = list(lines)
    if any(re.match(r"(tcp|udp)6? +\d+: ", line) for line in kept):
        return list(_of_proc(kept, names))
    return [socket for line in kept if (socket := _of_ss(line))]


def _of_ss(line: str) -> Socket | None:
    words = line.split()
    protocol = words.pop(0) if words and words[0] in {"tcp", "udp", "???"} else "tcp"
    if len(words) < 5 or words[0] not in (*_LISTENS, *_TALKS):  # noqa: PLR2004
        return None
    local, port = _apart(words[3])
    remote, remote_port = _apart(words[4])
    found = _PROCESS.search(line)
    process, pid = (found[1], found[2]) if found else ("", "")
    return Socket(protocol, words[0], local, port, remote, remote_port, process, pid)


def _apart(text: str) -> tuple[str, int]:
    address, _, port = text.rpartition(":")
    address = address.strip("[]").partition("%")[0].removeprefix("::ffff:")
    return address, int(port) if port.isdigit() else 0


def _of_proc(lines: list[str], names: Mapping[str, str]) -> Iterator[Socket]:
    split = [line.split() for line in lines]
    owners = {row[1]: row[2] for row in split if len(row) == 3 and row[0] == "inode"}  # noqa: PLR2004
    for row in split:
        if len(row) < 11 or not row[1].endswith(":") or row[4] not in _KERNEL:  # noqa: PLR2004
            continue
        (local, port), (remote, remote_port) = _hexed(row[2]), _hexed(row[3])
        pid = owners.get(row[10], "")
        state, protocol = _KERNEL[row[4]], row[0].rstrip("6")
        yield Socket(protocol, state, local, port, remote, remote_port, names.get(pid, ""), pid)


def _hexed(text: str) -> tuple[str, int]:
    """Read `0100007F:0CEA`: words of four bytes, lowest first."""
    address, _, port = text.partition(":")
    words = [bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, len(address), 8)]
    parsed = ipaddress.ip_address(b"".join(words))
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed), int(port, 16)


def programs(answer: Answer) -> dict[str, str]:
    """Give the program of each process: number → its name without folders."""
    lines = [*answer["processes"].lines(), *answer["processes"].lines("busybox")]
    rows = (line.split(None, 4) for line in lines)
    return {
        row[0]: row[4].split()[0].rpartition("/")[2].rstrip(":")
        for row in rows
        if len(row) == 5  # noqa: PLR2004
    }


def listeners(answer: Answer) -> tuple[Listener, ...]:
    units = units_of(answer)
    found = {
        (each.protocol, each.local, each.port): Listener(
            protocol=each.protocol,
            address=each.local,
            port=each.port,
            process=each.process,
            unit=units.get(each.pid, ""),
        )
        for each in sockets(answer["listening"].lines(), programs(answer))
        if each.state in _LISTENS and not each.remote_port
    }
    return tuple(found[key] for key in sorted(found))


def peers(answer: Answer) -> tuple[Peer, ...]:
    """Give who talked to whom in the samples; loopback left out."""
    listening = {each.port for each in listeners(answer) if each.protocol == "tcp"}
    names, units = programs(answer), units_of(answer)
    asker = answer["who"].pairs().get("asker", "").split()
    found: dict[tuple[str, int, bool, str], Peer] = {}
    for at, lines in samples(answer):
        now: dict[tuple[str, int, bool, str], Peer] = {}
        for each in sockets(lines, names):
            if each.state in _TALKS and not _own(each) and not _ours(each, asker):
                peer = _peer(each, listening, at, units)
                now[peer.remote, peer.port, peer.inward, peer.process] = peer
        for key, peer in now.items():
            old = found.get(key)
            found[key] = old.model_copy(update={"seen": old.seen + 1, "last": at}) if old else peer
    return tuple(_without_shadows(found.values()))


def _own(each: Socket) -> bool:
    return each.remote == each.local or each.remote.startswith("127.") or each.remote == "::1"


def _ours(each: Socket, asker: list[str]) -> bool:
    """Tell the connection by which the host is being looked at: its four fields, or a login."""
    return len(asker) == 4 and each.remote == asker[0] and str(each.port) == asker[3]  # noqa: PLR2004


def _peer(each: Socket, listening: set[int], at: dt.datetime, units: Mapping[str, str]) -> Peer:
    inward = each.port in listening
    return Peer(
        local=each.local,
        remote=each.remote,
        port=each.port if inward else each.remote_port,
        inward=inward,
        process=each.process,
        unit=units.get(each.pid, ""),
        first=at,
        last=at,
    )


def _without_shadows(found: Iterable[Peer]) -> Iterator[Peer]:
    """Leave out a closed connection, without process, where the same is known with one."""
    kept = list(found)
    known = {(each.remote, each.port, each.inward) for each in kept if each.process}
    yield from (
        each for each in kept if each.process or (each.remote, each.port, each.inward) not in known
    )


def samples(answer: Answer) -> Iterator[tuple[dt.datetime, list[str]]]:
    """Give each sample with the host's time."""
    for name, lines in answer["samples"].parts.items():
        word, _, second = name.partition(" ")
        if word == "sample" and second.isdigit():
            yield dt.datetime.fromtimestamp(int(second), dt.UTC), lines


def loads(answer: Answer) -> tuple[Load, ...]:
    """Give use between samples; the first tells the mean since the host started."""
    found: list[Load] = []
    busy_before = total_before = 0
    for at, lines in samples(answer):
        said = dict(line.split("\t", 1) for line in lines if "\t" in line)
        ticks = [int(each) for each in said.get("cpu", "").split()[1:9] if each.isdigit()]
        total, idle = sum(ticks), sum(ticks[3:5])
        busy, span = total - idle - busy_before, total - total_before
        busy_before, total_before = total - idle, total
        share = round(busy / span, 4) if span > 0 else 0.0
        memory = _memory(said.get("memory", ""))
        found.append(Load(at=at, cpu_share=min(max(share, 0.0), 1.0), memory_kib=memory))
    return tuple(found)


def _memory(text: str) -> int:
    values = dict(each.split(":") for each in text.split())
    kib = {key: int(value) for key, value in values.items() if value.isdigit()}
    free = kib.get("MemFree", 0) + kib.get("Buffers", 0) + kib.get("Cached", 0)
    return max(kib.get("MemTotal", 0) - kib.get("MemAvailable", free), 0)


def at_our_time(peers_: Iterable[Peer], off_seconds: int) -> tuple[Peer, ...]:
    """Give the peers with times by our clock: the host's may be wrong."""
    off = dt.timedelta(seconds=off_seconds)
    return tuple(
        each.model_copy(update={"first": each.first - off, "last": each.last - off})
        for each in peers_
    )
