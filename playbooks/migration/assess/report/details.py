"""What was found inside a system's hosts, as tables for its page; long ones end with a count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape

from playbooks.migration.assess.report.table import counted
from playbooks.migration.discover.model import Database, Host, Place

_MIB = 1 << 10  # in KiB
Row = list[str]


def details(hosts: Sequence[Host]) -> Iterator[str]:
    """Give a heading and a table of each kind of thing that was found."""
    for title, (heads, numbers, rows) in _KINDS.items():
        found = [
            [escape(cell) for cell in (host.name, *row)] for host in hosts for row in rows(host)
        ]
        if found:
            yield from counted(title, ("hosts", *heads), found, numbers)


def _databases(host: Host) -> Iterable[Row]:
    for each in host.databases:
        size = f"{each.size_kib / _MIB:,.0f}".replace(",", ".")
        yield [each.engine, each.name, size, str(each.tables), _charsets(each), _kinds(each)]


def _charsets(each: Database) -> str:
    return ", ".join(dict.fromkeys([*filter(None, [each.charset]), *each.charsets]))


def _kinds(each: Database) -> str:
    return ", ".join(f"{name} {count}" for name, count in each.storage.items())


def _sites(host: Host) -> Iterable[Row]:
    for each in host.sites:
        yield [each.server, ", ".join(each.names), each.root or ", ".join(each.passes), each.place]


def _work(host: Host) -> Iterable[Row]:
    for unit in host.units:
        if unit.own:
            yield [unit.name, unit.state, unit.command]
    for job in host.jobs:
        if job.own:
            yield [job.place, job.when, job.command]


def _secrets(host: Host) -> Iterable[Row]:
    return (_at(each) for each in host.places if each.kind == "secret")


def _addresses(host: Host) -> Iterable[Row]:
    fixed = (each for each in host.places if each.kind == "ip" and each.key != "nameserver")
    return ([*_at(each), each.value] for each in fixed)


def _at(place: Place) -> Row:
    return [f"{place.path}:{place.line}", place.key]


def _certificates(host: Host) -> Iterable[Row]:
    for each in host.certificates:
        yield [each.path, each.subject, f"{each.ends:%d/%m/%Y}" if each.ends else ""]


_KINDS: Mapping[str, tuple[tuple[str, ...], set[int], Callable[[Host], Iterable[Row]]]] = {
    "databases": (("engine", "name", "mib", "tables", "charsets", "storage"), {3, 4}, _databases),
    "sites": (("server", "names", "root", "file"), set(), _sites),
    "own-work": (("name", "when", "command"), set(), _work),
    "secrets": (("file", "key"), set(), _secrets),
    "addresses": (("file", "key", "value"), set(), _addresses),
    "certificates": (("file", "subject", "ends"), set(), _certificates),
}
