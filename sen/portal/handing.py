"""Both sides of a transfer: whom a tenant is offered to, and what the other agency fills in."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError

from sen.portal.asked import Typed, value
from sen.portal.editing import is_open
from sen.portal.path import on_desk
from sen.portal.putting import check_seen, put
from sen.portal.reading import Thing
from sen.portal.refusal import RefusedPageError
from sen.portal.visit import Visit
from stacks.models.agency import Agency, agencies
from stacks.models.explain import explain
from stacks.models.objects.request import RequestSpec
from stacks.problem import Problem, ProblemError

# What the taking agency says of its own; the rest stays as it was approved.
FIELDS = (
    "budget.code",
    "budget.monthly_ceiling_vnd",
    "groups.admins",
    "system.officer",
    "system.owner_unit",
)


def offer(request: Thing, to: str) -> Mapping[str, object]:
    """Give the change that offers a tenant to an agency, named by its code or title.

    Raises:
        ProblemError: No such agency, or it has the tenant already.
    """
    found, has = agencies().resolve(to), request["spec"]["agency"]
    if found.code == has:
        raise ProblemError(Problem("portal-transfer-same", found.title))
    return {"transfer_to": found.code}


def offered(request: Thing) -> Agency | None:
    """Give the agency that a request offers its tenant to."""
    code = request["spec"].get("transfer_to")
    return agencies().get(code) if code else None


def is_offer(request: Thing) -> bool:
    """Say whether a request is a tenant of another agency that may still be taken over."""
    return bool(request["spec"].get("takes")) and is_open(request)


def giver(request: Thing) -> Agency | None:
    """Give the agency that offers it, as the operator noted in the reason; None if unreadable."""
    code = str(request["spec"].get("reason") or "").partition(":")[0]
    try:
        return agencies().get(code)
    except ProblemError:
        return None


def fields_of(request: Thing) -> dict[str, str]:
    """Give what the form begins with: ceiling and groups as proposed; the rest is one's own."""
    spec = request["spec"]
    return {
        "budget.monthly_ceiling_vnd": str(spec["budget"].get("monthly_ceiling_vnd", "")),
        "groups.admins": ", ".join(spec["groups"]["admins"]),
    }


async def accept(visit: Visit, agency: Agency, name: str, given: Typed) -> bool:
    """Fill in what the taking agency says; say whether it broke no rule.

    Raises:
        RefusedPageError: It changed since the form was made, or it is no offer any more (409).
    """

    def changes(found: Thing) -> Mapping[str, Any] | None:
        if not is_offer(found):
            raise RefusedPageError(HTTPStatus.CONFLICT, "portal-no-offer", name)
        wanted = accepted(found, given)
        if wanted:
            check_seen(visit, found)
        return wanted

    return await put(visit, on_desk(agency, "tenantrequests", name), changes) is not None


def accepted(request: Thing, given: Typed) -> Mapping[str, Any] | None:
    """Give what changes of the request; None with problems told where a rule breaks."""
    before, typed = request["spec"], {name: given.fields.get(name, "") for name in FIELDS}
    said = {name: value(name, text) if text else None for name, text in typed.items()}
    wanted = {
        "budget": {
            "code": said["budget.code"],
            "monthly_ceiling_vnd": said["budget.monthly_ceiling_vnd"],
        },
        "groups": {"admins": said["groups.admins"] or [], "deployers": [], "viewers": []},
        "system": {
            **before["system"],
            "officer": said["system.officer"],
            "owner_unit": said["system.owner_unit"],
        },
    }
    try:
        RequestSpec.model_validate(_without_none({**before, **wanted}), context={"standing": True})
    except ValidationError as error:
        for each in error.errors():
            field = ".".join(str(part) for part in each["loc"] if not isinstance(part, int))
            given.refuse(field if field in FIELDS else "", explain(each, "", RequestSpec))
    if given.problems:
        return None
    same = all(before.get(key) == each for key, each in _without_none(wanted).items())
    return {} if same else wanted


def _without_none(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _without_none(each) if isinstance(each, Mapping) else each
        for key, each in content.items()
        if each is not None
    }
