"""What was approved before, in the request's own status: the last few, oldest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sen.operator.plan import Plan

Object = Mapping[str, Any]
MOST = 20


def with_past(request: Object, tenant: Object, found: Plan) -> list[dict[str, Any]]:
    """Give the history with what stands now as its last entry, once."""
    past = [dict(each) for each in (request.get("status") or {}).get("history", ())]
    spec = tenant["spec"]
    if past and past[-1]["material"] == spec["material"]:
        return past
    entry = {
        "material": spec["material"],
        "by": list(found.approved_by),
        "at": spec["approved_at"],
        "ends": spec["ends"],
        "price_vnd": spec["price_vnd"],
        "says": _words(spec["approved"]),
    }
    return [*past, entry][-MOST:]


def _words(approved: Object) -> str:
    system = approved["system"]
    size = approved.get("size") or "own quota"
    return f"{system['slug']} {approved['stage']}, level {system['level']}, {size}"
