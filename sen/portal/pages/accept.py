"""A tenant that another agency offers: what is taken over, and what this agency says of its own."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal import asked, standing
from sen.portal.decided import seen as as_it_is
from sen.portal.handing import accept, fields_of, giver, is_offer
from sen.portal.pages.ask import TEXTS
from sen.portal.path import agency_of, on_desk
from sen.portal.putting import seen
from sen.portal.reading import Thing
from sen.portal.refusal import RefusedPageError, ServerRefusedError, told
from sen.portal.visit import Visit, Visiting
from stacks.models.agency import Agency
from stacks.models.chain import required

router = APIRouter()
AT = "/requests/{code}/{name}/accept"


@router.get(AT)
async def show(visit: Visiting, code: str, name: str) -> Response:
    """Show what is offered and the form, with what was typed when the session had ended."""
    agency, kept = agency_of(code), visit.kept()
    request = await visit.api.get(on_desk(agency, "tenantrequests", name))
    if not is_offer(request):
        raise RefusedPageError(HTTPStatus.CONFLICT, "portal-no-offer", name)
    begins: Mapping[str, str] = {**fields_of(request), "seen": seen(request)}
    form = asked.typed(kept, visit.lang) if kept else asked.Typed(begins, visit.lang)
    return _form(visit, agency, request, form)


@router.post(AT)
async def send(visit: Visiting, code: str, name: str) -> Response:
    """Say yes with what is this agency's own; its people decide then."""
    agency, form = agency_of(code), asked.typed(visit.form, visit.lang)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        if await accept(visit, agency, name, form):
            return visit.go(f"/requests/{agency.code}/{name}")
    except RefusedPageError as error:
        if error.status != HTTPStatus.CONFLICT or isinstance(error, ServerRefusedError):
            raise
        form.problems[""] = [told(each, visit.lang) for each in error.problems]
        status = HTTPStatus.CONFLICT
    request = await visit.api.get(on_desk(agency, "tenantrequests", name))
    return _form(visit, agency, request, form, status)


def _form(
    visit: Visit,
    agency: Agency,
    request: Thing,
    form: asked.Typed,
    status: int = HTTPStatus.OK,
) -> Response:
    return visit.page(
        "accept.html.j2",
        status,
        agency=agency,
        giver=giver(request),
        row=as_it_is(request, (), standing.request_row(agency, request, visit.lang)),
        spec=request["spec"],
        roles=required(request["spec"]["system"]["level"]),
        fields=form.fields,
        problems=form.problems,
        labels=standing,
        texts=TEXTS,
    )
