"""The national overview: tiles where provinces lie, and a table; what the person may read of it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal.menu import Entry
from sen.portal.nation import LEVELS, nation
from sen.portal.visit import Visiting
from sen.portal.words import N_
from stacks.models.agency import Agency
from stacks.models.spelling import fold

router = APIRouter()
MENU = Entry("/overview", N_("Overview"), 40)


@router.get("/overview")
async def overview(visit: Visiting) -> Response:
    """Show each ministry and province with all agencies under it."""
    found, words = await nation(visit.api), visit.query("q")
    return visit.page(
        "overview.html.j2",
        nation=found,
        total=found.total,
        provinces=[each for each in found.places if each.at],
        central=[each for each in found.places if not each.at],
        rows=[each for each in found.places if _fits(each.agency, words)],
        levels=LEVELS,
        words=words,
    )


def _fits(agency: Agency, words: str) -> bool:
    text = fold(f"{agency.code} {agency.title} {agency.name_en or ''}")
    return all(word in text for word in fold(words).split())
