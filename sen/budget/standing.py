"""Where each node of the hierarchy stands: limit, asked, granted, left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sen.budget.account import Account
from sen.tenancy.listing import under
from stacks.models.ledger import Grant, Line
from stacks.models.showback import Parents, way

Sums = defaultdict[str, Counter[str]]


@dataclass(frozen=True)
class Standing:
    """One limit of one node.

    Attributes:
        what: `cpu`, `memory_gib`, `storage_gib`, or money of a year: `vnd-2026`.
        asked: What open requests of it and those under it want.
        left: Below zero where the limit was set before it was kept.
    """

    agency: str
    what: str
    limit: int
    asked: int
    granted: int
    left: int


def standings(account: Account, agency: str | None = None) -> tuple[Standing, ...]:
    """Give every limit; with an agency, its own and those of agencies under it."""
    asked, granted = (_sums(account.parents, each) for each in (account.asked, account.grants))
    found = (
        _standing(Line(limit.agency, what, most, granted[limit.agency][what]), asked)
        for limit in account.limits
        if agency is None or under(limit.agency, agency)
        for what, most in limit.amounts.items()
    )
    return tuple(sorted(found, key=lambda each: each.agency))


def _standing(line: Line, asked: Sums) -> Standing:
    wanted = asked[line.agency][line.what]
    return Standing(line.agency, line.what, line.limit, wanted, line.granted, line.left)


def _sums(parents: Parents, grants: Iterable[Grant]) -> Sums:
    """Add grants up the hierarchy once; `Ledger.lines` does it anew for each limit of a country."""
    found: Sums = defaultdict(Counter)
    for each in grants:
        for node in way(parents, each.agency):
            found[node].update(each.amounts)
    return found
