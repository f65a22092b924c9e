"""A tenant that another agency offers: what is taken over, and what this agency says of its own."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal import asked, standing
from sen.portal.decided import seen as as_it_is
from sen.portal.handing import accept, fields_of, giver, is_offer
from sen.portal.pages.ask import TEXTS
from sen.portal.reading import Thing
from sen.portal.standing_form import StandingForm
from sen.portal.visit import Visit, Visiting
from stacks.models.agency import Agency
from stacks.models.chain import required

router = APIRouter()
AT = "/requests/{code}/{name}/accept"


@router.get(AT)
async def show(visit: Visiting, code: str, name: str) -> Response:
    """Show what is offered and the form."""
    return await FORM.show(visit, code, name)


@router.post(AT)
async def send(visit: Visiting, code: str, name: str) -> Response:
    """Say yes with what is this agency's own; its people decide then."""
    return await FORM.send(
        visit, code, name, lambda agency, form: accept(visit, agency, name, form)
    )


def _draw(
    visit: Visit, agency: Agency, request: Thing, form: asked.Typed, status: HTTPStatus
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


FORM = StandingForm(is_offer, "portal-no-offer", fields_of, _draw)
