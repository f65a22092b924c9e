"""A system's OSCAL documents: components, security plan, results, plan of action and milestones."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from policies.catalogue.oscal_document import prop, token, uid
from policies.catalogue.oscal_files import files
from policies.catalogue.oscal_profile import name_of
from policies.rule import Rule, load_rules
from sen.assessment.oscal import metadata, results
from sen.assessment.seen import Seen
from sen.assessment.state import State
from sen.assessment.weight import Status
from sen.reports.action_plan import plan_of_action
from sen.reports.material import Material

Json = dict[str, Any]
PLATFORM = uid("components/sen-platform")
IMPLEMENTED = {
    Status.PASS: "implemented",
    Status.WAIVED: "alternative",
    Status.STALE: "partial",
    Status.FAIL: "partial",
}


def write_all(material: Material, out: Path) -> Iterator[Path]:
    """Write a trestle workspace: the system's documents and the catalogues they point to."""
    name = f"{material.subject.id.agency}-{material.subject.id.slug}".lower().replace(".", "-")
    wanted: dict[str, Json] = {
        "component-definitions/sen-platform/component-definition.json": {
            "component-definition": component_definition(material.moment.at)
        },
        f"system-security-plans/{name}/system-security-plan.json": {
            "system-security-plan": security_plan(material)
        },
        f"plan-of-action-and-milestones/{name}/plan-of-action-and-milestones.json": {
            "plan-of-action-and-milestones": plan_of_action(material)
        },
    }
    seen = _seen(material)
    if seen:
        runs = list({each.run.id: each.run for each in seen}.values())
        document = results(f"Assessment of {material.subject.id}", runs, seen)
        wanted[f"assessment-results/{name}/assessment-results.json"] = {
            "assessment-results": document
        }
    (out / ".trestle").mkdir(parents=True, exist_ok=True)
    texts = {path: json.dumps(each, ensure_ascii=False, indent=2) for path, each in wanted.items()}
    for path, text in (texts | _catalogues(material)).items():
        file = out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n", "utf-8")
        yield file


def _catalogues(material: Material) -> dict[str, str]:
    profile = f"profiles/{_profile(material)}/"
    return {
        path: text.rstrip("\n")
        for path, text in files().items()
        if path.startswith(("catalogs/", profile))
    }


def _profile(material: Material) -> str:
    return name_of(material.moment.regime.name, material.level)


def _seen(material: Material) -> list[Seen]:
    """Give what speaks for the system's controls, once each."""
    found = {id(seen): seen for state in material.states for _, seen in state.seen}
    return list(found.values())


def component_definition(at: datetime) -> Json:
    """Give the platform as a component: which rules realise which controls."""
    by_control: dict[str, list[Rule]] = defaultdict(list)
    for rule in load_rules():
        for control in rule.controls:
            by_control[control].append(rule)
    instruments = sorted({control.partition("/")[0] for control in by_control})
    realised = [_realised(each, by_control) for each in instruments]
    platform = {**_platform(), "control-implementations": realised}
    return {
        "uuid": uid("component-definitions/sen-platform"),
        "metadata": metadata("Sen platform", at),
        "components": [platform],
    }


def _realised(instrument: str, by_control: Mapping[str, list[Rule]]) -> Json:
    """Give the controls of one instrument that rules realise."""
    requirements = [
        {
            "uuid": uid(f"components/sen-platform/{control}"),
            "control-id": token(control),
            "description": "; ".join(f"{rule.id}: {rule.title.en}" for rule in rules),
            "props": [prop("rule", rule.id) for rule in rules],
        }
        for control, rules in sorted(by_control.items())
        if control.startswith(f"{instrument}/")
    ]
    return {
        "uuid": uid(f"components/sen-platform/implementation/{instrument}"),
        "source": f"trestle://catalogs/{instrument.lower()}/catalog.json",
        "description": "Rules that hold at the gates",
        "implemented-requirements": requirements,
    }


def _platform() -> Json:
    return {
        "uuid": PLATFORM,
        "type": "software",
        "title": "Sen",
        "description": "Government landing zone: tenants, zones, rules at every gate",
    }


def security_plan(material: Material) -> Json:
    """Give the system's security plan: what it is, and how each control is met."""
    subject, name = material.subject, str(material.subject.id)
    this = uid(f"systems/{name}/this-system")
    return {
        "uuid": uid(f"system-security-plans/{name}/{material.level}"),
        "metadata": metadata(f"Security plan of {name}", material.moment.at),
        "import-profile": {"href": f"trestle://profiles/{_profile(material)}/profile.json"},
        "system-characteristics": {
            "system-ids": [{"id": name}],
            "system-name": subject.system.name.en,
            "system-name-short": subject.system.slug,
            "description": f"{subject.system.name.vi}; {subject.agency.title}",
            "props": [prop("level", material.level)],
            "security-sensitivity-level": f"level-{material.level}",
            "system-information": {"information-types": [_information(material)]},
            "status": {"state": "operational"},
            "authorization-boundary": {
                "description": "; ".join(each.name for each in subject.requests)
            },
        },
        "system-implementation": {
            "users": [_users(material)],
            "components": [
                {**_component(this, "this-system", subject.system.name.en, name)},
                {**_component(PLATFORM, "software", "Sen", _platform()["description"])},
            ],
        },
        "control-implementation": {
            "description": "State of each control as it was last seen",
            "implemented-requirements": [_requirement(each, name) for each in material.states],
        },
    }


def _component(uuid: str, kind: str, title: str, description: str) -> Json:
    status = {"state": "operational"}
    told = {"title": title, "description": description, "status": status}
    return {"uuid": uuid, "type": kind, **told}


def _users(material: Material) -> Json:
    groups = sorted({g for each in material.subject.requests for g in each.groups.admins})
    name = str(material.subject.id)
    return {"uuid": uid(f"systems/{name}/admins"), "title": ", ".join(groups)}


def _information(material: Material) -> Json:
    system = material.subject.system
    said = {"personal-data": system.personal_data, "state-secret": system.state_secret}
    kinds = ", ".join(key for key, true in said.items() if true) or "neither personal nor secret"
    uuid = uid(f"systems/{material.subject.id}/information")
    return {"uuid": uuid, "title": kinds, "description": kinds}


def _requirement(state: State, name: str) -> Json:
    control = state.control.id
    by = {
        "component-uuid": PLATFORM,
        "uuid": uid(f"systems/{name}/{control}/platform"),
        "description": _said(state),
        "implementation-status": {"state": IMPLEMENTED.get(state.status, "planned")},
    }
    return {
        "uuid": uid(f"systems/{name}/{control}"),
        "control-id": token(control),
        "props": [prop("state", state.status.value)],
        "by-components": [by],
    }


def _said(state: State) -> str:
    if state.deciding is None:
        return "not assessed: " + ", ".join(each.value for each in state.lacks)
    seen = state.deciding
    when = seen.finding.seen_at.isoformat()
    return f"{state.status.value}: {seen.finding.rule} on {seen.finding.object}, {when}"
