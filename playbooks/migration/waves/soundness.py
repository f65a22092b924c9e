"""Whether a portfolio is whole: ids once, references known, orders without a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from playbooks.migration.waves.field import Complaints
from playbooks.migration.waves.graph import Id, Portfolio, System


def check_whole(portfolio: Portfolio, complaints: Complaints) -> None:
    """Complain of ids that are twice or unknown, and of cycles of `before`."""
    _once("systems", (each.id for each in portfolio.systems), complaints)
    _once("windows", (each.id for each in portfolio.windows), complaints)
    known = {each.id for each in portfolio.systems}
    for number, system in enumerate(portfolio.systems):
        _references(system, f"systems[{number}]", known, complaints)
    for number, edge in enumerate(portfolio.edges):
        for key, end in (("from", edge.source), ("to", edge.target)):
            if end not in known:
                complaints.add("wave-id-unknown", f"edges[{number}].{key}", id=end)
    if not complaints.found:
        cycle = cycle_of({each.id: each.before for each in portfolio.systems})
        if cycle:
            complaints.add("wave-order-cycle", "before", cycle=" → ".join(map(str, cycle)))


def _once(part: str, ids: Iterable[Id], complaints: Complaints) -> None:
    first: dict[Id, int] = {}
    for number, each in enumerate(ids):
        if each in first:
            complaints.add("wave-id-twice", f"{part}[{number}].id", id=each, first=first[each])
        first.setdefault(each, number)


def _references(system: System, where: str, known: set[Id], complaints: Complaints) -> None:
    for key, others in (("before", system.before), ("not_with", system.not_with)):
        for other in others:
            if other not in known:
                complaints.add("wave-id-unknown", f"{where}.{key}", id=other)
    if system.id in system.not_with:
        complaints.add("wave-not-with-itself", f"{where}.not_with", id=system.id)


def cycle_of(before: Mapping[Id, Sequence[Id]]) -> list[Id]:
    """Give a cycle, its first at the end again; empty when there is none."""
    after: dict[Id, list[Id]] = {each: [] for each in before}
    for each, others in before.items():
        for other in others:
            after[other].append(each)
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
