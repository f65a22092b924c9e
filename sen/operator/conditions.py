"""Conditions as Kubernetes keeps them: the time of a change stays until the next change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sen.operator.plan import Said

Condition = Mapping[str, Any]


def merged(
    before: Sequence[Condition], said: Mapping[str, Said], generation: int, now: dt.datetime
) -> list[dict[str, Any]]:
    """Give the conditions that stand after something was said; what was not spoken of stays."""
    found = {each["type"]: dict(each) for each in before}
    for kind, each in said.items():
        old = found.get(kind, {})
        changed = old.get("status") != each.status
        found[kind] = {
            "type": kind,
            "status": each.status,
            "reason": each.reason,
            "message": each.message,
            "lastTransitionTime": _stamp(now) if changed else old["lastTransitionTime"],
            "observedGeneration": generation,
        }
    return [found[kind] for kind in sorted(found)]


def holds(thing: Mapping[str, Any], kind: str) -> bool:
    """Say whether a condition is true of what the object says now."""
    generation = thing["metadata"].get("generation")
    return any(
        each["type"] == kind
        and each["status"] == "True"
        and each.get("observedGeneration") == generation
        for each in (thing.get("status") or {}).get("conditions", ())
    )


def _stamp(now: dt.datetime) -> str:
    return now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
