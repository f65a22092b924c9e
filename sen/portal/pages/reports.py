"""Reports: who bears which cost, as a table and as CSV; a draft of the level dossier."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from sen.budget.account import charge_of
from sen.budget.bill import By, Row, bill, table, total
from sen.portal import standing
from sen.portal.dossier import WORD, draft
from sen.portal.menu import Entry
from sen.portal.pages.home import today_of
from sen.portal.path import agency_of, on_desk
from sen.portal.reach import near_desks
from sen.portal.reading import items_or_none, own_agencies
from sen.portal.refusal import ServerRefusedError
from sen.portal.visit import Visit, Visiting
from sen.portal.words import N_
from stacks.models.agency import agencies
from stacks.models.showback import MONTHS, Charge

router = APIRouter()
MENU = Entry("/reports", N_("Reports"), 80)
MOST = 60
CHARGES_SECONDS = 300.0  # reckoned by the day, of all that somebody reads
FIRST_YEAR, LAST_YEAR = 2026, 2100
DIVISIONS = {
    By.AGENCY: N_("agency"),
    By.SYSTEM: N_("system"),
    By.TENANT: N_("environment"),
    By.LEVEL: N_("security level"),
    By.GOVERNMENT: N_("level of government"),
}


@dataclass(frozen=True)
class Choice:
    """Which bill is asked for."""

    by: By
    year: int
    month: int | None

    @property
    def query(self) -> str:
        return f"by={self.by}&year={self.year}&month={self.month or ''}"


@router.get("/reports")
async def reports(visit: Visiting) -> Response:
    """Show the bill of what the person reads, and the systems that a dossier can be drawn up of."""
    own, asked = own_agencies(visit.person), visit.query("agency")
    agency = agency_of(asked) if asked else own[0] if own else None
    path = on_desk(agency, "tenantrequests") if agency else None
    requests = await items_or_none(visit.api, path) if path else None
    chosen = _choice(visit)
    rows = await _bill(visit, chosen)
    return visit.page(
        "reports.html.j2",
        agency=agency,
        requests=[
            standing.request_row(agency, each, visit.lang) for each in requests or () if agency
        ],
        chosen=chosen,
        rows=rows[:MOST],
        more=max(0, len(rows) - MOST),
        total=total(rows) if rows else None,
        divisions=DIVISIONS,
        months=MONTHS,
    )


@router.get("/reports/showback.csv")
async def download(visit: Visiting) -> Response:
    """Give the same bill as CSV, for a spreadsheet: UTF-8 with its mark."""
    chosen = _choice(visit)
    text = "\ufeff" + table(await _bill(visit, chosen))
    name = f"showback-{chosen.by}-{chosen.year}-{chosen.month or 'all'}.csv"
    return _file(text.encode(), "text/csv; charset=utf-8", name)


@router.get("/reports/dossier/{code}/{name}")
async def dossier(visit: Visiting, code: str, name: str) -> Response:
    """Give a draft of the level dossier for a word processor."""
    agency = agency_of(code)
    request = await visit.api.get(on_desk(agency, "tenantrequests", name))
    content = await draft(request, visit.state.settings.clock(), visit.lang)
    return _file(content, WORD, f"{agency.code}-{name}-{visit.lang}.docx")


def _choice(visit: Visit) -> Choice:
    """Read what is asked for; what makes no sense is as usual."""
    by, today = visit.query("by"), today_of(visit)
    year, month = (_whole(visit.query(name)) for name in ("year", "month"))
    return Choice(
        By(by) if by in set(By) else By.AGENCY,
        year if FIRST_YEAR <= year <= LAST_YEAR else today.year,
        month if month in MONTHS else None,
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len("2100") else 0


async def _bill(visit: Visit, chosen: Choice) -> list[Row]:
    return await visit.api.memory.recall(f"bill/{chosen.query}", lambda: _made(visit, chosen))


async def _made(visit: Visit, chosen: Choice) -> list[Row]:
    recall = visit.api.memory.recall
    charges = await recall("charges", lambda: _charges(visit), CHARGES_SECONDS)
    return await asyncio.to_thread(bill, charges, chosen.by, chosen.year, chosen.month, agencies())


async def _charges(visit: Visit) -> tuple[Charge, ...]:
    """Give what is charged for each environment that the person may read."""
    try:
        every = await visit.api.whole("tenants", _charge, CHARGES_SECONDS)
    except ServerRefusedError:
        found = await near_desks(visit.api, "tenants", visit.api.items)
        every = list(map(_charge, found.things))
    return tuple(each for each in every if each is not None)


def _charge(tenant: Mapping[str, Any]) -> Charge | None:
    """Give what is charged for an environment; nothing for an object that is broken."""
    try:
        return charge_of(tenant)
    except (KeyError, TypeError, ValueError):
        return None


def _file(content: bytes, kind: str, name: str) -> Response:
    headers: dict[str, Any] = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)
