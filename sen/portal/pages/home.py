"""The first page: the agency of who is signed in."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal.menu import Entry
from sen.portal.visit import Visiting
from sen.portal.words import N_

router = APIRouter()
MENU = Entry("/", N_("My agency"), 10)


@router.get("/")
async def home(visit: Visiting) -> Response:
    return visit.page("home.html.j2")
