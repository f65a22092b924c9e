"""Systems that keep their place by strategy: taken out before planning, told as unplaced after."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from playbooks.migration.waves.answer import Unplaced
from playbooks.migration.waves.eligible import Barred
from playbooks.migration.waves.graph import Id, Portfolio
from stacks.problem import Problem, ProblemError


def without(portfolio: Portfolio, strategies: Collection[str]) -> Portfolio:
    """Give the portfolio without the systems of these strategies; nobody waits for them.

    Raises:
        ProblemError: No system has one of the strategies.
    """
    known = {each.strategy for each in portfolio.systems}
    for each in strategies:
        if each not in known:
            values = {"known": ", ".join(sorted(known - {""})) or "-"}
            raise ProblemError(Problem("wave-strategy-empty", each, values))
    moving = {each.id for each in portfolio.systems if each.strategy not in strategies}
    return replace(
        portfolio,
        systems=tuple(
            replace(each, before=_of(each.before, moving), not_with=_of(each.not_with, moving))
            for each in portfolio.systems
            if each.id in moving
        ),
        edges=tuple(
            each for each in portfolio.edges if each.source in moving and each.target in moving
        ),
    )


def staying(portfolio: Portfolio, strategies: Collection[str]) -> tuple[Unplaced, ...]:
    """Give those systems as unplaced, with their strategy as the reason."""
    return tuple(
        Unplaced(each.id, Barred("excluded", {"strategy": each.strategy}))
        for each in portfolio.systems
        if each.strategy in strategies
    )


def _of(ids: tuple[Id, ...], moving: Collection[Id]) -> tuple[Id, ...]:
    return tuple(each for each in ids if each in moving)
