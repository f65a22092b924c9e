"""A new request on one page: level explained, price shown, with and without JavaScript."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal import asked, standing
from sen.portal.menu import Entry
from sen.portal.pages.home import today_of
from sen.portal.path import agency_of, on_desk
from sen.portal.quote import quote
from sen.portal.reading import own_agencies
from sen.portal.refusal import ServerRefusedError
from sen.portal.visit import Visit, Visiting
from sen.portal.words import N_
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.request import RequestSpec
from stacks.models.quota import SIZES
from stacks.problem import Problem

router = APIRouter()
MENU = Entry("/requests/new", N_("New request"), 20)
PAGE = "/requests/new"
TOKEN = f"{GROUP}/form"
USUAL_DAYS = 364


@router.get(PAGE)
async def blank(visit: Visiting) -> Response:
    """Show the form: empty, or with what was typed when the session had ended."""
    kept = visit.kept()
    form = asked.typed(kept, visit.lang) if kept else asked.Typed(_usual(visit), visit.lang)
    return _form(visit, form, kept=kept is not None)


@router.post(f"{PAGE}/quote")
async def requote(visit: Visiting) -> Response:
    """Show level, price and chain anew, while somebody types."""
    form = asked.typed(visit.form, visit.lang)
    return visit.page("quote.html.j2", quote=quote(form, today_of(visit)), labels=standing)


@router.post(PAGE)
async def send(visit: Visiting) -> Response:
    """Put the request on the agency's desk; the same form sent twice makes one request."""
    form = asked.typed(visit.form, visit.lang)
    if visit.text("act") != "send":
        return _form(visit, form)
    spec = asked.spec(form, visit.person.user, today_of(visit))
    if spec is None:
        return _form(visit, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    agency, name = agency_of(spec.agency), f"{spec.system.slug}-{spec.stage}"
    there = f"/requests/{agency.code}/{name}"
    try:
        await visit.api.create(on_desk(agency, "tenantrequests"), _object(name, spec, form))
    except ServerRefusedError as error:
        if error.status != HTTPStatus.CONFLICT:
            raise
        if await _is_mine(visit, on_desk(agency, "tenantrequests", name), form):
            return visit.go(there)
        form.refuse("system.slug", Problem("portal-name-taken", name))
        return _form(visit, form, status=HTTPStatus.CONFLICT)
    return visit.go(there)


def _object(name: str, spec: RequestSpec, form: asked.Typed) -> dict[str, Any]:
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "TenantRequest",
        "metadata": {"name": name, "annotations": {TOKEN: form.fields.get("token", "")[:64]}},
        "spec": spec.model_dump(mode="json", exclude_none=True),
    }


async def _is_mine(visit: Visit, path: str, form: asked.Typed) -> bool:
    """Say whether what is there came from this very form."""
    there = (await visit.api.get(path))["metadata"].get("annotations") or {}
    return bool(there.get(TOKEN)) and there[TOKEN] == form.fields.get("token")


def _form(
    visit: Visit, form: asked.Typed, status: int = HTTPStatus.OK, *, kept: bool = False
) -> Response:
    reckoned = quote(form, today_of(visit))
    fields = {"token": secrets.token_urlsafe(16), **form.fields}
    return visit.page(
        "ask.html.j2",
        status,
        fields=fields,
        problems=form.problems,
        own=own_agencies(visit.person),
        quote=reckoned,
        sizes=SIZES,
        blueprints=standing.blueprint_names(visit.lang),
        labels=standing,
        kept=kept,
        texts=TEXTS,
    )


def _usual(visit: Visit) -> Mapping[str, str]:
    own, today = own_agencies(visit.person), today_of(visit)
    chosen = visit.query("agency") or (own[0].code if own else "")
    return {
        "agency": chosen,
        "stage": "production",
        "size": "S",
        "system.blueprint": visit.query("blueprint") or "e-office",
        "system.officer": visit.person.user if "@" in visit.person.user else "",
        "system.level": asked.PROPOSED,
        "starts": today.isoformat(),
        "ends": (today + dt.timedelta(days=USUAL_DAYS)).isoformat(),
    }


# What the form asks, in the order in which it asks: field → (label, explanation).
TEXTS: Mapping[str, tuple[str, str]] = {
    "agency": (N_("Agency"), N_("Electronic identifier, such as H26 or H26.00070.")),
    "system.blueprint": (N_("Blueprint"), N_("What kind of system it is.")),
    "system.name.vi": (N_("Name in Vietnamese"), ""),
    "system.name.en": (N_("Name in English"), ""),
    "system.slug": (
        N_("Short name"),
        N_("Small letters, digits and hyphens; it stays for ever, such as e-office."),
    ),
    "system.owner_unit": (N_("Unit that owns the system"), ""),
    "system.officer": (N_("Mail of the officer in charge"), ""),
    "stage": (N_("Stage"), ""),
    "facts.internal": (N_("Only serves the agency's own work"), ""),
    "facts.private_information": (N_("Handles information that is not public"), ""),
    "facts.public_service": (N_("Online service to people or business"), ""),
    "facts.administrative_procedures": (N_("Resolves administrative procedures"), ""),
    "facts.conditional_business": (N_("In a conditional business line"), ""),
    "facts.national_e_government": (N_("National e-government system"), ""),
    "facts.national_data_store": (N_("Central store of data vital to the nation"), ""),
    "facts.personal_data": (N_("People whose basic personal data it holds"), ""),
    "facts.sensitive_data": (N_("People whose sensitive personal data it holds"), ""),
    "facts.state_secrets": (N_("State secrets: harm to national security if sabotaged"), ""),
    "facts.infrastructure": (N_("Whom it serves as information infrastructure"), ""),
    "system.level": (N_("Security level"), N_("As proposed, or as your dossier says.")),
    "size": (N_("Size"), ""),
    "starts": (N_("First day"), ""),
    "ends": (N_("Last day"), N_("Three years at most; 90 days for training.")),
    "groups.admins": (
        N_("Groups that administer"),
        N_("Names of the directory, apart by commas, such as h26-e-office-admins."),
    ),
    "groups.deployers": (N_("Groups that deploy"), N_("May be left empty.")),
    "groups.viewers": (N_("Groups that look on"), N_("May be left empty.")),
    "budget.code": (N_("Budget code"), N_("Such as H26-2026-014.")),
    "budget.monthly_ceiling_vnd": (
        N_("The most a month, in dong"),
        N_("Dots between thousands are fine."),
    ),
    "reason": (N_("Reason"), N_("For those who decide.")),
}
