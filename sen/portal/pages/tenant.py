"""One environment: how it stands, how to connect, use, cost, records; buttons to change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal import changing, standing
from sen.portal.changing import ANEW, Wish
from sen.portal.decided import digest
from sen.portal.environment import Environment, about, condition, cost, environment, usages
from sen.portal.handing import offered
from sen.portal.pages.home import today_of
from sen.portal.path import agency_of
from sen.portal.putting import seen
from sen.portal.reading import Thing, verbs_at
from sen.portal.records import of_events, of_one
from sen.portal.refusal import RefusedPageError, ServerRefusedError, told
from sen.portal.timeline import of_conditions, ordered
from sen.portal.visit import Visit, Visiting
from sen.portal.words import N_
from stacks.models.agency import Agency
from stacks.models.chain import required
from stacks.models.price import price, price_lists, prices_on
from stacks.models.quota import SIZES, Size
from stacks.problem import ProblemError

router = APIRouter()
AT = "/tenants/{code}/{name}"
MOST_STEPS = 40
DONE: Mapping[str, str] = {
    Wish.SUSPEND: N_("It is being suspended: nothing runs any more, data stays."),
    Wish.RESUME: N_("It starts again as it was."),
}


@router.get(AT)
async def show(visit: Visiting, code: str, name: str) -> Response:
    return await _page(visit, agency_of(code), name)


@router.post(AT)
async def change(visit: Visiting, code: str, name: str) -> Response:
    """Change the request as a button says; what others decide on leads to the request's page."""
    agency = agency_of(code)
    found = await environment(visit.api, agency, name)
    request = found.tenant["spec"]["request"]
    try:
        wish = await changing.change(visit, agency, request, name)
    except ServerRefusedError:
        raise
    except ProblemError as error:
        return await _page(visit, agency, name, error)
    if wish in ANEW:
        return visit.go(f"/requests/{agency.code}/{request}")
    return visit.go(f"/tenants/{agency.code}/{name}?done={wish}")


async def _page(
    visit: Visit, agency: Agency, name: str, error: ProblemError | None = None
) -> Response:
    found = await environment(visit.api, agency, name)
    verbs = await verbs_at(visit.api, agency)
    status = error.status if isinstance(error, RefusedPageError) else HTTPStatus.OK
    if error and not isinstance(error, RefusedPageError):
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return visit.page(
        "tenant.html.j2",
        status,
        **_shown(visit, agency, found),
        **_buttons(visit, found, may={"patch", "*"} & verbs),
        problems=[told(each, visit.lang) for each in error.problems] if error else [],
        typed=visit.kept() or visit.form,
        done=DONE.get(visit.query("done")),
    )


def _shown(visit: Visit, agency: Agency, found: Environment) -> dict[str, Any]:
    tenant, request = found.tenant, found.request
    row = standing.tenant_row(agency, tenant, visit.lang)
    waivers, agreements = about(tenant["spec"]["namespace"], found)
    directory = visit.state.settings.directory
    return {
        "agency": agency,
        "row": row,
        "spec": tenant["spec"],
        "days_left": row.days_left(today_of(visit)),
        "usages": usages(found),
        "granted": _granted(tenant),
        "cost": cost(tenant, today_of(visit)),
        "compliant": condition(tenant, "Compliant"),
        "conditions": ordered(of_conditions(tenant)),
        "steps": _steps(visit, found)[:MOST_STEPS],
        "waivers": waivers,
        "agreements": agreements,
        "issuer": directory.issuer if directory else "https://id.example.vn",
        "asked": request,
        "changed": request is not None and digest(request) != tenant["spec"]["material"],
        "labels": standing,
    }


def _granted(tenant: Thing) -> dict[str, int]:
    given = tenant["spec"]["approved"]
    own: dict[str, int] | None = given.get("quota")
    return own or SIZES[Size(given.get("size") or Size.S)].model_dump()


def _steps(visit: Visit, found: Environment) -> tuple[Any, ...]:
    events = list(of_events(found.events, visit.lang))
    if found.request is None:
        return ordered(events)
    return of_one(found.request, found.approvals, digest(found.request), events)


def _buttons(visit: Visit, found: Environment, *, may: object) -> dict[str, Any]:
    """Give what may be asked for; the API server decides on each once more."""
    request, today = found.request, today_of(visit)
    wishes = changing.possible(request, found.tenant) if request is not None and may else ()
    level, prices = found.tenant["spec"]["level"], prices_on(today, price_lists())
    return {
        "wishes": frozenset(map(str, wishes)),
        "seen": seen(request) if request is not None else "",
        "roles": required(level),
        "sizes": [(str(size), each, price(each, level, prices)) for size, each in SIZES.items()],
        "tomorrow": today + dt.timedelta(days=1),
        "offered": offered(request) if request is not None else None,
    }
