"""Which hosts are one system: what the inventory and people say first, then what they share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

from playbooks.migration.discover.estate import Estate, Flow
from playbooks.migration.discover.model import Host
from stacks.models.base import Model
from stacks.models.document import COUNTRY_LIMIT_BYTES, read
from stacks.problem import Problem, ProblemError

# Who serves more systems than this is shared by all of them, and belongs to none.
MOST_CALLERS = 3
SURE = 0.6
DATA_PORTS = frozenset(
    (*(1433, 1521, 3306, 5432, 27017, 6379, 11211, 2049, 445, 8009, 9000), 9042, 50000)
)
HEAD = """\
# Which hosts are one system. Change it: names, owners and hosts stay as they stand here when the
# assessment is made again; hosts that are new are added at the end.
"""


class Group(Model):
    """Hosts that are one system."""

    hosts: tuple[str, ...]
    name: str = ""
    agency: str = ""
    owner: str = ""
    stage: str = ""


Groups = Mapping[str, Group]


def groups(estate: Estate, known: Groups) -> dict[str, Group]:
    """Give the systems: the known ones as they are, then what the other hosts make."""
    taken = {host for group in known.values() for host in group.hosts}
    names = {each.name for each in estate.hosts}
    found = {
        name: group.model_copy(update={"hosts": tuple(h for h in group.hosts if h in names)})
        for name, group in known.items()
    }
    free = [each for each in estate.hosts if each.name not in taken]
    for members in _together(free, estate.flows):
        name = _id(members, found)
        found[name] = _group(members)
    return {name: group for name, group in found.items() if group.hosts}


def _together(hosts: Sequence[Host], flows: Iterable[Flow]) -> list[list[Host]]:
    above = {each.name: each.name for each in hosts}

    def top(name: str) -> str:
        while above[name] != name:
            name = above[name]
        return name

    for left, right in (*_same_name(hosts), *_same_data(hosts, flows)):
        above[top(right)] = top(left)
    found: dict[str, list[Host]] = defaultdict(list)
    for each in hosts:
        found[top(each.name)].append(each)
    return list(found.values())


def _same_name(hosts: Iterable[Host]) -> list[tuple[str, str]]:
    """Join what the inventory calls one system, and twins: web01, web02 that listen alike."""
    first: dict[tuple[object, ...], str] = {}
    pairs = []
    for each in hosts:
        ports = frozenset(one.port for one in each.listeners if one.port < 32_768)  # noqa: PLR2004
        stem = re.sub(r"\d+", "", each.name)
        if each.system_name:
            key: tuple[object, ...] = (each.agency, each.system_name)
        elif stem != each.name and ports:
            key = (each.agency, stem, ports)
        else:
            continue
        pairs.append((first.setdefault(key, each.name), each.name))
    return pairs


def _same_data(hosts: Iterable[Host], flows: Iterable[Flow]) -> list[tuple[str, str]]:
    """Join who reads another's data, unless many do; named systems are never joined so."""
    unnamed = {each.name: each.agency for each in hosts if not each.system_name}
    callers: dict[str, set[str]] = defaultdict(set)
    for each in flows:
        if each.port in DATA_PORTS and each.confidence >= SURE and each.source != each.target:
            callers[each.target].add(each.source)
    return [
        (target, source)
        for target, sources in callers.items()
        if target in unnamed and len(sources) <= MOST_CALLERS
        for source in sorted(sources)
        if source in unnamed and unnamed[source] == unnamed[target]
    ]


def _group(members: Sequence[Host]) -> Group:
    first = members[0]
    return Group(
        hosts=tuple(sorted(each.name for each in members)),
        name=first.system_name or _title(members),
        agency=next((each.agency for each in members if each.agency), ""),
        owner=next((each.owner for each in members if each.owner), ""),
        stage=_stage([each.name for each in members]),
    )


def _title(members: Sequence[Host]) -> str:
    sites = [name for each in members for site in each.sites for name in site.names]
    return sites[0] if sites else min(each.name for each in members)


def _stage(names: Iterable[str]) -> str:
    test = re.compile(r"(^|[-_.])(test|uat|dev|staging|demo|thunghiem)\d*([-_.]|$)", re.IGNORECASE)
    return "test" if all(test.search(each) for each in names) else "production"


def _id(members: Sequence[Host], taken: Mapping[str, Group]) -> str:
    group = _group(members)
    name, agency = members[0].system_name or min(each.name for each in members), group.agency
    words = name if name.lower().startswith(f"{agency.lower()}-") else f"{agency}-{name}"
    plain = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "system"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name


def load(path: Path) -> dict[str, Group]:
    """Read a grouping file.

    Raises:
        ProblemError: It is none, or a host belongs to two systems.
    """
    documents = read(path, COUNTRY_LIMIT_BYTES).documents()
    said = documents[0] if documents else {}
    try:
        if not isinstance(said, dict):
            raise ProblemError(Problem("grouping-broken", str(path), {"reason": "no mapping"}))
        found = {str(name): Group.model_validate(each) for name, each in said.items()}
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise ProblemError(Problem("grouping-broken", str(path), {"reason": reason})) from None
    seen: dict[str, str] = {}
    for name, group in found.items():
        for host in group.hosts:
            if host in seen:
                values = {"host": host, "one": seen[host], "other": name}
                raise ProblemError(Problem("grouping-host-twice", str(path), values))
            seen[host] = name
    return found


def write(found: Groups, path: Path) -> None:
    """Write the grouping file for people to change."""
    said = {name: group.model_dump(mode="json") for name, group in found.items()}
    text = yaml.safe_dump(said, allow_unicode=True, sort_keys=False, default_flow_style=None)
    path.write_text(HEAD + text, "utf-8")
