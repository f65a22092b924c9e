"""Where each node of the hierarchy stands: limit, asked, granted, left."""

from __future__ import annotations

from dataclasses import dataclass

from sen.budget.account import Account
from sen.tenancy.listing import under
from stacks.models.ledger import Ledger


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
    asked = Ledger(account.parents, account.limits, account.asked).lines()
    found = (
        Standing(line.agency, line.what, line.limit, wanted.granted, line.granted, line.left)
        for line, wanted in zip(account.ledger.lines(), asked, strict=True)
        if agency is None or under(line.agency, agency)
    )
    return tuple(sorted(found, key=lambda each: each.agency))
