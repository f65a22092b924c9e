"""What waits for the person's decision, over all desks that they may read."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal import standing
from sen.portal.menu import Entry
from sen.portal.paging import part
from sen.portal.visit import Visiting
from sen.portal.waiting import waiting
from sen.portal.words import N_

router = APIRouter()
MENU = Entry("/inbox", N_("To decide"), 30)
MOST = 20


@router.get("/inbox")
async def inbox(visit: Visiting) -> Response:
    """Show requests that wait for a role which the person holds there, others' first."""
    words, me = visit.query("q"), visit.person.user
    found = await waiting(visit, words)
    rows = sorted(found.rows, key=lambda row: (row.by == me, row.name))
    return visit.page(
        "inbox.html.j2",
        part=part(rows, visit.query("page"), MOST),
        unseen=found.unseen,
        words=words,
        query=urlencode({"q": words}),
        labels=standing,
    )
