"""How a workload is stopped so that it can be started again exactly as it was. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sen.tenancy.life.objects import Kind, Object
from stacks.models.label import PREFIX

BEFORE = f"{PREFIX}/before-suspension"
# A node that bears this does not exist: a DaemonSet that asks for it runs nowhere.
_NOWHERE = f"{PREFIX}/suspended"
# The field that stops each kind, what it is where it is not said, and what stops.
_SWITCHES: Mapping[Kind, tuple[str, object, object]] = MappingProxyType(
    {
        Kind("apps/v1", "Deployment"): ("replicas", 1, 0),
        Kind("apps/v1", "StatefulSet"): ("replicas", 1, 0),
        Kind("apps/v1", "ReplicaSet"): ("replicas", 1, 0),
        Kind("v1", "ReplicationController"): ("replicas", 1, 0),
        Kind("batch/v1", "CronJob"): ("suspend", False, True),
        Kind("batch/v1", "Job"): ("suspend", False, True),
    }
)
_DAEMON = Kind("apps/v1", "DaemonSet")
KINDS = (*_SWITCHES, _DAEMON)
POD = Kind("v1", "Pod")


def stopping(thing: Object) -> Object | None:
    """Give the change that stops a workload and notes how it was; None if nothing is to do."""
    if thing["kind"] == "ReplicaSet" and controlled(thing):  # its Deployment is stopped
        return None
    if _finished(thing):
        return None
    kind = Kind(thing["apiVersion"], thing["kind"])
    if kind == _DAEMON:
        return None if BEFORE in _notes(thing) else _daemon(_NOWHERE, "true", note="true")
    field, usual, stopped = _SWITCHES[kind]
    now = thing["spec"].get(field)
    now = usual if now is None else now
    noted = BEFORE in _notes(thing)
    if now == stopped and (noted or kind.name in {"CronJob", "Job"}):
        return None
    change: Object = {"spec": {field: stopped}}
    # Who scaled up meanwhile changed nothing of what it was before.
    return change if noted else {**change, **_noted(json.dumps(now))}


def starting(thing: Object) -> Object | None:
    """Give the change that brings a workload back; None if it was not stopped by us."""
    noted = _notes(thing).get(BEFORE)
    if noted is None:
        return None
    kind = Kind(thing["apiVersion"], thing["kind"])
    if kind == _DAEMON:
        return _daemon(_NOWHERE, None, note=None)
    field, usual, _ = _SWITCHES[kind]
    return {"spec": {field: _read(noted, usual)}, **_noted(None)}


def controlled(thing: Object) -> bool:
    """Say whether another object makes and keeps it."""
    owners = thing["metadata"].get("ownerReferences") or ()
    return any(each.get("controller") for each in owners)


def alive(pod: Object) -> bool:
    """Say whether a pod still runs, or is about to."""
    return (pod.get("status") or {}).get("phase") not in {"Succeeded", "Failed"}


def _read(noted: str, usual: object) -> object:
    """Read the note; where somebody has written another word over it, what is usual counts."""
    try:
        found = json.loads(noted)
    except ValueError:
        return usual
    return found if type(found) is type(usual) else usual


def _finished(thing: Object) -> bool:
    said: list[Mapping[str, Any]] = (thing.get("status") or {}).get("conditions") or []
    return thing["kind"] == "Job" and any(
        each["type"] in {"Complete", "Failed"} and each["status"] == "True" for each in said
    )


def _daemon(key: str, value: str | None, *, note: str | None) -> Object:
    selector = {"nodeSelector": {key: value}}
    return {"spec": {"template": {"spec": selector}}, **_noted(note)}


def _noted(value: str | None) -> Object:
    return {"metadata": {"annotations": {BEFORE: value}}}


def _notes(thing: Object) -> Mapping[str, str]:
    return thing["metadata"].get("annotations") or {}
