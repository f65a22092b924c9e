"""The first page: one agency, what it has and asked for, what is left, what ends soon."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal import standing
from sen.portal.lines import counted, request_lines, requests_at
from sen.portal.menu import Entry
from sen.portal.path import agency_of
from sen.portal.reading import desk, own_agencies
from sen.portal.visit import Visit, Visiting
from sen.portal.waiting import WAITING
from sen.portal.words import N_, ZONE
from stacks.models.agency import Agency, agencies

router = APIRouter()
MENU = Entry("/", N_("My agency"), 10)
MOST_FOUND = 20


@router.get("/")
async def home(visit: Visiting) -> Response:
    """Show the agency that was chosen, else the first of the person's own."""
    own = own_agencies(visit.person)
    chosen = visit.query("agency")
    if chosen:
        return await _agency(visit, agency_of(chosen), own)
    if own and not visit.query("find"):
        return await _agency(visit, own[0], own)
    return visit.page("choose.html.j2", **_choice(visit), own=own)


@router.get("/agencies/{code}/under")
async def under(visit: Visiting, code: str) -> Response:
    """Show the agencies under one: those whose desks the person may read."""
    agency = agency_of(code)
    counts = await _requests_under(visit, agency)
    rows = [(agencies().get(code), count) for code, count in sorted(counts.items())]
    fragment = "HX-Request" in visit.request.headers
    return visit.page("under.html.j2", agency=agency, rows=rows, fragment=fragment)


async def _requests_under(visit: Visit, agency: Agency) -> dict[str, int]:
    """Count requests at the desks right below that the person may read."""
    below = agencies().children(agency.code)
    every = await request_lines(visit.api)
    if every is not None:
        counts = counted(every)
        return {each.code: counts.get(each.code, 0) for each in below}
    found = await requests_at(visit.api, below)
    return {code: len(items) for code, items in found.items()}


async def _agency(visit: Visit, agency: Agency, own: tuple[Agency, ...]) -> Response:
    found, words = await desk(visit.api, agency), visit.query("q")
    today = today_of(visit)
    tenants = [standing.tenant_row(agency, each, visit.lang) for each in found.tenants or ()]
    requests = [standing.request_row(agency, each, visit.lang) for each in found.requests or ()]
    return visit.page(
        "home.html.j2",
        **_choice(visit),
        desk=found,
        agency=agency,
        own=own,
        above=_above(agency),
        tenants=[row for row in tenants if row.fits(words)],
        requests=[row for row in requests if row.fits(words)],
        soon=standing.soon(tenants, today),
        offers=[row for row in requests if row.takes and row.phase in WAITING],
        left=standing.left(found, today),
        children=len(agencies().children(agency.code)),
        words=words,
        today=today,
        labels=standing,
    )


def today_of(visit: Visit) -> dt.date:
    """Give today, as it is in Viet Nam."""
    return visit.state.settings.clock().astimezone(ZONE).date()


def _choice(visit: Visit) -> dict[str, Any]:
    words = visit.query("find")
    found = [match.agency for match in agencies().find(words, MOST_FOUND)] if words else []
    return {"find": words, "found": found}


def _above(agency: Agency) -> list[Agency]:
    way = []
    while agency.parent is not None:
        agency = agencies().get(agency.parent)
        way.append(agency)
    return way[::-1]
