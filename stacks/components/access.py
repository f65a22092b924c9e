"""Who may do what in a tenant: bindings of its groups, accounts without a token lying about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.components.manifest import Manifest, manifest

if TYPE_CHECKING:
    from stacks.models.tenant import TenantRequest

OIDC_PREFIX = "oidc:"
RBAC = "rbac.authorization.k8s.io"


def group_subjects(groups: tuple[str, ...]) -> list[dict[str, str]]:
    """Give OIDC groups as subjects, under the prefix that the API server puts before them."""
    return [
        {"kind": "Group", "apiGroup": RBAC, "name": f"{OIDC_PREFIX}{group}"} for group in groups
    ]


def bindings(request: TenantRequest) -> tuple[Manifest, ...]:
    """Bind each group of the request to its cluster role, inside the namespace only (AC-13)."""
    roles = {
        "tenant-admin": request.groups.admins,
        "tenant-deployer": request.groups.deployers,
        "tenant-viewer": request.groups.viewers,
    }
    return tuple(
        manifest(
            f"{RBAC}/v1",
            "RoleBinding",
            role,
            namespace=request.namespace,
            roleRef={"apiGroup": RBAC, "kind": "ClusterRole", "name": f"sen-{role}"},
            subjects=group_subjects(groups),
        )
        for role, groups in roles.items()
        if groups
    )


def accounts(request: TenantRequest) -> tuple[Manifest, ...]:
    """Give the workloads' account, and close the one that a namespace is born with (AC-12)."""
    return tuple(
        manifest(
            "v1",
            "ServiceAccount",
            name,
            namespace=request.namespace,
            automountServiceAccountToken=False,
        )
        for name in ("default", "workload")
    )
