"""What waits for the person's decision, over all desks that they may read."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal import standing
from sen.portal.menu import Entry
from sen.portal.path import agency_of
from sen.portal.reach import near
from sen.portal.reading import (
    Thing,
    all_requests,
    own_agencies,
    requests_at,
    roles_in,
    verbs_at,
)
from sen.portal.standing import Row
from sen.portal.visit import Visit, Visiting
from sen.portal.words import N_
from stacks.models.chain import required
from stacks.models.objects.approval import Role
from stacks.models.objects.status import Phase

router = APIRouter()
MENU = Entry("/inbox", N_("To decide"), 30)
MOST = 100


@router.get("/inbox")
async def inbox(visit: Visiting) -> Response:
    """Show requests that wait for a role which the person holds there."""
    open_rows = [row for row in await _requests(visit) if _waits(row)]
    roles = await _roles(visit, {row.agency.code for row in open_rows})
    words = visit.query("q")
    mine = [
        row
        for row in open_rows
        if set(row.waits_for) & set(roles[row.agency.code]) and row.fits(words)
    ]
    return visit.page(
        "inbox.html.j2",
        rows=sorted(mine, key=lambda row: (row.by == visit.person.user, row.name))[:MOST],
        more=max(0, len(mine) - MOST),
        words=words,
        labels=standing,
    )


async def _requests(visit: Visit) -> list[Row]:
    """Read all requests at once where that is allowed, else those of the person's agencies."""
    every = await all_requests(visit.api)
    if every is not None:
        return [_row(visit, each) for each in every]
    own = own_agencies(visit.person)
    held = await asyncio.gather(*(verbs_at(visit.api, agency) for agency in own))
    decides = [agency for agency, verbs in zip(own, held, strict=True) if roles_in(verbs)]
    found = await requests_at(visit.api, near(decides))
    return [_row(visit, each) for items in found.values() for each in items]


def _row(visit: Visit, request: Thing) -> Row:
    row = standing.request_row(agency_of(request["spec"]["agency"]), request, visit.lang)
    # Before the operator has seen it, it waits for everybody.
    return replace(row, waits_for=tuple(required(row.level))) if not row.phase else row


def _waits(row: Row) -> bool:
    return row.phase in {"", Phase.PENDING} and bool(row.waits_for)


async def _roles(visit: Visit, codes: set[str]) -> dict[str, tuple[Role, ...]]:
    verbs = await asyncio.gather(*(verbs_at(visit.api, agency_of(code)) for code in codes))
    return dict(zip(codes, map(roles_in, verbs), strict=True))
