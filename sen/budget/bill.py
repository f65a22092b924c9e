"""Who bears what of a month or a year, by tenant, system, agency, level or level of government."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from stacks.models.agency import AgencyBook
from stacks.models.showback import Charge, Share, period, showback
from stacks.problem import ProblemError

COLUMNS = ("year", "month", "by", "key", "name", "tenants", "tenant_days", "vnd", "permille")
UNKNOWN = "unknown"

Row = dict[str, object]


class By(StrEnum):
    """What a bill is divided by."""

    TENANT = "tenant"
    SYSTEM = "system"
    AGENCY = "agency"
    LEVEL = "level"
    GOVERNMENT = "government"


def bill(
    charges: Iterable[Charge], by: By, year: int, month: int | None, book: AgencyBook
) -> list[Row]:
    """Give a row per key; their VND add up to what all tenants cost in that time."""
    shares = showback(charges, _key(by, book), *period(year, month))
    return [_row(each, by, (year, month), book) for each in shares]


def total(rows: Sequence[Row]) -> Row:
    """Give the last row of a table for people."""
    sums = {
        name: sum(int(str(row[name])) for row in rows)
        for name in ("tenants", "tenant_days", "vnd", "permille")
    }
    return {**dict.fromkeys(COLUMNS), "key": "total", **sums}


def table(rows: Iterable[Row]) -> str:
    """Give the rows as CSV; the columns are the same for every division."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _row(share: Share, by: By, time: tuple[int, int | None], book: AgencyBook) -> Row:
    values = (
        *time,
        by.value,
        share.key,
        _name(share.key, book) if by is By.AGENCY else None,
        share.tenants,
        share.days,
        share.vnd,
        share.permille,
    )
    return dict(zip(COLUMNS, values, strict=True))


def _key(by: By, book: AgencyBook) -> Callable[[Charge], str]:
    keys: dict[By, Callable[[Charge], str]] = {
        By.TENANT: lambda charge: charge.tenant,
        By.SYSTEM: lambda charge: charge.system,
        By.AGENCY: lambda charge: charge.agency,
        By.LEVEL: lambda charge: str(charge.level),
        By.GOVERNMENT: lambda charge: _government(charge.agency, book),
    }
    return keys[by]


def _government(code: str, book: AgencyBook) -> str:
    try:
        return book.get(code).level_of_government.value
    except ProblemError:
        return UNKNOWN


def _name(code: str, book: AgencyBook) -> str:
    try:
        return book.get(code).title
    except ProblemError:
        return UNKNOWN
