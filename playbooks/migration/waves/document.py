"""A plan as plain data, for programs; the machine contract's keys come first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from playbooks.migration.waves.answer import Bridge
from playbooks.migration.waves.plan import Plan
from playbooks.migration.waves.reasons import Reasons
from playbooks.migration.waves.word import say

Document = Mapping[str, object]


def document(plan: Plan) -> Document:
    """Give waves, bridges, unplaced, cost; then bound, optimal, and the reason of each system."""
    answer, reasons = plan.answer, Reasons(plan.inst, plan.slots)
    return {
        "waves": [{"window": each.window, "systems": list(each.systems)} for each in answer.waves],
        "bridges": [bridge(each) for each in answer.bridges],
        "unplaced": [
            {"id": each.id, "reason": say(each.why.key, **each.why.values)}
            for each in answer.unplaced
        ],
        "cost": answer.cost,
        "bound": answer.bound,
        "optimal": answer.optimal,
        "placements": [
            {
                "id": system.id,
                "window": plan.inst.windows[slot].id,
                "reason": reasons.of(index),
            }
            for index, (system, slot) in enumerate(zip(plan.inst.systems, plan.slots, strict=True))
            if slot < plan.inst.k
        ],
    }


def bridge(each: Bridge) -> dict[str, object]:
    """Tell a bridge: the flow, until which window it is open, and why it is there."""
    calls = each.edge.calls_per_day
    return {
        "from": each.source,
        "to": each.target,
        "open_until_window": each.open_until,
        "kind": each.edge.kind.value,
        "why": each.edge.why,
        "calls_per_day": int(calls) if calls.is_integer() else calls,
    }


def json_lines(data: Document) -> Iterator[str]:
    """Write an object as JSON with an entry of its lists a line: quick, and a diff can be read."""
    last = len(data) - 1
    yield "{\n"
    for number, (key, value) in enumerate(data.items()):
        comma = "," if number < last else ""
        if isinstance(value, list) and value:
            entries = ",\n".join(f"    {json.dumps(each, ensure_ascii=False)}" for each in value)
            yield f'  "{key}": [\n{entries}\n  ]{comma}\n'
        else:
            yield f'  "{key}": {json.dumps(value, ensure_ascii=False)}{comma}\n'
    yield "}\n"
