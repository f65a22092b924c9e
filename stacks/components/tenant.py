"""A tenant: a namespace with its limits, and a network that only the request can open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes import Provider

from stacks.components.access import accounts, bindings
from stacks.components.limit import disruption_budget, limits, quota
from stacks.components.manifest import Manifest, manifest
from stacks.components.network import policies
from stacks.components.registration import home_of, register_namespace
from stacks.models.label import annotations_for, labels_for

if TYPE_CHECKING:
    from stacks.models.tenant import TenantRequest

_RESTRICTED_FROM_LEVEL = 3


class Tenant(pulumi.ComponentResource):
    """One system in one stage of one agency.

    Attributes:
        namespace: Name of the namespace; known before it exists.
        ready: How many objects it has, once all of them are there.
    """

    namespace: str
    ready: pulumi.Output[int]

    def __init__(self, request: TenantRequest, provider: Provider, *, protect: bool) -> None:
        super().__init__("sen:tenancy:Tenant", request.name)
        self.namespace = request.namespace
        self.ready = pulumi.Output.from_input(self._build(request, provider, protect=protect))
        self.register_outputs({"namespace": self.namespace, "objects": self.ready})

    async def _build(self, request: TenantRequest, provider: Provider, *, protect: bool) -> int:
        home = await home_of(self, provider)
        objects = objects_for(request)
        await register_namespace(home, request.name, objects, protect=protect)
        return len(objects)


def objects_for(request: TenantRequest) -> tuple[Manifest, ...]:
    """Give all that a tenant consists of, its namespace first."""
    labels = labels_for(request)
    contents = (
        quota(request),
        limits(request),
        *policies(request),
        *accounts(request),
        *bindings(request),
        *disruption_budget(request),
    )
    return namespace(request, labels), *(_labelled(one, labels) for one in contents)


def namespace(request: TenantRequest, labels: dict[str, str]) -> Manifest:
    """Give the namespace; Pod Security is `restricted` from level 3 on, `baseline` below."""
    demanding = request.system.level >= _RESTRICTED_FROM_LEVEL
    standard = "restricted" if demanding else "baseline"
    security = {
        "pod-security.kubernetes.io/enforce": standard,
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
    }
    return manifest(
        "v1",
        "Namespace",
        request.namespace,
        labels={**labels, **security},
        annotations=annotations_for(request),
    )


def _labelled(one: Manifest, labels: dict[str, str]) -> Manifest:
    return {**one, "metadata": {**one["metadata"], "labels": labels}}
