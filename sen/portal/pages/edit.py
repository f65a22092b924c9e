"""The form of a request that nobody has built yet, filled in with what it says now."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal import asked, standing
from sen.portal.editing import edit, fields_of, is_open
from sen.portal.pages.ask import TEXTS
from sen.portal.pages.home import today_of
from sen.portal.path import agency_of, on_desk
from sen.portal.putting import seen
from sen.portal.reading import Thing
from sen.portal.refusal import RefusedPageError, ServerRefusedError, told
from sen.portal.visit import Visit, Visiting
from stacks.models.agency import Agency
from stacks.models.chain import required
from stacks.models.quota import SIZES

router = APIRouter()
AT = "/requests/{code}/{name}/edit"


@router.get(AT)
async def show(visit: Visiting, code: str, name: str) -> Response:
    """Show the form, with what was typed when the session had ended."""
    agency, kept = agency_of(code), visit.kept()
    request = await visit.api.get(on_desk(agency, "tenantrequests", name))
    if not is_open(request):
        raise RefusedPageError(HTTPStatus.CONFLICT, "portal-decided-already", name)
    form = asked.typed(kept, visit.lang) if kept else _present(visit, request)
    return _form(visit, agency, request, form)


@router.post(AT)
async def send(visit: Visiting, code: str, name: str) -> Response:
    """Change the request; who had agreed to the old text decides anew."""
    agency, form = agency_of(code), asked.typed(visit.form, visit.lang)
    there, status = f"/requests/{agency.code}/{name}", HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        if await edit(visit, agency, name, form, today_of(visit)):
            return visit.go(there)
    except RefusedPageError as error:
        if error.status != HTTPStatus.CONFLICT or isinstance(error, ServerRefusedError):
            raise
        form.problems[""] = [told(each, visit.lang) for each in error.problems]
        status = HTTPStatus.CONFLICT
    request = await visit.api.get(on_desk(agency, "tenantrequests", name))
    return _form(visit, agency, request, form, status)


def _present(visit: Visit, request: Thing) -> asked.Typed:
    return asked.Typed({**fields_of(request), "seen": seen(request)}, visit.lang)


def _form(
    visit: Visit,
    agency: Agency,
    request: Thing,
    form: asked.Typed,
    status: int = HTTPStatus.OK,
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
