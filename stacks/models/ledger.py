"""What is granted to whom, and what is left: quota and money, at each node of the hierarchy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from stacks.models.quota import Quota

# The part of a quota that a hierarchy shares out; the rest is per tenant.
SHARED = ("cpu", "memory_gib", "storage_gib")
MONEY = "vnd"

Amounts = Mapping[str, int]


@dataclass(frozen=True)
class Grant:
    """What one tenant was given.

    Attributes:
        amounts: Cores, GiB, and VND that it costs in each year it runs (`vnd-2026`).
    """

    tenant: str
    agency: str
    amounts: Amounts


@dataclass(frozen=True)
class Limit:
    """The most that an agency, and all under it, may have; what is not named has no limit."""

    agency: str
    amounts: Amounts


@dataclass(frozen=True)
class Shortage:
    """Where something does not suffice.

    Attributes:
        agency: The node of the hierarchy whose limit it is; often one above the asking agency.
        left: What is left there.
    """

    agency: str
    what: str
    asked: int
    left: int


@dataclass(frozen=True)
class Line:
    """One amount at one node."""

    agency: str
    what: str
    limit: int
    granted: int

    @property
    def left(self) -> int:
        return self.limit - self.granted


@dataclass(frozen=True)
class Ledger:
    """Limits and grants of a hierarchy.

    Attributes:
        parents: Parent by agency; a root has none.
    """

    parents: Mapping[str, str | None]
    limits: Sequence[Limit]
    grants: Sequence[Grant] = field(default=())

    def shortages(self, asked: Grant) -> tuple[Shortage, ...]:
        """Say where a grant would go over a limit; what the tenant has counts as given back."""
        found = []
        others = [each for each in self.grants if each.tenant != asked.tenant]
        for limit in self._above(asked.agency):
            granted = self._under(limit.agency, others)
            for what, most in limit.amounts.items():
                left = most - granted.get(what, 0)
                wanted = asked.amounts.get(what, 0)
                if wanted > left:
                    found.append(Shortage(limit.agency, what, wanted, left))
        return tuple(found)

    def granted(self, asked: Grant) -> Ledger:
        """Enter a grant, in place of what the tenant had before.

        Raises:
            ValueError: It does not suffice; ask `shortages` first.
        """
        if self.shortages(asked):
            raise ValueError(f"{asked.tenant}: more than is left")
        return Ledger(self.parents, self.limits, (*self.returned(asked.tenant).grants, asked))

    def returned(self, tenant: str) -> Ledger:
        """Take a tenant's grant out."""
        kept = tuple(each for each in self.grants if each.tenant != tenant)
        return Ledger(self.parents, self.limits, kept)

    def lines(self) -> tuple[Line, ...]:
        """Give limit and granted of every amount at every node that has a limit."""
        return tuple(
            Line(limit.agency, what, most, self._under(limit.agency, self.grants).get(what, 0))
            for limit in self.limits
            for what, most in limit.amounts.items()
        )

    def _above(self, agency: str) -> tuple[Limit, ...]:
        """Give the limits of an agency and of all above it."""
        way = set(self._way(agency))
        return tuple(limit for limit in self.limits if limit.agency in way)

    def _way(self, agency: str) -> Iterable[str]:
        seen: set[str] = set()
        node: str | None = agency
        while node is not None and node not in seen:
            seen.add(node)
            yield node
            node = self.parents.get(node)

    def _under(self, agency: str, grants: Iterable[Grant]) -> Amounts:
        total: dict[str, int] = {}
        for each in grants:
            if agency in self._way(each.agency):
                for what, amount in each.amounts.items():
                    total[what] = total.get(what, 0) + amount
        return total


def amounts_of(quota: Quota, monthly_vnd: int, starts: dt.date, ends: dt.date) -> Amounts:
    """Give what a tenant takes: its shared quota, and money by calendar year."""
    given = {name: getattr(quota, name) for name in SHARED}
    return {**given, **spending(monthly_vnd, starts, ends)}


def spending(monthly_vnd: int, starts: dt.date, ends: dt.date) -> Amounts:
    """Give VND by calendar year (`vnd-2026`): by the day, rounded up, both ends counted."""
    found = {}
    for year in range(starts.year, ends.year + 1):
        first, last = max(starts, dt.date(year, 1, 1)), min(ends, dt.date(year, 12, 31))
        length = (dt.date(year, 12, 31) - dt.date(year, 1, 1)).days + 1
        days = (last - first).days + 1
        found[f"{MONEY}-{year}"] = -(-monthly_vnd * 12 * days // length)
    return found
