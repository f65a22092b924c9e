"""What a requester changes of a request that nobody has built yet: the form, and back again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError

from sen.portal.asked import LISTS, Typed, value
from sen.portal.path import on_desk
from sen.portal.putting import check_seen, put
from sen.portal.reading import Thing
from sen.portal.refusal import RefusedPageError
from sen.portal.visit import Visit
from stacks.models.agency import Agency
from stacks.models.explain import explain
from stacks.models.objects.request import RequestSpec
from stacks.models.objects.status import Phase
from stacks.models.quota import Quota

# What stays for ever is not asked: agency, short name, stage, first day, who asks.
FIELDS = (
    "system.blueprint",
    "system.name.vi",
    "system.name.en",
    "system.owner_unit",
    "system.officer",
    "system.level",
    "size",
    *(f"quota.{name}" for name in Quota.model_fields),
    "ends",
    *LISTS,
    "budget.code",
    "budget.monthly_ceiling_vnd",
    "reason",
)
_OPEN = frozenset({"", Phase.PENDING, Phase.FAILED})


def is_open(request: Thing) -> bool:
    """Say whether a request may still be changed here: nothing stands because of it."""
    status = request.get("status") or {}
    return (status.get("phase") or "") in _OPEN and not status.get("tenant")


def fields_of(request: Thing) -> dict[str, str]:
    """Give what the form shows of a request as it is."""
    return {name: _text(_at(request["spec"], name)) for name in FIELDS}


def changed(request: Thing, given: Typed, today: dt.date) -> Mapping[str, Any] | None:
    """Give the fields of the request that are new; None with problems told where a rule breaks."""
    before = request["spec"]
    wanted = _wanted(before, given)
    try:
        spec = RequestSpec.model_validate(wanted, context={"today": today})
    except ValidationError as error:
        for each in error.errors():
            name = ".".join(str(part) for part in each["loc"] if not isinstance(part, int))
            given.refuse(name if name in FIELDS else "", explain(each, "", RequestSpec))
        return None
    if given.problems:
        return None
    return _new(before, spec.model_dump(mode="json", exclude_none=True))


def _wanted(before: Mapping[str, Any], given: Typed) -> dict[str, Any]:
    """Give the request as the form has it; what the form does not ask stays."""
    wanted = {**before, "system": _names(before), "budget": {}, "groups": {}, "quota": {}}
    for name in FIELDS:
        text = given.fields.get(name, "")
        if text:
            _put(wanted, name, _level(text) if name == "system.level" else value(name, text))
        elif name.startswith("system."):
            _put(wanted, name, None)
        elif name in {"size", "reason", "ends"}:
            wanted.pop(name, None)
    if not wanted["quota"]:
        del wanted["quota"]
    return wanted


async def edit(visit: Visit, agency: Agency, name: str, given: Typed, today: dt.date) -> bool:
    """Change a request as the form says, once; say whether it broke no rule.

    Raises:
        RefusedPageError: It changed since the form was made, or it is decided (409).
    """

    def changes(found: Thing) -> Mapping[str, Any] | None:
        if not is_open(found):
            raise RefusedPageError(HTTPStatus.CONFLICT, "portal-decided-already", name)
        wanted = changed(found, given, today)
        if wanted:
            check_seen(visit, found)
        return wanted

    return await put(visit, on_desk(agency, "tenantrequests", name), changes) is not None


def _new(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Give the fields that differ; one that is gone is None, as a merge patch has it.

    Left out or said to be as usual is the same: both are read alike.
    """
    same = RequestSpec.model_validate(before, context={"today": None, "standing": True})
    usual = same.model_dump(mode="json", exclude_none=True)
    return {
        key: wanted.get(key)
        for key in sorted({*usual, *wanted})
        if usual.get(key) != wanted.get(key)
    }


def _level(text: str) -> object:
    return int(text) if text in {"1", "2", "3", "4", "5"} else text


def _names(before: Mapping[str, Any]) -> dict[str, Any]:
    system = before["system"]
    return {**system, "name": dict(system["name"])}


def _at(spec: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - a value of the request
    found: Any = spec
    for part in name.split("."):
        found = (found or {}).get(part)
    return found


def _put(content: dict[str, Any], name: str, given: object) -> None:
    *way, last = name.split(".")
    for step in way:
        content = content.setdefault(step, {})
    content[last] = given


def _text(found: object) -> str:
    if isinstance(found, list | tuple):
        return ", ".join(map(str, found))
    return "" if found is None else str(found)
