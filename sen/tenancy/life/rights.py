"""What an operator that is no administrator may do in a tenant that ends: there, and only then.

It binds itself to one role, in the namespace that ends, until a day: nowhere else, and at no other
time, may it start Jobs or read what a tenant's people made. Secrets are not among what it reads.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sen.tenancy.desk import KINDS_AT_DESK
from sen.tenancy.life.objects import Kind, Objects
from stacks.components.access import RBAC
from stacks.components.manifest import Manifest, manifest
from stacks.models.label import PREFIX
from stacks.models.objects import GROUP

END = "sen-end"
DAYS = dt.timedelta(days=7)
ENDS = f"{PREFIX}/ends"
_BINDING = Kind(f"{RBAC}/v1", "RoleBinding")
_ACCOUNT = "system:serviceaccount:"
# What a namespace holds, by API group; without secrets, and without what comes and goes by itself.
READ: dict[str, tuple[str, ...]] = {
    "": (
        "configmaps",
        "limitranges",
        "persistentvolumeclaims",
        "pods",
        "podtemplates",
        "replicationcontrollers",
        "resourcequotas",
        "serviceaccounts",
        "services",
    ),
    "apps": ("controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"),
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs", "jobs"),
    "networking.k8s.io": ("ingresses", "networkpolicies"),
    "policy": ("poddisruptionbudgets",),
    RBAC: ("roles", "rolebindings"),
    "resource.k8s.io": ("resourceclaims", "resourceclaimtemplates"),
    "storage.k8s.io": ("csistoragecapacities",),
    "snapshot.storage.k8s.io": ("volumesnapshots",),
    "gateway.networking.k8s.io": ("gateways", "grpcroutes", "httproutes", "referencegrants"),
    GROUP: (*KINDS_AT_DESK, "migrationwaves"),
}


def end_role() -> Manifest:
    """Give the role: reads what is handed over, runs dumps, asks for snapshots."""
    reading = [_rule(group, names, "get", "list") for group, names in READ.items()]
    doing = [
        _rule("batch", ("jobs",), "create"),
        _rule("snapshot.storage.k8s.io", ("volumesnapshots",), "create"),
    ]
    return manifest(f"{RBAC}/v1", "ClusterRole", END, rules=[*reading, *doing])


def open_to(objects: Objects, namespace: str, user: str, today: dt.date) -> None:
    """Let an account of the cluster end a tenant, for a week at a time; others need no binding."""
    if not user.startswith(_ACCOUNT):
        return
    home, _, name = user.removeprefix(_ACCOUNT).partition(":")
    there, ends = objects.get(_BINDING, END, namespace), (today + DAYS).isoformat()
    if there is None:
        subjects = [{"kind": "ServiceAccount", "name": name, "namespace": home}]
        role = {"apiGroup": RBAC, "kind": "ClusterRole", "name": END}
        objects.create(
            {
                "apiVersion": _BINDING.api_version,
                "kind": _BINDING.name,
                "metadata": {
                    "name": END,
                    "namespace": namespace,
                    "labels": {ENDS: ends, "app.kubernetes.io/managed-by": "sen"},
                },
                "roleRef": role,
                "subjects": subjects,
            }
        )
    elif (there["metadata"].get("labels") or {}).get(ENDS, "") < today.isoformat():
        objects.patch(there, {"metadata": {"labels": {ENDS: ends}}})


def close(objects: Objects, namespace: str) -> None:
    """Take the binding away from a tenant that goes on after all."""
    there = objects.get(_BINDING, END, namespace)
    if there is not None:
        objects.delete(there)


def _rule(group: str, names: tuple[str, ...], *verbs: str) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": list(names), "verbs": list(verbs)}
