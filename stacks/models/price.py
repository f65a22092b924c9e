"""What a tenant costs a month, by a dated price list.

The figures are the demo's own: nobody's official tariff.
"""

import datetime as dt
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from stacks.models.base import Model
from stacks.models.census import rows
from stacks.models.quota import Quota

if TYPE_CHECKING:
    from stacks.models.tenant import TenantRequest


class PriceList(Model):
    """Prices a month in VND that hold from a day on, until the next list."""

    valid_from: dt.date
    core_vnd: int
    memory_gib_vnd: int
    storage_gib_vnd: int
    level_1_percent: int
    level_2_percent: int
    level_3_percent: int
    level_4_percent: int
    level_5_percent: int

    def surcharge_percent(self, level: int) -> int:
        percents = (
            self.level_1_percent,
            self.level_2_percent,
            self.level_3_percent,
            self.level_4_percent,
            self.level_5_percent,
        )
        return percents[level - 1]


@functools.cache
def price_lists() -> tuple[PriceList, ...]:
    """Give the price lists, oldest first."""
    lists = (PriceList.model_validate(row) for row in rows("prices.csv"))
    return tuple(sorted(lists, key=lambda prices: prices.valid_from))


def prices_on(day: dt.date, lists: Sequence[PriceList]) -> PriceList:
    """Give the list that holds on a day; before the first list, the first."""
    held = [prices for prices in lists if prices.valid_from <= day]
    return held[-1] if held else lists[0]


def price(quota: Quota, level: int, prices: PriceList) -> int:
    """Give VND a month for a quota at a level, rounded up to a whole dong."""
    base = (
        quota.cpu * prices.core_vnd
        + quota.memory_gib * prices.memory_gib_vnd
        + quota.storage_gib * prices.storage_gib_vnd
    )
    return -(-base * (100 + prices.surcharge_percent(level)) // 100)


def monthly_price(request: "TenantRequest", on: dt.date | None = None) -> int:
    """Give what a request costs a month in VND, by the list of its first day if no day is given."""
    prices = prices_on(on or request.starts, price_lists())
    return price(request.quota_effective, request.system.level, prices)
