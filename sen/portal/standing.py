"""Rows that pages show: tenants, requests, what of quota and budget is left, what ends soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sen.budget.account import account
from sen.budget.reading import Objects
from sen.budget.standing import standings
from sen.portal.reading import Desk, Thing
from sen.portal.words import N_
from stacks.models.agency import Agency, agencies
from stacks.models.blueprint import Blueprint, blueprints
from stacks.models.objects.status import Phase
from stacks.models.spelling import fold
from stacks.problem import Language

SOON_DAYS = 60
PHASES: Mapping[str, str] = {
    Phase.PENDING: N_("Waiting for decisions"),
    Phase.REJECTED: N_("Refused"),
    Phase.APPROVED: N_("Approved, being built"),
    Phase.PROVISIONING: N_("Being built"),
    Phase.READY: N_("Ready"),
    Phase.FAILED: N_("Failed"),
    Phase.SUSPENDED: N_("Suspended"),
    Phase.ENDING: N_("Is ending"),
    Phase.OFFBOARDING: N_("Is being handed over"),
    Phase.OFFBOARDED: N_("Ended and handed over"),
    Phase.TRANSFERRED: N_("Handed over to another agency"),
    "": N_("Received"),
}
ROLES: Mapping[str, str] = {
    "head": N_("head of the unit"),
    "security-officer": N_("security officer"),
    "platform": N_("platform"),
    "superior": N_("superior agency"),
}
STAGES: Mapping[str, str] = {
    "training": N_("training"),
    "staging": N_("staging"),
    "production": N_("production"),
}
AMOUNTS: Mapping[str, str] = {
    "cpu": N_("CPU cores"),
    "memory_gib": N_("Memory, GiB"),
    "storage_gib": N_("Storage, GiB"),
    "pods": N_("Pods"),
    "services": N_("Services"),
    "volumes": N_("Volumes"),
}


@dataclass(frozen=True)
class Row:
    """A request or a tenant as a list shows it."""

    agency: Agency
    name: str
    title: str
    stage: str
    level: int
    phase: str
    price_vnd: int | None
    ends: str
    waits_for: tuple[str, ...]
    by: str
    tenant: str = ""
    takes: str = ""

    @property
    def link(self) -> str:
        if self.tenant:
            return f"/tenants/{self.agency.code}/{self.tenant}"
        return f"/requests/{self.agency.code}/{self.name}"

    def fits(self, words: str) -> bool:
        """Say whether each word typed occurs, marks and case aside."""
        text = fold(f"{self.name} {self.title} {self.agency.title} {self.agency.code} {self.by}")
        return all(word in text for word in fold(words).split())

    def days_left(self, today: dt.date) -> int:
        return (dt.date.fromisoformat(self.ends) - today).days


@dataclass(frozen=True)
class Left:
    """One limit: what it is of, how much there is and is left."""

    what: str
    year: str
    limit: int
    granted: int
    asked: int
    left: int
    is_money: bool


def request_row(agency: Agency, request: Thing, lang: Language) -> Row:
    """Give a request's row; what is missing in a broken object is empty."""
    return _row(agency, request["metadata"]["name"], request["spec"], request, lang)


def tenant_row(agency: Agency, tenant: Thing, lang: Language) -> Row:
    """Give a tenant's row; its title and stage are those that were approved."""
    spec = tenant["spec"]
    row = _row(agency, spec["request"], spec.get("approved") or {}, tenant, lang)
    name = tenant["metadata"]["name"]
    return replace(row, price_vnd=spec.get("price_vnd"), ends=spec["ends"], tenant=name)


def _row(agency: Agency, name: str, spec: Mapping[str, Any], thing: Thing, lang: Language) -> Row:
    system, status = spec.get("system") or {}, thing.get("status") or {}
    return Row(
        agency=agency,
        name=name,
        title=(system.get("name") or {}).get(lang.value, name),
        stage=spec.get("stage", ""),
        level=system.get("level", 0),
        phase=status.get("phase") or "",
        price_vnd=status.get("price_vnd"),
        ends=spec.get("ends", ""),
        waits_for=tuple(status.get("waits_for") or ()),
        by=spec.get("requested_by", ""),
        takes=spec.get("takes") or "",
    )


def soon(rows: Iterable[Row], today: dt.date) -> tuple[Row, ...]:
    """Give what ends within sixty days, the first first."""
    ending = [row for row in rows if row.ends and row.days_left(today) <= SOON_DAYS]
    return tuple(sorted(ending, key=lambda row: row.ends))


def left(desk: Desk, today: dt.date) -> tuple[Left, ...]:
    """Give what is left of the agency's limits, counted from what the person may read."""
    if desk.object is None:
        return ()
    objects = Objects(
        agencies=(desk.object,),
        requests=tuple(desk.requests or ()),
        tenants=tuple(desk.tenants or ()),
    )
    found = standings(account(objects, agencies(), today), desk.agency.code)
    return tuple(
        Left(
            what=each.what.partition("-")[0],
            year=each.what.partition("-")[2],
            limit=each.limit,
            granted=each.granted,
            asked=each.asked,
            left=each.left,
            is_money="-" in each.what,
        )
        for each in found
        if each.agency == desk.agency.code
    )


def blueprint_names(lang: Language) -> dict[str, str]:
    """Give each blueprint's name in a language."""
    return {
        str(blueprint): str(getattr(blueprints()[blueprint].name, lang.value))
        for blueprint in Blueprint
    }
