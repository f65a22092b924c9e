"""The answer: waves in time order, bridges over cut edges, what stays and why, the cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playbooks.migration.waves.eligible import Barred
from playbooks.migration.waves.graph import COST, Edge, Id, Portfolio
from playbooks.migration.waves.instance import Instance


@dataclass(frozen=True, slots=True)
class Wave:
    window: Id
    systems: tuple[Id, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """A cut edge: its flow stays open until the later of its ends has moved."""

    edge: Edge
    open_until: Id

    @property
    def source(self) -> Id:
        return self.edge.source

    @property
    def target(self) -> Id:
        return self.edge.target


@dataclass(frozen=True, slots=True)
class Unplaced:
    id: Id
    why: Barred


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan.

    Attributes:
        bound: No plan that places as many systems costs less; what is proven.
    """

    waves: tuple[Wave, ...]
    bridges: tuple[Bridge, ...]
    unplaced: tuple[Unplaced, ...]
    cost: int
    bound: int

    @property
    def optimal(self) -> bool:
        return self.bound >= self.cost


def answer_of(portfolio: Portfolio, inst: Instance, slots: Sequence[int], bound: int) -> Answer:
    """Tell an assignment of slots in the words of the portfolio."""
    held: list[list[Id]] = [[] for _ in range(inst.k + 1)]
    for system, slot in zip(inst.systems, slots, strict=True):
        held[slot].append(system.id)
    slot_of = {each.id: slot for each, slot in zip(inst.systems, slots, strict=True)}
    bridges = [
        Bridge(edge, inst.windows[max(ends)].id)
        for edge in portfolio.edges
        if (ends := (slot_of[edge.source], slot_of[edge.target]))[0] != ends[1]
        and inst.k not in ends
    ]
    return Answer(
        waves=tuple(
            Wave(window.id, tuple(systems))
            for window, systems in zip(inst.windows, held, strict=False)
            if systems
        ),
        bridges=tuple(bridges),
        unplaced=tuple(
            Unplaced(system.id, inst.barred.get(index, Barred("full")))
            for index, system in enumerate(inst.systems)
            if slots[index] == inst.k
        ),
        cost=sum(COST[each.edge.kind] for each in bridges),
        bound=bound,
    )
