"""Which controls there are, and which of them bind a system."""

from __future__ import annotations

from functools import cache

from policies.catalogue.regime import Regime
from policies.control import OLD_STANDARD, Control, controls, old_controls


def all_controls() -> dict[str, Control]:
    """Give the controls of every instrument, the old standard's too, by id."""
    return {**controls(), **old_controls()}


def binding(level: int, regime: Regime) -> tuple[Control, ...]:
    """Give the controls that bind a system of a level under its regime, in the catalogue's order.

    Headings of the old standard, whose groups follow, are left out.
    """
    return tuple(
        each
        for each in all_controls().values()
        if level in each.clauses and each.id not in headings() and regime.binds(each.id)
    )


@cache
def headings() -> frozenset[str]:
    """Give the rows of the old standard that only head a family."""
    families = [each.family for each in old_controls().values()]
    headed = {f"{OLD_STANDARD}/{each}" for each in families if families.count(each) > 1}
    return frozenset(headed & old_controls().keys())
