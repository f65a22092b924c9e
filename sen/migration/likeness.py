"""Copies of a tenant's namespace, of its bounds and of the Service that leads people. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.endpoint.service import LABEL as SIDE
from sen.tenancy.life.objects import Kind, Object
from sen.tenancy.listing import REHEARSAL
from stacks.components.manifest import STACK_LABEL
from stacks.models.label import NAMED_AFTER, PREFIX

# Of a namespace to throw away: the wave that made it, and which system; when it is nobody's.
OF = REHEARSAL
OF_SYSTEM, UNTIL = f"{OF}-system", f"{OF}-until"
NAMESPACE, SERVICE = Kind("v1", "Namespace"), Kind("v1", "Service")
QUOTA, POLICY = Kind("v1", "ResourceQuota"), Kind("networking.k8s.io/v1", "NetworkPolicy")
ACCOUNT = Kind("v1", "ServiceAccount")
BUDGET = Kind("policy/v1", "PodDisruptionBudget")
BOUNDS = (QUOTA, Kind("v1", "LimitRange"), POLICY, ACCOUNT, BUDGET)
_SYSTEM, _STAGE, _PRICE = (f"{PREFIX}/{word}" for word in ("system", "stage", "price-vnd-month"))
_LONGEST = 63
_KEPT = ("spec", "automountServiceAccountToken")
# The API server gives each Service its own.
_GIVEN = frozenset({"clusterIP", "clusterIPs", "healthCheckNodePort", "ipFamilies"})


def namespace_like(tenant: Object, mark: str, wave: str, system: str, until: dt.datetime) -> Object:
    """Give a namespace that rules and policies take for the tenant's own, and that has an end.

    Args:
        tenant: The namespace that it is like.
        mark: Begins its name, where a tenant's begins with its agency.
        wave: That it belongs to.
        system: Of the wave.
        until: When it is nobody's any more.
    """
    meta = tenant["metadata"]
    labels = _without_stack(meta) | {NAMED_AFTER: mark, OF: wave}
    labels.pop("kubernetes.io/metadata.name", None)
    notes = {
        key: value
        for key, value in (meta.get("annotations") or {}).items()
        if key.startswith(f"{PREFIX}/") and key != _PRICE
    }
    notes |= {OF_SYSTEM: system, UNTIL: until.isoformat(timespec="seconds")}
    named = {"name": _name(meta, mark), "labels": labels, "annotations": notes}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": named}


def _name(meta: Mapping[str, Any], mark: str) -> str:
    """Name it as a tenant is named: after system and stage, where its labels say them."""
    labels = meta.get("labels") or {}
    if _SYSTEM in labels and _STAGE in labels:
        return f"{mark}-{labels[_SYSTEM]}-{labels[_STAGE]}"
    return f"{mark}-{meta['name']}"[:_LONGEST].rstrip("-")


def is_left(thing: Object, wave: str, system: str, now: dt.datetime) -> bool:
    """Say whether a rehearsal that was killed left this: one of this system, or one long over."""
    meta = thing["metadata"]
    if "deletionTimestamp" in meta:
        return False  # it goes already
    notes = meta.get("annotations") or {}
    if (meta["labels"].get(OF), notes.get(OF_SYSTEM)) == (wave, system):
        return True
    try:
        return dt.datetime.fromisoformat(notes[UNTIL]) < now
    except (KeyError, ValueError, TypeError):
        return False  # somebody has written another word there: people decide


def copied(thing: Object, home: str) -> Object:
    """Give one of the tenant's bounds as it is made in another namespace."""
    meta = thing["metadata"]
    named = {"name": meta["name"], "namespace": home, "labels": _without_stack(meta)}
    kept = {key: thing[key] for key in _KEPT if key in thing}
    return {"apiVersion": thing["apiVersion"], "kind": thing["kind"], "metadata": named, **kept}


def _without_stack(meta: Mapping[str, Any]) -> dict[str, str]:
    """Give the labels without the stack's: what bears it is a stack's to correct and to remove."""
    return {k: v for k, v in (meta.get("labels") or {}).items() if k != STACK_LABEL}


def led(service: Object, home: str) -> Iterator[Object]:
    """Give the Service that leads people, in a namespace, as it leads to each side."""
    like = copied(service, home)
    spec = {key: value for key, value in like["spec"].items() if key not in _GIVEN}
    ports = [{k: v for k, v in each.items() if k != "nodePort"} for each in spec.get("ports") or ()]
    for side in Side:
        chosen = {**(spec.get("selector") or {}), SIDE: side.value}
        yield {**like, "spec": {**spec, "ports": ports, "selector": chosen}}
