"""What a tenant's page shows: how it stands, what it uses, costs and is bound by."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kubernetes.utils.quantity import parse_quantity

from sen.budget.account import charge_of
from sen.portal.cluster import Voice
from sen.portal.path import on_desk
from sen.portal.reading import Thing, items_or_none, one_or_none
from sen.portal.records import events_of
from sen.tenancy.desk import desk_of
from stacks.models.agency import Agency
from stacks.models.showback import by_month

GIB = 2**30
# What a ResourceQuota calls what a request calls so; how much one is.
AMOUNTS: Mapping[str, tuple[str, int]] = {
    "cpu": ("requests.cpu", 1),
    "memory_gib": ("requests.memory", GIB),
    "storage_gib": ("requests.storage", GIB),
    "pods": ("pods", 1),
    "services": ("services", 1),
    "volumes": ("persistentvolumeclaims", 1),
}


@dataclass(frozen=True)
class Environment:
    """A tenant with what the person may read around it; None is what they may not."""

    tenant: Thing
    request: Thing | None
    approvals: Sequence[Thing]
    quotas: Sequence[Thing] | None
    events: Sequence[Thing]
    waivers: Sequence[Thing] | None
    agreements: Sequence[Thing] | None


@dataclass(frozen=True)
class Usage:
    """How much of one amount is used."""

    what: str
    used: Decimal
    hard: Decimal

    @property
    def text(self) -> str:
        return f"{self.used.normalize():f}"

    @property
    def limit(self) -> str:
        return f"{self.hard.normalize():f}"


async def environment(api: Voice, agency: Agency, name: str) -> Environment:
    """Read a tenant and what belongs to it.

    Raises:
        ServerRefusedError: It is not there, or the person may not read it.
    """
    tenant = await api.get(on_desk(agency, "tenants", name))
    spec, desk = tenant["spec"], desk_of(agency.code)
    named = (name, spec["request"])
    lists = [
        on_desk(agency, "approvals"),
        f"/api/v1/namespaces/{spec['namespace']}/resourcequotas",
        on_desk(agency, "waivers"),
        on_desk(agency, "sharingagreements"),
    ]
    request, listed, events, inside = await asyncio.gather(
        one_or_none(api, on_desk(agency, "tenantrequests", spec["request"])),
        asyncio.gather(*(items_or_none(api, path) for path in lists)),
        events_of(api, desk, *named),
        events_of(api, spec["namespace"]),
    )
    approvals, quotas, waivers, agreements = listed
    return Environment(
        tenant, request, approvals or (), quotas, [*events, *inside], waivers, agreements
    )


def usages(found: Environment) -> tuple[Usage, ...]:
    """Give what of the quota is used; nothing where the person may not read it."""
    return tuple(_usages(found.quotas or ()))


def _usages(quotas: Sequence[Thing]) -> Iterator[Usage]:
    for what, (name, one) in AMOUNTS.items():
        for each in quotas:
            status = each.get("status") or {}
            hard, used = (status.get(part) or {} for part in ("hard", "used"))
            if name in hard:
                yield Usage(what, _amount(used.get(name, 0), one), _amount(hard[name], one))
                break


def _amount(quantity: str | int, one: int) -> Decimal:
    return round(Decimal(parse_quantity(quantity)) / one, 2)


@dataclass(frozen=True)
class Cost:
    """What a tenant costs by the price that was frozen: a month, this year by month, its budget."""

    monthly_vnd: int
    year: int
    months: tuple[int, ...]
    to_date_vnd: int

    @property
    def year_vnd(self) -> int:
        return sum(self.months)


def cost(tenant: Thing, today: dt.date) -> Cost:
    """Reckon as showback does."""
    charge = charge_of(tenant)
    months = by_month(charge, today.year)
    return Cost(charge.monthly_vnd, today.year, months, sum(months[: today.month]))


def about(namespace: str, found: Environment) -> tuple[list[Thing], list[Thing]]:
    """Give the waivers and agreements about a tenant."""
    waivers = [
        each for each in found.waivers or () if each["spec"]["object"]["namespace"] == namespace
    ]
    agreements = [
        each
        for each in found.agreements or ()
        if namespace in {each["spec"]["provider"], each["spec"]["consumer"]}
    ]
    return waivers, agreements


def condition(thing: Thing, kind: str) -> Thing | None:
    """Give one condition as the operator wrote it."""
    said = (thing.get("status") or {}).get("conditions") or ()
    return next((each for each in said if each["type"] == kind), None)
