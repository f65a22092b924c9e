"""One request: what it says, who did what when; those who may decide do so here."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from sse_starlette import EventSourceResponse
from starlette.responses import Response

from sen.portal import standing
from sen.portal.decided import decide, digest, seen
from sen.portal.editing import is_open
from sen.portal.handing import giver, offered
from sen.portal.path import agency_of, on_desk
from sen.portal.reading import Thing, items_or_none, roles_in, verbs_at
from sen.portal.refusal import RefusedPageError, ServerRefusedError, UnreachableError, told
from sen.portal.timeline import of_request, timeline
from sen.portal.visit import Visit, Visiting
from stacks.models.agency import Agency
from stacks.models.chain import required
from stacks.models.objects.approval import Role
from stacks.models.objects.status import Phase

router = APIRouter()
AT = "/requests/{code}/{name}"
OVER = frozenset({Phase.READY, Phase.REJECTED, Phase.TRANSFERRED})
REFRESH_SECONDS = 10
WATCH_SECONDS = 300
PING_SECONDS = 20
# What a form can be told to be put right; the rest is a page of its own.
AT_THE_FORM = frozenset({HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY})


@router.get(AT)
async def show(visit: Visiting, code: str, name: str) -> Response:
    return await _page(visit, agency_of(code), name)


@router.get(f"{AT}/timeline")
async def steps(visit: Visiting, code: str, name: str) -> Response:
    """Give the part of the page that changes while things go on."""
    agency = agency_of(code)
    request, approvals = await _read(visit, agency, name)
    return visit.page("timeline.html.j2", **_shown(visit, agency, request, approvals))


@router.post(AT)
async def decided(visit: Visiting, code: str, name: str) -> Response:
    """Take a decision; the same form sent twice decides once."""
    agency = agency_of(code)
    try:
        await decide(visit, agency, name)
    except RefusedPageError as error:
        if error.status not in AT_THE_FORM or isinstance(error, ServerRefusedError):
            raise
        return await _page(visit, agency, name, error)
    return visit.go(f"/requests/{agency.code}/{name}")


@router.get(f"{AT}/live")
async def live(visit: Visiting, code: str, name: str) -> Response:
    """Tell the page when the request changes, as the person's own watch sees it."""
    agency = agency_of(code)
    await visit.api.get(on_desk(agency, "tenantrequests", name))
    return EventSourceResponse(_changes(visit, agency, name), ping=PING_SECONDS)


async def _changes(visit: Visit, agency: Agency, name: str) -> AsyncIterator[dict[str, str]]:
    query = {"fieldSelector": f"metadata.name={name}", "timeoutSeconds": str(WATCH_SECONDS)}
    # The browser asks again by itself when a watch ends before its time.
    with suppress(UnreachableError):
        async for event in visit.api.watch(on_desk(agency, "tenantrequests"), **query):
            yield {"event": "changed", "data": event["type"]}
            phase = (event["object"].get("status") or {}).get("phase")
            if phase in OVER or event["type"] in {"DELETED", "ERROR"}:
                yield {"event": "over", "data": str(phase)}
                return


async def _read(visit: Visit, agency: Agency, name: str) -> tuple[Thing, list[Thing]]:
    request, approvals = await asyncio.gather(
        visit.api.get(on_desk(agency, "tenantrequests", name)),
        items_or_none(visit.api, on_desk(agency, "approvals")),
    )
    return request, of_request(approvals or [], name)


async def _page(
    visit: Visit, agency: Agency, name: str, error: RefusedPageError | None = None
) -> Response:
    (request, approvals), verbs = await asyncio.gather(
        _read(visit, agency, name), verbs_at(visit.api, agency)
    )
    shown = _shown(visit, agency, request, approvals)
    waiting = shown["row"].phase not in OVER
    return visit.page(
        "request.html.j2",
        error.status if error else HTTPStatus.OK,
        **shown,
        roles=_roles(visit, request, roles_in(verbs)),
        may_change=is_open(request) and bool({"patch", "*"} & verbs),
        offered=offered(request),
        giver=giver(request) if request["spec"].get("takes") else None,
        token=secrets.token_hex(8),
        problems=[told(each, visit.lang) for each in error.problems] if error else [],
        typed=visit.kept() or visit.form,
        spec=request["spec"],
        waiting=waiting,
        refresh_without_script=REFRESH_SECONDS if waiting else None,
    )


def _roles(visit: Visit, request: Thing, held: tuple[Role, ...]) -> tuple[Role, ...]:
    """Give the roles in which the person may decide on this request."""
    if request["spec"]["requested_by"] == visit.person.user:
        return ()
    return tuple(role for role in held if role in required(request["spec"]["system"]["level"]))


def _shown(visit: Visit, agency: Agency, request: Thing, approvals: list[Thing]) -> dict[str, Any]:
    known = digest(request)
    row = seen(request, approvals, standing.request_row(agency, request, visit.lang))
    return {
        "agency": agency,
        "row": row,
        "own": row.by == visit.person.user,
        "steps": timeline(request, approvals, known),
        "material": known,
        "tenant": (request.get("status") or {}).get("tenant"),
        "labels": standing,
    }
