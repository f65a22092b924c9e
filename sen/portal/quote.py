"""What a request would be: its level and why, its price and how it comes about, who decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pydantic import ValidationError

from sen.portal import asked
from sen.portal.asked import Typed
from stacks.models.chain import required
from stacks.models.level import Proposal
from stacks.models.price import PriceList, price, price_lists, prices_on
from stacks.models.quota import SIZES, Quota, Size

LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True)
class Quote:
    """Level, price and chain of a form, however incomplete it still is."""

    proposal: Proposal | None
    level: int
    quota: Quota
    prices: PriceList
    vnd: int
    roles: tuple[str, ...]

    @property
    def parts(self) -> tuple[tuple[str, int, int], ...]:
        """Give what is paid for: what, how much, VND for one."""
        return (
            ("cpu", self.quota.cpu, self.prices.core_vnd),
            ("memory_gib", self.quota.memory_gib, self.prices.memory_gib_vnd),
            ("storage_gib", self.quota.storage_gib, self.prices.storage_gib_vnd),
        )

    @property
    def surcharge(self) -> int:
        return self.prices.surcharge_percent(self.level)

    @property
    def is_below_proposal(self) -> bool:
        return self.proposal is not None and self.level < self.proposal.level


def quote(given: Typed, today: dt.date) -> Quote:
    """Reckon with what was typed so far; what is missing counts as usual."""
    proposed = asked.proposal(asked.facts(given))
    level = min(max(asked.level(given, proposed), LOWEST), HIGHEST)
    quota, prices = _quota(given), prices_on(_day(given, today), price_lists())
    roles = tuple(map(str, required(level)))
    return Quote(proposed, level, quota, prices, price(quota, level, prices), roles)


def _quota(given: Typed) -> Quota:
    own = {
        name: asked.value(f"quota.{name}", given.fields.get(f"quota.{name}", ""))
        for name in Quota.model_fields
    }
    try:
        return Quota.model_validate(own)
    except ValidationError:
        return SIZES.get(_size(given), SIZES[Size.S])


def _size(given: Typed) -> Size:
    try:
        return Size(given.fields.get("size", "S"))
    except ValueError:
        return Size.S


def _day(given: Typed, today: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(given.fields.get("starts", ""))
    except ValueError:
        return today
