"""The graph that waves are planned from: systems as assessed, edges as flows were seen."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from playbooks.migration.assess.assessment import Assessed, Assessment
from playbooks.migration.assess.grouping import DATA_PORTS
from playbooks.migration.assess.size import LEAST_SAMPLES
from playbooks.migration.discover.estate import Estate, Flow

# Besides data: log-in. Who asks another at every request cannot be far from it.
AUTH_PORTS = frozenset((88, 389, 636, 1812))
# Open all the time and yet indifferent to distance: administration, time, logs, monitoring.
PATIENT_PORTS = frozenset((22, 53, 123, 161, 514, 6514, 9100, 10050, 10051))
CONSTANT = 0.8
_DAY = dt.timedelta(days=1)
KEPT = ("windows", "freezes")


def graph(
    assessment: Assessment, estate: Estate, earlier: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Give the graph for `sen migrate plan`; windows, freezes and orders of an earlier one stay."""
    before = earlier or {}
    orders = {each.get("id"): each for each in before.get("systems", ()) if isinstance(each, dict)}
    return {
        "systems": [_system(each, orders.get(each.id, {})) for each in assessment.systems],
        "edges": edges(assessment, estate),
        **{key: before.get(key, []) for key in KEPT},
    }


def _system(each: Assessed, order: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": each.id,
        "agency": each.group.agency,
        "level": each.level or 0,
        "gib": round(each.facts.data_gib, 3),
        "team": order.get("team") or each.group.owner or each.group.agency,
        "stage": each.group.stage,
        "strategy": each.strategy.value,
        "before": order.get("before", []),
        "not_with": order.get("not_with", []),
    }


def edges(assessment: Assessment, estate: Estate) -> list[dict[str, Any]]:
    """Give an edge for each pair of systems, strong where one of its flows is."""
    of = {host: each.id for each in assessment.systems for host in each.group.hosts}
    pairs: dict[tuple[str, str], list[Flow]] = defaultdict(list)
    samples = {each.name: len(each.loads) for each in estate.hosts}
    for flow in estate.flows:
        source, target = of.get(flow.source), of.get(flow.target)
        if source and target and source != target:
            pairs[source, target].append(flow)
    return [
        {
            "from": source,
            "to": target,
            "kind": "strong" if any(is_strong(each, samples) for each in found) else "weak",
            "why": "; ".join(_why(each) for each in found[:3]),
            "calls_per_day": round(sum(map(_a_day, found)), 1),
        }
        for (source, target), found in sorted(pairs.items())
    ]


def is_strong(flow: Flow, samples: Mapping[str, int]) -> bool:
    """Say whether two should not be apart: shared data, log-in, or one never stops asking.

    Args:
        flow: Between two systems.
        samples: How often each host was looked at.
    """
    if flow.port in DATA_PORTS or flow.port in AUTH_PORTS or "share" in flow.ways:
        return True
    looked = max(samples.get(flow.source, 0), samples.get(flow.target, 0))
    seen_by_hosts = not {"client", "server"}.isdisjoint(flow.ways)
    constant = looked >= LEAST_SAMPLES and flow.count >= CONSTANT * looked
    return seen_by_hosts and constant and flow.port not in PATIENT_PORTS


def _why(flow: Flow) -> str:
    """Name a flow without words of any language: it stands on pages of both."""
    known = f"{flow.count}×" if flow.count else "/".join(flow.ways)
    return ", ".join(each for each in (f"{flow.protocol}/{flow.port}", flow.client, known) if each)


def _a_day(flow: Flow) -> float:
    if not (flow.first and flow.last) or flow.last - flow.first < _DAY:
        return 0.0
    return flow.count / ((flow.last - flow.first) / _DAY)
