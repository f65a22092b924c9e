"""The form of a request that nobody has built yet, filled in with what it says now."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal import asked, standing
from sen.portal.editing import edit, fields_of, is_open
from sen.portal.pages.ask import TEXTS
from sen.portal.pages.home import today_of
from sen.portal.reading import Thing
from sen.portal.standing_form import StandingForm
from sen.portal.visit import Visit, Visiting
from stacks.models.agency import Agency
from stacks.models.chain import required
from stacks.models.quota import SIZES

router = APIRouter()
AT = "/requests/{code}/{name}/edit"


@router.get(AT)
async def show(visit: Visiting, code: str, name: str) -> Response:
    """Show the form."""
    return await FORM.show(visit, code, name)


@router.post(AT)
async def send(visit: Visiting, code: str, name: str) -> Response:
    """Change the request; who had agreed to the old text decides anew."""
    return await FORM.send(
        visit, code, name, lambda agency, form: edit(visit, agency, name, form, today_of(visit))
    )


def _draw(
    visit: Visit, agency: Agency, request: Thing, form: asked.Typed, status: HTTPStatus
) -> Response:
    return visit.page(
        "edit.html.j2",
        status,
        agency=agency,
        row=standing.request_row(agency, request, visit.lang),
        roles=required(request["spec"]["system"]["level"]),
        fields=form.fields,
        problems=form.problems,
        sizes=SIZES,
        blueprints=standing.blueprint_names(visit.lang),
        labels=standing,
        texts=TEXTS,
    )


FORM = StandingForm(is_open, "portal-decided-already", fields_of, _draw)
