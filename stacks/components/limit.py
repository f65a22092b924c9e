"""What a tenant may use: quota, the limits of one container, how many pods may go at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.components.manifest import Manifest, manifest
from stacks.models.tenant import Stage

if TYPE_CHECKING:
    from stacks.models.tenant import TenantRequest

OWN_BUDGET = "sen.gov.vn/own-budget"


def quota(request: TenantRequest) -> Manifest:
    """Give the tenant's quota: requests and limits alike, and no way to open a public Service.

    A tenant that is suspended may start no pod; what it stores stays.
    """
    size = request.quota_effective
    hard = {
        "requests.cpu": str(size.cpu),
        "limits.cpu": str(size.cpu),
        "requests.memory": f"{size.memory_gib}Gi",
        "limits.memory": f"{size.memory_gib}Gi",
        "requests.storage": f"{size.storage_gib}Gi",
        "pods": str(size.pods if request.runs else 0),
        "services": str(size.services),
        "persistentvolumeclaims": str(size.volumes),
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }
    return manifest(
        "v1", "ResourceQuota", "quota", namespace=request.namespace, spec={"hard": hard}
    )


def limits(request: TenantRequest) -> Manifest:
    """Give defaults to a container that names no resources, and bounds to one that does."""
    size = request.quota_effective
    container = {
        "type": "Container",
        "defaultRequest": {"cpu": "100m", "memory": "128Mi"},
        "default": {"cpu": "500m", "memory": "512Mi"},
        "max": {"cpu": str(size.cpu), "memory": f"{size.memory_gib}Gi"},
    }
    return manifest(
        "v1", "LimitRange", "limits", namespace=request.namespace, spec={"limits": [container]}
    )


def disruption_budget(request: TenantRequest) -> tuple[Manifest, ...]:
    """Keep one pod of a production tenant through a node's drain.

    Pods that carry the label `sen.gov.vn/own-budget` are left to a budget of their own: a pod under
    two budgets cannot be evicted at all.
    """
    if request.stage is not Stage.PRODUCTION:
        return ()
    selector = {"matchExpressions": [{"key": OWN_BUDGET, "operator": "DoesNotExist"}]}
    spec = {"minAvailable": 1, "selector": selector}
    return (
        manifest(
            "policy/v1", "PodDisruptionBudget", "default", namespace=request.namespace, spec=spec
        ),
    )
