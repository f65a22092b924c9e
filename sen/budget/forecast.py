"""What a year will cost at each node of the hierarchy, month by month, against its budget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from stacks.models.showback import MONTHS, Charge, Parents, by_month, rolled_up
from stacks.problem import Problem


@dataclass(frozen=True)
class Node:
    """One agency with all under it, in one year.

    Attributes:
        months: VND of each month.
        budget: VND of the year; None where nobody set one.
    """

    agency: str
    year: int
    months: tuple[int, ...]
    budget: int | None = None

    @property
    def total(self) -> int:
        return sum(self.months)

    @property
    def left(self) -> int | None:
        return None if self.budget is None else self.budget - self.total

    @property
    def over_from(self) -> int | None:
        """Give the first month that the budget does not suffice for."""
        budget = self.budget
        if budget is None:
            return None
        sums = zip(MONTHS, accumulate(self.months), strict=True)
        return next((month for month, spent in sums if spent > budget), None)


def forecast(
    charges: Iterable[Charge], parents: Parents, budgets: Mapping[str, int], year: int
) -> tuple[Node, ...]:
    """Give every node that costs something or has a budget, in the order of codes."""
    months = rolled_up(parents, ((each.agency, by_month(each, year)) for each in charges))
    nothing = (0,) * len(MONTHS)
    costly = {agency for agency, amounts in months.items() if any(amounts)}
    return tuple(
        Node(agency, year, months.get(agency, nothing), budgets.get(agency))
        for agency in sorted(costly | budgets.keys())
    )


def warnings(nodes: Iterable[Node]) -> tuple[Problem, ...]:
    """Name every node that will spend more than its budget, and from which month on."""
    return tuple(_over(each) for each in nodes if each.over_from is not None)


def _over(node: Node) -> Problem:
    values = {
        "year": node.year,
        "total": f"{node.total:,}",
        "budget": f"{node.budget:,}",
        "month": node.over_from,
    }
    return Problem("budget-over", node.agency, values)
