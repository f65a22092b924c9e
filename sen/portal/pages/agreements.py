"""Sharing agreements: who reads what from whom, on which basis, until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal.menu import Entry
from sen.portal.pages.home import today_of
from sen.portal.reach import reach
from sen.portal.visit import Visiting
from sen.portal.words import N_
from stacks.models.spelling import fold

router = APIRouter()
MENU = Entry("/agreements", N_("Sharing"), 70)
STATES = {"active": N_("in force"), "expired": N_("over"), "not begun": N_("not begun")}


@router.get("/agreements")
async def agreements(visit: Visiting) -> Response:
    """List the agreements on desks that the person reads, those that end last first."""
    found = await reach(visit.api, "sharingagreements")
    words, today = visit.query("q"), today_of(visit)
    specs = [each["spec"] for each in found.things if _fits(each["spec"], words)]
    rows = [
        (spec, _state(spec, today))
        for spec in sorted(specs, key=lambda spec: str(spec["ends"]), reverse=True)
    ]
    return visit.page("agreements.html.j2", rows=rows, words=words, states=STATES)


def _state(spec: Mapping[str, Any], today: dt.date) -> str:
    if spec["ends"] < today.isoformat():
        return "expired"
    return "active" if spec["starts"] <= today.isoformat() else "not begun"


def _fits(spec: Mapping[str, Any], words: str) -> bool:
    data = spec.get("data") or {}
    given = (spec["provider"], spec["consumer"], *data.values(), spec.get("legal_basis", ""))
    text = fold(" ".join(given))
    return all(word in text for word in fold(words).split())
