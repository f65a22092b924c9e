"""What is to be done about a system, as OSCAL: failures, waivers and their ends, the unseen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from policies.catalogue.oscal_document import prop, uid
from sen.assessment.oscal import metadata, observation_of, observations
from sen.assessment.seen import Seen
from sen.assessment.weight import Status
from sen.reports.material import Material

Json = dict[str, Any]


def plan_of_action(material: Material) -> Json:
    """Give what is to be done: a failure each, a waiver each with its end, the controls unseen."""
    name = str(material.subject.id)
    ends = {each.id: each.ends for each in material.waivers}
    open_ = {
        observation_of(seen): (status, seen)
        for state in material.states
        for status, seen in state.seen
        if status in {Status.FAIL, Status.WAIVED}
    }
    risks = [_risk(status, seen, ends) for status, seen in open_.values()]
    items = [_item(risk, uuid) for risk, uuid in zip(risks, open_, strict=True)]
    told = observations(seen for _, seen in open_.values())
    document: Json = {
        "uuid": uid(f"plans-of-action/{name}/{material.level}"),
        "metadata": metadata(f"Plan of action of {name}", material.moment.at),
        "system-id": {"id": name},
        "poam-items": [*items, _unseen(material)],
    }
    if risks:
        document |= {"observations": list(told.values()), "risks": risks}
    return document


def _risk(status: Status, seen: Seen, ends: Mapping[str, date]) -> Json:
    finding = seen.finding
    risk: Json = {
        "uuid": uid(f"risks/{observation_of(seen)}"),
        "title": f"{finding.rule}: {finding.object}",
        "description": f"{finding.message.en} / {finding.message.vi}",
        "statement": f"{finding.remedy.en} / {finding.remedy.vi}",
        "props": [prop("state", status.value), prop("seen-at", finding.seen_at.isoformat())],
        "status": "deviation-approved" if status is Status.WAIVED else "open",
        "related-observations": [{"observation-uuid": observation_of(seen)}],
    }
    if finding.waiver in ends:
        last = datetime.combine(ends[finding.waiver], time(23, 59, 59), UTC)
        risk["deadline"] = last.isoformat()
    return risk


def _item(risk: Json, observation: str) -> Json:
    return {
        "uuid": uid(f"poam-items/{observation}"),
        "title": risk["title"],
        "description": risk["statement"],
        "props": risk["props"],
        "related-observations": [{"observation-uuid": observation}],
        "related-risks": [{"risk-uuid": risk["uuid"]}],
    }


def _unseen(material: Material) -> Json:
    """Say which controls are still to be shown; an empty list is told too."""
    shown = {Status.PASS, Status.WAIVED, Status.FAIL}
    left = [each.control.id for each in material.states if each.status not in shown]
    return {
        "uuid": uid(f"poam-items/{material.subject.id}/{material.level}/unseen"),
        "title": f"{len(left)} controls to assess",
        "description": ", ".join(left) or "none",
    }
