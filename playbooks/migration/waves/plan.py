"""From a portfolio to a checked plan, with the reason of every system."""

from __future__ import annotations

from dataclasses import dataclass

from playbooks.migration.waves.answer import Answer, answer_of
from playbooks.migration.waves.checker import faults
from playbooks.migration.waves.effort import PROVEN_UP_TO, Effort
from playbooks.migration.waves.graph import Portfolio
from playbooks.migration.waves.instance import Instance, instance_of
from playbooks.migration.waves.search import worth
from playbooks.migration.waves.solve import solve


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer, and what it was found on."""

    portfolio: Portfolio
    inst: Instance
    slots: tuple[int, ...]
    answer: Answer


class FaultyPlanError(RuntimeError):
    """The checker does not agree with a plan: a fault of this program."""


def plan_of(portfolio: Portfolio, effort: Effort) -> Plan:
    """Plan the waves and have the checker judge them.

    Raises:
        FaultyPlanError: A rule does not hold; never seen, and then nothing is printed.
    """
    inst = instance_of(portfolio)
    found = solve(inst, effort)
    if inst.n <= PROVEN_UP_TO and any(inst.later) and worth(inst, found.slots)[0]:
        inst = instance_of(portfolio, in_time=False)
        found = solve(inst, effort)
    answer = answer_of(portfolio, inst, found.slots, found.bound)
    wrong = faults(portfolio, answer)
    if wrong:
        raise FaultyPlanError("; ".join(wrong[:5]))
    return Plan(portfolio, inst, tuple(found.slots), answer)
