"""What the portal itself may do: speak for people, about these kinds, and nothing else.

Kubernetes' constrained impersonation (KEP-5284) holds that no node, service account or
`system:masters` is spoken for, and that only the actions listed here are done in another's name: a
stolen certificate of the portal reads no Secret. Which people it speaks for cannot be limited
there; `person.py` refuses the system's names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sen.portal.access import IDENTITY, USER
from sen.tenancy.desk import desk_of
from stacks.components.access import RBAC, group_subjects
from stacks.components.manifest import Manifest, manifest
from stacks.models.objects import GROUP

PLATFORM_READER = "sen-request-reader"
DESK_READER = "sen-desk-reader"
WAVE_READER, PLATFORM_HOME = "sen-wave-reader", "sen-system"
PLATFORM_GROUPS = ("sen-platform",)
READ = ("get", "list", "watch")
READ_BY_PLATFORM = (
    "agencies",
    "tenantrequests",
    "approvals",
    "tenants",
    "sharingagreements",
    "waivers",
    "migrationwaves",
)
# What pages do: apiGroup → resource → verbs.
ACTS: dict[str, dict[str, tuple[str, ...]]] = {
    GROUP: {
        "tenantrequests": (*READ, "create", "update", "patch"),
        "approvals": (*READ, "create"),
        "tenants": (*READ, "update", "patch"),
        "agencies": READ,
        "sharingagreements": (*READ, "create", "update", "patch"),
        "waivers": (*READ, "create", "update", "patch"),
        "migrationwaves": READ,
    },
    "": {"namespaces": READ, "events": READ, "resourcequotas": READ, "configmaps": READ},
    "authorization.k8s.io": {
        "selfsubjectrulesreviews": ("create",),
        "selfsubjectaccessreviews": ("create",),
    },
}


def rights(platform_groups: tuple[str, ...] = PLATFORM_GROUPS) -> tuple[Manifest, ...]:
    """Give the portal's role and binding, and the platform people's right to read all desks."""
    role = manifest(f"{RBAC}/v1", "ClusterRole", USER, rules=[_speaks(), *_acts()])
    me = {"kind": "User", "apiGroup": RBAC, "name": IDENTITY}
    readers = [_rule(GROUP, list(READ_BY_PLATFORM), READ)]
    return (
        role,
        _binding(USER, USER, [me]),
        manifest(f"{RBAC}/v1", "ClusterRole", PLATFORM_READER, rules=readers),
        _binding(PLATFORM_READER, PLATFORM_READER, group_subjects(platform_groups)),
    )


def limits_of(agency: str, subjects: Iterable[dict[str, str]]) -> tuple[Manifest, Manifest]:
    """Let the people of an agency's desk read its own `Agency`: its limits.

    The API server looks through all such bindings at each call of anybody: there is one only where
    an agency has limits, and none for people who read all agencies anyway.
    """
    name = f"sen-agency-reader-{agency.lower()}"
    rule = {**_rule(GROUP, ["agencies"], ("get",)), "resourceNames": [agency.lower()]}
    role = manifest(f"{RBAC}/v1", "ClusterRole", name, rules=[rule])
    return role, _binding(name, name, list(subjects))


def waves_of(
    agency: str, waves: Iterable[str], subjects: Iterable[dict[str, str]]
) -> tuple[Manifest, Manifest]:
    """Let the people of an agency's desk read the waves in which a system of theirs moves."""
    name, at = f"{WAVE_READER}-{agency.lower()}", {"namespace": PLATFORM_HOME}
    rule = {**_rule(GROUP, ["migrationwaves"], ("get",)), "resourceNames": sorted(waves)}
    ref = {"apiGroup": RBAC, "kind": "Role", "name": name}
    return (
        manifest(f"{RBAC}/v1", "Role", name, **at, rules=[rule]),
        manifest(f"{RBAC}/v1", "RoleBinding", name, **at, roleRef=ref, subjects=list(subjects)),
    )


def told_at(
    agency: str, subjects: Iterable[dict[str, str]], labels: dict[str, str]
) -> tuple[Manifest, Manifest]:
    """Let the people of an agency's desk read its events and its sharing agreements."""
    people = list(subjects)
    at: dict[str, Any] = {"namespace": desk_of(agency), "labels": labels}
    rules = [_rule("", ["events"], READ), _rule(GROUP, ["sharingagreements"], READ)]
    ref = {"apiGroup": RBAC, "kind": "Role", "name": DESK_READER}
    return (
        manifest(f"{RBAC}/v1", "Role", DESK_READER, **at, rules=rules),
        manifest(f"{RBAC}/v1", "RoleBinding", DESK_READER, **at, roleRef=ref, subjects=people),
    )


def _speaks() -> dict[str, Any]:
    return _rule("authentication.k8s.io", ["users", "groups"], ("impersonate:user-info",))


def _acts() -> list[dict[str, Any]]:
    return [
        _rule(group, [resource], tuple(f"impersonate-on:user-info:{verb}" for verb in verbs))
        for group, resources in ACTS.items()
        for resource, verbs in resources.items()
    ]


def _rule(group: str, resources: list[str], verbs: tuple[str, ...]) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": resources, "verbs": list(verbs)}


def _binding(name: str, role: str, subjects: list[dict[str, str]]) -> Manifest:
    return manifest(
        f"{RBAC}/v1",
        "ClusterRoleBinding",
        name,
        roleRef={"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        subjects=subjects,
    )
