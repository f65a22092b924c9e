"""What the Git door may do: requests on every desk, and to speak as those whom a file names."""

from __future__ import annotations

from collections.abc import Iterator

from sen.gitops.approvers import Approvers
from stacks.components.access import OIDC_PREFIX, RBAC
from stacks.components.manifest import Manifest, manifest
from stacks.models.objects import GROUP
from stacks.models.objects.admission import GIT_DOOR

NAME = "sen-gitops"


def rights(approvers: Approvers) -> Iterator[Manifest]:
    """Give the role and its binding; nobody outside the file can be spoken for."""
    rules = [
        _rule([""], ["namespaces"], ["get"]),
        _rule([GROUP], ["tenantrequests"], ["get", "list", "create", "patch", "delete"]),
        _rule([GROUP], ["approvals"], ["list"]),
    ]
    groups = {f"{OIDC_PREFIX}{each}" for found in approvers.groups.values() for each in found}
    for kind, names in (("users", set(approvers.roles)), ("groups", groups)):
        if names:
            rules.append({**_rule([""], [kind], ["impersonate"]), "resourceNames": sorted(names)})
    yield manifest(f"{RBAC}/v1", "ClusterRole", NAME, rules=rules)
    _, _, namespace, account = GIT_DOOR.split(":")
    yield manifest(
        f"{RBAC}/v1",
        "ClusterRoleBinding",
        NAME,
        roleRef={"apiGroup": RBAC, "kind": "ClusterRole", "name": NAME},
        subjects=[{"kind": "ServiceAccount", "namespace": namespace, "name": account}],
    )


def _rule(groups: list[str], resources: list[str], verbs: list[str]) -> dict[str, list[str]]:
    return {"apiGroups": groups, "resources": resources, "verbs": verbs}
