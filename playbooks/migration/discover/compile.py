"""Makes the estate from hosts seen now, what was known before, and what others know."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from playbooks.migration.discover.estate import Estate, Flow
from playbooks.migration.discover.flows import flows, joined, names_of
from playbooks.migration.discover.model import Host, Reason, State

MOST_LOADS = 5000


def compiled(
    seen: Iterable[Host],
    earlier: Estate | None,
    others: Estate | None,
    made: dt.datetime,
) -> Estate:
    """Give the estate; hosts that were not seen now stay as they were known."""
    before = {each.name: each for each in earlier.hosts} if earlier else {}
    found = dict(before)
    for host in seen:
        found[host.name] = _continued(host, before.get(host.name))
    for host in others.hosts if others else ():
        _add(found, host)
    hosts = doubles(tuple(found[name] for name in sorted(found)))
    fresh = [each for each in hosts if _is_new(each, before.get(each.name))]
    known = joined(earlier.flows if earlier else (), flows(fresh, hosts))
    more = _named(others.flows if others else (), hosts)
    return Estate(made=made, hosts=hosts, flows=joined(known, more))


def _is_new(host: Host, before: Host | None) -> bool:
    return before is None or before.seen_at != host.seen_at


def _continued(host: Host, before: Host | None) -> Host:
    """Keep what a host was known by: samples of use, and all of it where it is silent today."""
    if before is None or before.seen_at == host.seen_at:
        return host if before is None else host.model_copy(update={"loads": before.loads})
    if host.state is State.UNREACHABLE and before.system.hostname:
        return before.model_copy(
            update={
                "state": host.state,
                "reasons": host.reasons,
                "peers": (),
                "seen_at": host.seen_at,
            }
        )
    return host.model_copy(update={"loads": (*before.loads, *host.loads)[-MOST_LOADS:]})


def _add(found: dict[str, Host], host: Host) -> None:
    """Add a host that others know; where it was seen itself only what it lacks is taken."""
    names = names_of(found.values())
    name = names.host(host.name) or names.host(host.address) or host.name
    old = found.get(name)
    if old is None:
        found[name] = host
        return
    lacking = ("agency", "owner", "system_name", "level")
    update = {key: getattr(old, key) or getattr(host, key) for key in lacking}
    if old.state is State.UNREACHABLE or old.source != "ssh":
        more = ("listeners", "disks", "filesystems", "loads")
        update |= {key: getattr(old, key) or getattr(host, key) for key in more}
        known = {key: value for key, value in old.system if value}
        update["system"] = host.system.model_copy(update=known)
    found[name] = old.model_copy(update=update)


def _named(more: Sequence[Flow], hosts: Sequence[Host]) -> list[Flow]:
    names = names_of(hosts)
    return [
        each.model_copy(update={"source": names.of(each.source), "target": names.of(each.target)})
        for each in more
    ]


def doubles(hosts: Sequence[Host]) -> tuple[Host, ...]:
    """Say of hosts that share a hostname or a machine id that they do."""
    found = list(hosts)
    _mark(found, "discover-same-hostname", lambda each: each.system.hostname)
    _mark(found, "discover-same-machine", lambda each: each.system.machine)
    return tuple(found)


def _mark(hosts: list[Host], key: str, by: Callable[[Host], str]) -> None:
    groups: dict[str, list[int]] = defaultdict(list)
    for index, host in enumerate(hosts):
        if by(host):
            groups[by(host)].append(index)
    for index, host in enumerate(hosts):
        rest = tuple(each for each in host.reasons if each.key != key)
        others = [hosts[each].name for each in groups.get(by(host), ()) if each != index]
        if others:
            rest = (*rest, Reason(key=key, values={"others": ", ".join(others)}))
        if rest != host.reasons:
            hosts[index] = host.model_copy(update={"reasons": rest})
