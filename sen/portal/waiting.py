"""Requests that wait for a decision, as far as the person may read; how they are found quickly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sen.portal import standing
from sen.portal.lines import request_lines, requests_at
from sen.portal.path import agency_of, on_desk
from sen.portal.reach import under
from sen.portal.reading import Thing, items_or_none, one_or_none, own_agencies, roles_in, verbs_at
from sen.portal.refusal import RefusedPageError
from sen.portal.standing import Row
from sen.portal.visit import Visit
from stacks.models.agency import Agency
from stacks.models.chain import required
from stacks.models.objects.approval import Role
from stacks.models.objects.status import Phase

MOST = 40  # desks that are looked at for whoever reads all of them
WAITING = frozenset({"", Phase.PENDING})


@dataclass(frozen=True)
class Waiting:
    """Requests that wait for a role which the person holds there.

    Attributes:
        unseen: How many more wait for somebody; whose word they need was not looked up.
    """

    rows: tuple[Row, ...]
    unseen: int


async def waiting(visit: Visit, words: str) -> Waiting:
    """Give what waits and fits the words.

    What somebody may do has to be asked desk by desk. Whoever reads every desk of the country is
    shown the first of them, and narrows them down by words.
    """
    lines = await request_lines(visit.api)
    rows = await _near(visit) if lines is None else list(_of_lines(lines))
    fitting = [row for row in rows if row.phase in WAITING and row.waits_for and row.fits(words)]
    some = fitting if lines is None else sorted(fitting, key=lambda row: row.agency.code)[:MOST]
    roles = await _roles(visit, {row.agency.code for row in some})

    def is_mine(row: Row) -> bool:
        return row.phase in WAITING and bool(set(row.waits_for) & set(roles[row.agency.code]))

    titled = await _titled(visit, filter(is_mine, some))
    # Lines are some seconds old: what was decided meanwhile waits no more.
    return Waiting(tuple(filter(is_mine, titled)), len(fitting) - len(some))


async def _titled(visit: Visit, rows: Iterable[Row]) -> list[Row]:
    """Give rows with what only the whole request says; a line has no title."""

    async def whole(row: Row) -> Row:
        if row.by:
            return row
        path = on_desk(row.agency, "tenantrequests", row.name)
        found = await visit.api.memory.recall(path, lambda: one_or_none(visit.api, path))
        return row if found is None else _row(visit, found)

    return list(await asyncio.gather(*map(whole, rows)))


async def _near(visit: Visit) -> list[Row]:
    """Read the desks of the person's agencies and below, where there is one to decide at.

    Their own are read anew each time: who was just told of a request finds it.
    """
    own = own_agencies(visit.person)
    held = await asyncio.gather(*(verbs_at(visit.api, agency) for agency in own))
    decides = [agency for agency, verbs in zip(own, held, strict=True) if roles_in(verbs)]
    at_own = (items_or_none(visit.api, on_desk(each, "tenantrequests")) for each in decides)
    below, mine = await asyncio.gather(
        requests_at(visit.api, under(decides)), asyncio.gather(*at_own)
    )
    found = [*(items or () for items in mine), *below.values()]
    return [_row(visit, each) for items in found for each in items]


def _of_lines(lines: Iterable[Mapping[str, Any]]) -> Iterable[Row]:
    for each in lines:
        phase = str(each.get("Phase") or "")
        if phase not in WAITING:
            continue
        try:
            agency = agency_of(str(each["Agency"]))
        except RefusedPageError:  # an agency that is no more
            continue
        yield _of_line(agency, each, phase)


def _of_line(agency: Agency, cells: Mapping[str, Any], phase: str) -> Row:
    level, said = int(cells["Level"]), str(cells.get("Waits for") or "")
    # Before the operator has seen it, it waits for everybody.
    waits = [role for role in Role if f'"{role}"' in said] if phase else required(level)
    return Row(
        agency=agency,
        name=str(cells["Name"]),
        title=str(cells["Name"]),
        stage=str(cells["Stage"]),
        level=level,
        phase=phase,
        price_vnd=cells.get("VND/month"),
        ends="",
        waits_for=tuple(map(str, waits)),
        by="",
    )


def _row(visit: Visit, request: Thing) -> Row:
    row = standing.request_row(agency_of(request["spec"]["agency"]), request, visit.lang)
    return replace(row, waits_for=tuple(map(str, required(row.level)))) if not row.phase else row


async def _roles(visit: Visit, codes: set[str]) -> dict[str, tuple[Role, ...]]:
    known = sorted(codes)
    verbs = await asyncio.gather(*(verbs_at(visit.api, agency_of(code)) for code in known))
    return dict(zip(known, map(roles_in, verbs), strict=True))
