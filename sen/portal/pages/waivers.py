"""Waivers: those on desks that the person reads, and what the register's file has about them."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools

from fastapi import APIRouter
from starlette.responses import Response

from policies.waiver import Register, load_register
from sen.portal import standing
from sen.portal.menu import Entry
from sen.portal.pages.home import today_of
from sen.portal.reach import Reach, reach
from sen.portal.refusal import told
from sen.portal.visit import Visiting
from sen.portal.words import N_
from sen.waivers.account import ASKED, agency_of, of_both
from sen.waivers.granted import FILE, OBJECT, Granted, together
from stacks.models.spelling import fold

router = APIRouter()
MENU = Entry("/waivers", N_("Waivers"), 60)
STATES = {
    "active": N_("in force"),
    "expired": N_("over"),
    "not begun": N_("not begun"),
    ASKED: N_("waits for agreement"),
}
SOURCES = {FILE: N_("register"), OBJECT: N_("desk")}


@router.get("/waivers")
async def waivers(visit: Visiting) -> Response:
    """List waivers with where they stand, and whose word is missing."""
    found = await reach(visit.api, "waivers")
    file = await asyncio.to_thread(_register)
    granted = together(_about(file, found), found.things)
    words, today = visit.query("q"), today_of(visit)
    rows = [row for row in _rows(granted, today) if _fits(row, words)]
    return visit.page(
        "waivers.html.j2",
        rows=rows,
        words=words,
        wrong=[(each.thing, told(each, visit.lang)) for each in granted.wrong],
        states=STATES,
        sources=SOURCES,
        labels=standing,
    )


@functools.cache
def _register() -> Register:
    return load_register()


def _about(register: Register, found: Reach) -> Register:
    """Leave out what the file says of agencies whose desks the person does not read."""
    return Register(tuple(each for each in register.waivers if found.covers(agency_of(each))))


def _rows(granted: Granted, today: dt.date) -> list[dict[str, object]]:
    whole = {each.id: each for each in (*granted.register.waivers, *granted.asked)}
    rows = [
        {**row, "reason": whole[str(row["id"])].reason, "must": granted.waiting.get(str(row["id"]))}
        for row in of_both(granted, today)
    ]
    return sorted(rows, key=lambda row: (str(row["end"]), str(row["id"])), reverse=True)


def _fits(row: dict[str, object], words: str) -> bool:
    shown = ("id", "rule", "object", "owner", "reason")
    text = fold(" ".join(str(row[name]) for name in shown))
    return all(word in text for word in fold(words).split())
