"""What becomes of a tenant's waivers when another agency takes it over.

Who took a risk does not answer for it any more: what they agreed to holds for a month, dated and
recorded, so that the new agency's people can agree anew; what they had not agreed to ends at once.
On their desk nothing new is asked for it, on the new one it may be, though its name is the old one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from sen.evidence import Act
from sen.operator.handover import key_text
from sen.operator.telling import Means
from sen.tenancy.desk import desk_of
from sen.tenancy.life.elsewhere import waivers
from sen.tenancy.life.objects import Kind
from stacks.models.objects.admission_rules import HANDED_OVER, TOOK_OVER
from stacks.models.objects.waiver import WaiverSpec, waits_for
from stacks.models.term import CARRIED_DAYS

Object = Mapping[str, Any]
NAMESPACE = Kind("v1", "Namespace")
CARRIED = dt.timedelta(days=CARRIED_DAYS)


def carry(means: Means, tenant: Object, to: str, on: dt.date) -> list[str]:
    """Date what is waived for a tenant, and let the new desk ask for more; give what was dated.

    Safe to do again: what was dated stays so.
    """
    name = str(tenant["metadata"]["name"])
    dated = [_dated(means, each, name, to, on) for each in list(waivers(means.objects, name, on))]
    _noted(means, desk_of(to), TOOK_OVER, name)
    _noted(means, str(tenant["metadata"]["namespace"]), HANDED_OVER, name)
    return dated


def _dated(means: Means, waiver: Object, tenant: str, to: str, on: dt.date) -> str:
    """End one waiver: recorded first."""
    spec = waiver["spec"]
    until = max(_until(spec, on), spec["starts"])
    data = {"waiver": key_text(waiver), "to": to, "until": until}
    means.once(Act("waiver.carry", "sen-operator", tenant, data), "waiver", "to")
    means.objects.patch(dict(waiver), {"spec": {"ended": until}})
    return f"{data['waiver']} {until}"


def _until(spec: Mapping[str, Any], on: dt.date) -> str:
    """Give the day from which it no longer holds; what waives nothing yet never will."""
    try:
        missing = waits_for(WaiverSpec.model_validate(spec))
    except ValidationError:
        return on.isoformat()
    if missing:
        return on.isoformat()
    after_its_end = dt.date.fromisoformat(spec["ends"]) + dt.timedelta(days=1)
    latest = min(on + CARRIED, after_its_end).isoformat()
    return min(latest, spec.get("ended") or latest)


def _noted(means: Means, desk: str, note: str, tenant: str) -> None:
    """Write a tenant's name into a note of a desk, where admission reads it."""
    home = means.objects.get(NAMESPACE, desk)
    if home is None:
        return
    before = str((home["metadata"].get("annotations") or {}).get(note, ""))
    names = [each for each in before.split(",") if each]
    if tenant not in names:
        notes = {note: ",".join([*names, tenant])}
        means.objects.patch(home, {"metadata": {"annotations": notes}})
