"""What was done at a desk, as its own people may read it; and how the signed evidence is shown."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal import words
from sen.portal.decided import digest
from sen.portal.menu import Entry
from sen.portal.path import agency_of, on_desk
from sen.portal.reading import Thing, items_or_none, own_agencies
from sen.portal.records import events_of, of_events, of_one
from sen.portal.timeline import Step
from sen.portal.visit import Visit, Visiting
from sen.portal.words import N_, ZONE
from sen.tenancy.desk import desk_of
from stacks.models.agency import Agency
from stacks.models.spelling import fold
from stacks.problem import Language

router = APIRouter()
MENU = Entry("/audit", N_("Records"), 90)
MOST = 200


@dataclass(frozen=True)
class Line:
    """One thing that was done, about one request; `link` is empty where it has no page."""

    step: Step
    what: str
    about: str
    link: str

    def fits(self, typed: str) -> bool:
        step = self.step
        text = fold(f"{self.what} {self.about} {step.who} {step.detail} {step.role}")
        return all(word in text for word in fold(typed).split())


@router.get("/audit")
async def audit(visit: Visiting) -> Response:
    """Search what was done at one agency's desk."""
    own, code = own_agencies(visit.person), visit.query("agency")
    agency = agency_of(code) if code else own[0] if own else None
    typed, first, last = visit.query("q"), _day(visit, "from"), _day(visit, "to")
    lines = await _lines(visit, agency) if agency else []
    found = [each for each in lines if each.fits(typed) and _within(each.step.when, first, last)]
    return visit.page(
        "audit.html.j2",
        agency=agency,
        own=own,
        lines=found[:MOST],
        more=max(0, len(found) - MOST),
        words=typed,
        first=first,
        last=last,
    )


async def _lines(visit: Visit, agency: Agency) -> list[Line]:
    requests, approvals, events = await asyncio.gather(
        items_or_none(visit.api, on_desk(agency, "tenantrequests")),
        items_or_none(visit.api, on_desk(agency, "approvals")),
        events_of(visit.api, desk_of(agency.code)),
    )
    found = [
        *_of_requests(visit, agency, requests or (), approvals or ()),
        *(_line(visit.lang, step, step.detail, "") for step in of_events(events, visit.lang)),
    ]
    return sorted(found, key=lambda line: line.step.when, reverse=True)


def _of_requests(
    visit: Visit, agency: Agency, requests: Sequence[Thing], approvals: Sequence[Thing]
) -> Iterator[Line]:
    for each in requests:
        name = each["metadata"]["name"]
        for step in of_one(each, approvals, digest(each)):
            yield _line(visit.lang, step, name, f"/requests/{agency.code}/{name}")


def _line(lang: Language, step: Step, about: str, link: str) -> Line:
    return Line(step, words.say(lang, step.what), about, link)


def _day(visit: Visit, name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(visit.query(name))
    except ValueError:
        return None


def _within(when: str, first: dt.date | None, last: dt.date | None) -> bool:
    """Say whether a moment lies within days of Viet Nam, both counted."""
    if not (first or last):
        return True
    if not when:
        return False
    day = dt.datetime.fromisoformat(when).astimezone(ZONE).date()
    return (first is None or first <= day) and (last is None or day <= last)
