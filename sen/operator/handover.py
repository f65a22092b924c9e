"""Whether a tenant may go from one agency to another, and what the other is asked. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sen.operator.conditions import holds
from sen.operator.course import is_closed, is_held, state_of
from stacks.models.agency import Agency
from stacks.models.objects.request import RequestSpec
from stacks.models.objects.tenant import Taken
from stacks.models.state import State
from stacks.problem import Problem

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Offer:
    """A tenant as its agency of now has it, and what is known around it.

    Attributes:
        tenant: The object on its desk; None where no such tenant is.
        request: The request that it was built by.
        successor: Who took over its agency, if that ended: nobody is left to agree.
        papers: Sharing agreements that name it and still hold.
        came_back: The asking agency had it before, and its object is still there.
    """

    tenant: Object | None = None
    request: Object | None = None
    successor: Agency | None = None
    papers: Sequence[str] = ()
    came_back: bool = False


def key_text(thing: Object) -> str:
    return f"{thing['metadata']['namespace']}/{thing['metadata']['name']}"


def is_handed(tenant: Object) -> bool:
    """Say whether another agency took it over: the object is all that is left here."""
    return tenant["spec"].get("handed") is not None


def offered_to(tenant: Object, request: Object | None, successor: Agency | None) -> str | None:
    """Give the agency that a tenant is offered to; None while its own chain has not agreed.

    To who took its agency over by law it is offered without a decision: nobody is left to decide.
    """
    wanted = request["spec"].get("transfer_to") if request else None
    by_law = successor is not None and successor.code == wanted
    agreed = by_law or tenant["spec"]["approved"].get("transfer_to") == wanted
    return str(wanted) if wanted and agreed else None


def draft(tenant: Object, to: Agency, by: str, today: dt.date) -> dict[str, Any]:
    """Give what is put on the other agency's desk: as it was approved, for that one's people."""
    spec, name = dict(tenant["spec"]["approved"]), str(tenant["metadata"]["name"])
    spec.pop("transfer_to", None)
    prefix = to.code.lower().replace(".", "-")
    return {
        **spec,
        "agency": to.code,
        "takes": name,
        "state": str(State.ACTIVE),
        "starts": today.isoformat(),
        "ends": str(tenant["spec"]["ends"]),
        "groups": {"admins": [f"{prefix}-{spec['system']['slug']}-admins"]},
        "requested_by": by,
        "reason": f"{tenant['spec']['agency']}: {key_text(tenant)}",
    }


def taken_over(spec: RequestSpec, asking: str, offer: Offer, today: dt.date) -> Taken | Problem:
    """Say since when a tenant is taken over from whom, or why it cannot be.

    What the request `asking` (`desk/name`) began goes on.
    """
    tenant, name = offer.tenant, spec.name
    if tenant is None:
        return Problem("life-transfer-unknown", name)
    values: dict[str, object] = {"agency": tenant["spec"]["agency"], "to": spec.agency}
    old = f"{tenant['metadata']['namespace']}/{tenant['spec']['request']}"
    handed = tenant["spec"].get("handed")
    if handed is not None and handed["request"] == asking:
        on = dt.date.fromisoformat(handed["on"])
        return Taken(agency=tenant["spec"]["agency"], request=old, on=on)
    problem = _offer(spec, offer, values) or _state(tenant, name) or _terms(spec, offer, today)
    if problem is not None:
        return problem
    return Taken(agency=tenant["spec"]["agency"], request=old, on=max(today, spec.starts))


def _offer(spec: RequestSpec, offer: Offer, values: Mapping[str, object]) -> Problem | None:
    tenant = offer.tenant or {}
    if offer.came_back:
        return Problem("life-transfer-back", spec.name, values)
    if is_handed(tenant) or offered_to(tenant, offer.request, offer.successor) != spec.agency:
        return Problem("life-transfer-not-offered", spec.name, values)
    return None


def _state(tenant: Object, name: str) -> Problem | None:
    """Give why a tenant stays where it is: under a hold, while it does not run, at its end."""
    if is_held(tenant):
        document = tenant["spec"]["legal_hold"]["document"]
        return Problem("life-transfer-held", name, {"document": document})
    runs = holds(tenant, "Ready") and state_of(tenant) is State.ACTIVE
    if not runs or is_closed(tenant):
        return Problem("life-transfer-not-running", name)
    return None


def _terms(spec: RequestSpec, offer: Offer, today: dt.date) -> Problem | None:
    """Give what the receiving agency's request has to say otherwise."""
    before = (offer.tenant or {})["spec"]["approved"]
    name = spec.name
    slug, stage = before["system"]["slug"], before["stage"]
    if (slug, stage) != (spec.system.slug, spec.stage):
        return Problem("life-transfer-name", name, {"system": slug, "stage": stage})
    if before["budget"]["code"] == spec.budget.code:
        return Problem("life-transfer-budget", name, {"code": spec.budget.code})
    if spec.starts > today:
        return Problem("life-transfer-early", name, {"starts": spec.starts})
    if offer.papers and offer.successor is None:
        return Problem("life-transfer-papers", name, {"papers": ", ".join(offer.papers)})
    return None
