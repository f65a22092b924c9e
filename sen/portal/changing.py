"""What people change of a running environment: its request, with their own rights, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus

from pydantic import ValidationError

from sen.portal.handing import offer
from sen.portal.path import on_desk
from sen.portal.putting import check_seen, put
from sen.portal.reading import Thing
from sen.portal.refusal import RefusedPageError
from sen.portal.visit import Visit
from stacks.models.agency import Agency
from stacks.models.explain import explain
from stacks.models.objects.request import RequestSpec
from stacks.models.objects.status import Phase
from stacks.models.quota import Size
from stacks.models.state import State
from stacks.problem import ProblemError


class Wish(StrEnum):
    """What a button asks for."""

    EXTEND = "extend"
    RESIZE = "resize"
    SUSPEND = "suspend"
    RESUME = "resume"
    END = "end"
    TRANSFER = "transfer"
    WITHDRAW = "withdraw"


# What everybody decides on anew.
ANEW = frozenset({Wish.EXTEND, Wish.RESIZE, Wish.END, Wish.TRANSFER, Wish.WITHDRAW})
_OVER = frozenset({Phase.OFFBOARDING, Phase.OFFBOARDED, Phase.TRANSFERRED})
_TERMS = frozenset({Wish.EXTEND, Wish.RESIZE, Wish.END})
_POSSIBLE: Mapping[State, frozenset[Wish]] = {
    State.ACTIVE: _TERMS | {Wish.SUSPEND, Wish.TRANSFER},
    State.SUSPENDED: _TERMS | {Wish.RESUME},
    State.ENDED: frozenset({Wish.RESUME}),
}


def possible(request: Thing, tenant: Thing) -> frozenset[Wish]:
    """Give what can be asked for of an environment as it is."""
    if (tenant.get("status") or {}).get("phase") in _OVER:
        return frozenset()
    if tenant["spec"].get("handed"):
        return frozenset()
    found = _POSSIBLE[State(request["spec"].get("state", State.ACTIVE))]
    if request["spec"].get("transfer_to"):
        return found - {Wish.TRANSFER} | {Wish.WITHDRAW}
    return found


async def change(visit: Visit, agency: Agency, request: str, name: str) -> Wish:
    """Change a request as the form says; what it says already stays so.

    Raises:
        RefusedPageError: It changed since the page was read (409), or the form is incomplete.
        ProblemError: The request would break its rules.
    """
    wish = _wish(visit, name)

    def changes(found: Thing) -> Mapping[str, object]:
        wanted = _changes(visit, wish, found)
        if all(found["spec"].get(key) == each for key, each in wanted.items()):
            return {}
        check_seen(visit, found)
        _check({**found["spec"], **wanted}, request)
        return wanted

    await put(visit, on_desk(agency, "tenantrequests", request), changes)
    return wish


def _wish(visit: Visit, name: str) -> Wish:
    try:
        wish = Wish(visit.text("act"))
    except ValueError:
        raise _wrong("portal-bad-form", name) from None
    if wish is Wish.END and visit.text("confirm") != name:
        raise _wrong("portal-name-not-typed", name)
    return wish


def _changes(visit: Visit, wish: Wish, found: Thing) -> Mapping[str, object]:
    if wish is Wish.TRANSFER:
        return offer(found, visit.text("to"))
    if wish is Wish.WITHDRAW:
        return {"transfer_to": None}
    states = {Wish.SUSPEND: State.SUSPENDED, Wish.RESUME: State.ACTIVE, Wish.END: State.ENDED}
    try:
        if wish is Wish.EXTEND:
            return {"ends": dt.date.fromisoformat(visit.text("ends")).isoformat()}
        if wish is Wish.RESIZE:
            return {"size": str(Size(visit.text("size"))), "quota": None}
    except ValueError:
        raise _wrong("portal-bad-form", wish) from None
    return {"state": str(states[wish])}


def _check(spec: Mapping[str, object], name: str) -> None:
    try:
        wanted = {key: each for key, each in spec.items() if each is not None}
        # Whoever ended may still hand on what runs, and to whom, the operator decides.
        RequestSpec.model_validate(wanted, context={"standing": True})
    except ValidationError as error:
        raise ProblemError(*(explain(each, name, RequestSpec) for each in error.errors())) from None


def _wrong(key: str, thing: str) -> RefusedPageError:
    return RefusedPageError(HTTPStatus.UNPROCESSABLE_ENTITY, key, thing)
