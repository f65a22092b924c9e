"""Migration waves: when what moves, how it stands, which bridges stay open until when."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal.menu import Entry
from sen.portal.refusal import RefusedPageError
from sen.portal.visit import Visiting
from sen.portal.wave_graph import graphs
from sen.portal.waves import PHASES, STEPS, waves
from sen.portal.words import N_

router = APIRouter()
MENU = Entry("/waves", N_("Migration"), 45)


@router.get("/waves")
async def every(visit: Visiting) -> Response:
    """List the waves that the person may read, on a time line and as a table."""
    found, words = await waves(visit.api), visit.query("q")
    rows = [each for each in found if each.fits(words)]
    now, shown = visit.state.settings.clock(), graphs(rows)
    return visit.page("waves.html.j2", rows=rows, words=words, phases=PHASES, graphs=shown, now=now)


@router.get("/waves/{name}")
async def one(visit: Visiting, name: str) -> Response:
    """Show one wave; one that the person may not read is not there."""
    found = next((each for each in await waves(visit.api) if each.name == name), None)
    if found is None:
        raise RefusedPageError(HTTPStatus.NOT_FOUND, "portal-absent", "URL")
    now = visit.state.settings.clock()
    return visit.page("wave.html.j2", wave=found, phases=PHASES, steps=STEPS, now=now)
