"""Decisions through the portal: of what was shown, once, and never on one's own request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError

from sen.portal.path import on_desk
from sen.portal.reading import Thing
from sen.portal.refusal import RefusedPageError, ServerRefusedError
from sen.portal.standing import Row
from sen.portal.visit import Visit
from stacks.models.agency import Agency
from stacks.models.chain import material, standing
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.approval import ApprovalSpec, Decision, Role
from stacks.models.objects.request import RequestSpec
from stacks.models.price import monthly_price

_TOKEN = re.compile(r"[0-9a-f]{16}")


def digest(request: Thing) -> str | None:
    """Give the hash of what a request says now; None where it breaks the rules."""
    try:
        return material(read(request))
    except ValidationError:
        return None


def read(request: Thing) -> RequestSpec:
    """Read a request; its dates are not judged here."""
    return RequestSpec.model_validate(request["spec"], context={"today": None})


def seen(request: Thing, approvals: Sequence[Thing], row: Row) -> Row:
    """Give the row with price and missing roles as they are now, ahead of the operator."""
    try:
        spec = read(request)
        made = sorted(approvals, key=lambda each: str(each["metadata"].get("creationTimestamp")))
        found = standing(spec, [ApprovalSpec.model_validate(each["spec"]) for each in made])
    except ValidationError:
        return row
    return replace(row, price_vnd=monthly_price(spec), waits_for=tuple(map(str, found.waits_for)))


async def decide(visit: Visit, agency: Agency, name: str) -> None:
    """Decide as the form says; what was decided by this very form already stays so.

    Raises:
        RefusedPageError: The request changed since (409), is one's own, or the form is incomplete.
    """
    request = await visit.api.get(on_desk(agency, "tenantrequests", name))
    body = _approval(visit, name, request)
    try:
        await visit.api.create(on_desk(agency, "approvals"), body)
    except ServerRefusedError as error:
        if error.status != HTTPStatus.CONFLICT:
            raise


def _approval(visit: Visit, name: str, request: Thing) -> dict[str, Any]:
    if request["spec"]["requested_by"] == visit.person.user:
        raise RefusedPageError(HTTPStatus.FORBIDDEN, "portal-own-request", name)
    if digest(request) != visit.text("material"):
        raise RefusedPageError(HTTPStatus.CONFLICT, "portal-stale", name)
    token = visit.text("token")
    if not _TOKEN.fullmatch(token):
        raise RefusedPageError(HTTPStatus.BAD_REQUEST, "portal-bad-form", name)
    spec = _spec(visit, name, request)
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "Approval",
        "metadata": {"name": f"{name}-{token}"},
        "spec": spec.model_dump(mode="json", exclude_none=True),
    }


def _spec(visit: Visit, name: str, request: Thing) -> ApprovalSpec:
    role, reason, document = (visit.text(field) for field in ("role", "reason", "document"))
    decision = visit.text("decision")
    if decision == Decision.REJECT and not reason:
        raise _incomplete("portal-reason-missing", name)
    if role == Role.SUPERIOR and not document:
        raise _incomplete("portal-document-missing", name)
    given = {
        "request": name,
        "material": visit.text("material"),
        "role": role,
        "decision": decision,
        "by": visit.person.user,
        "price_vnd": monthly_price(read(request)),
        "reason": reason or None,
        "document": document or None,
    }
    try:
        return ApprovalSpec.model_validate(given)
    except ValidationError as error:
        fields = {each["loc"][0] for each in error.errors()}
        key = "portal-reason-missing" if "reason" in fields else "portal-bad-form"
        raise _incomplete(key, name) from error


def _incomplete(key: str, name: str) -> RefusedPageError:
    return RefusedPageError(HTTPStatus.UNPROCESSABLE_ENTITY, key, name)
