"""What the cluster says of a tenant's life, read from its objects. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sen.operator.plan import Said
from stacks.models.life import WARNINGS, Course, Due, Life
from stacks.models.objects.status import Phase
from stacks.models.state import State
from stacks.problem import Problem

Object = Mapping[str, Any]
REMOVED = "Removed"
# What the hand-over itself says of the end, and nothing else says over it.
HANDING = frozenset(
    {
        "ExportRuns",
        "ExportWaits",
        "SnapshotWaits",
        "SnapshotLate",
        "ArchiveWaits",
        "HandingOver",
    }
)


def life_of(tenant: Object, request: Object | None, today: dt.date) -> Life:
    """Give what decides; a request that asks for an end asks for nothing else until it ends.

    A hold that is gone and was not yet told of was released today: grace begins anew.
    """
    spec = tenant["spec"]
    built = State(spec.get("state", State.ACTIVE))
    told = condition(tenant, "LegalHold").get("status") == "True" and not is_held(tenant)
    asked = State(request["spec"].get("state", State.ACTIVE)) if request else built
    return Life(
        ends=dt.date.fromisoformat(spec["ends"]),
        level=spec["level"],
        asked=built if asked is State.ENDED else asked,
        held=is_held(tenant),
        suspended_on=_since(tenant, "Suspended", "True"),
        released_on=today if told else _since(tenant, "LegalHold", "False"),
    )


def state_of(tenant: Object) -> State:
    return State(tenant["spec"].get("state", State.ACTIVE))


def phase_of(tenant: Object) -> Phase | None:
    found = (tenant.get("status") or {}).get("phase")
    return Phase(found) if found else None


def is_held(tenant: Object) -> bool:
    return tenant["spec"].get("legal_hold") is not None


def is_closed(tenant: Object) -> bool:
    """Say whether its removal has begun."""
    return tenant["spec"].get("closed_at") is not None


def is_gone(tenant: Object) -> bool:
    """Say whether it was off-boarded or handed over: the object is all that is left."""
    handed = (tenant.get("spec") or {}).get("handed")
    return phase_of(tenant) is Phase.OFFBOARDED or handed is not None


def is_removed(tenant: Object) -> bool:
    """Say whether its stack no longer knows it."""
    found = condition(tenant, "Provisioned")
    return found.get("status") == "False" and found.get("reason") == REMOVED


def condition(thing: Object, kind: str) -> Object:
    """Give a condition, an empty one where nothing was said."""
    said = (thing.get("status") or {}).get("conditions", ())
    return next((each for each in said if each["type"] == kind), {})


def phase_when_built(tenant: Object) -> Phase:
    """Give the phase of a tenant whose stack has just run."""
    if is_closed(tenant):
        return Phase.OFFBOARDING
    if state_of(tenant) is State.ACTIVE:
        return Phase.READY
    over = condition(tenant, "Suspended").get("reason") == "Ended"
    return Phase.ENDING if over else Phase.SUSPENDED


def said_of(tenant: Object, found: Course) -> dict[str, Said]:
    """Give what is to be said about the end and a hold; nothing where nobody need know."""
    said = {}
    name, ends = tenant["metadata"]["name"], tenant["spec"]["ends"]
    if found.due is Due.KEEP:
        hold = tenant["spec"]["legal_hold"]
        words = Problem("life-held", name, {"document": hold["document"]}).both()
        said["LegalHold"] = Said("True", "Held", words)
    elif condition(tenant, "LegalHold"):
        said["LegalHold"] = Said("False", "Released")
    if found.days_left < 0 and condition(tenant, "Ending").get("reason") in HANDING:
        return said
    if found.days_left < 0:
        said["Ending"] = ended(tenant, found)
    elif found.days_left <= max(WARNINGS):
        values = {"ends": ends, "days": found.days_left}
        said["Ending"] = Said("True", "EndsSoon", Problem("life-ending", name, values).both())
    elif condition(tenant, "Ending"):
        said["Ending"] = Said("False", "Extended")
    return said


def ended(tenant: Object, found: Course) -> Said:
    """Say that its time is over, and until when its data stays."""
    values = {"ends": tenant["spec"]["ends"], "leaves": found.leaves_on}
    problem = Problem("life-ended", tenant["metadata"]["name"], values)
    return Said("True", "Ended", problem.both())


def _since(tenant: Object, kind: str, status: str) -> dt.date | None:
    found = condition(tenant, kind)
    if found.get("status") != status:
        return None
    at = dt.datetime.fromisoformat(found["lastTransitionTime"])
    return at.astimezone().date()
