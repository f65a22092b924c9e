"""What a cluster needs before its first tenant: roles, classes, platform namespaces, admission."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pulumi
import yaml
from pulumi_kubernetes import Provider

from stacks.components import classes
from stacks.components.access import RBAC, group_subjects
from stacks.components.data import read
from stacks.components.manifest import Manifest, manifest
from stacks.components.network import closed
from stacks.components.registration import Home, home_of, register, register_namespace
from stacks.models.platform import PLATFORM_NAMESPACES

if TYPE_CHECKING:
    from stacks.settings import BaselineSettings

PATCH_FORCE = "pulumi.com/patchForce"


class Baseline(pulumi.ComponentResource):
    """The ground that all tenants of a cluster stand on.

    Attributes:
        namespaces: Names of the platform's own namespaces.
        ready: The same, once all objects are there.
    """

    namespaces: tuple[str, ...]
    ready: pulumi.Output[list[str]]

    def __init__(
        self, settings: BaselineSettings, admission: Iterable[Manifest], provider: Provider
    ) -> None:
        super().__init__("sen:baseline:Baseline", settings.cluster.name)
        self.namespaces = PLATFORM_NAMESPACES
        self.ready = pulumi.Output.from_input(self._build(settings, tuple(admission), provider))
        self.register_outputs({"namespaces": self.ready})

    async def _build(
        self, settings: BaselineSettings, admission: tuple[Manifest, ...], provider: Provider
    ) -> list[str]:
        home = await home_of(self, provider)
        await _all(home, cluster_objects(settings))
        await asyncio.gather(
            *(
                register_namespace(home, name, namespace_objects(name, settings.level))
                for name in self.namespaces
            )
        )
        await _install(home, admission)
        return list(self.namespaces)


async def _install(home: Home, admission: tuple[Manifest, ...]) -> None:
    """Install the record of waivers, then policies, then their bindings.

    The record is written upon a namespace that Kubernetes owns, and taken back if somebody else has
    written there meanwhile (`sen waiver sync`). A binding without its policy judges nothing.
    """
    records = [one for one in admission if one["kind"] == "Namespace"]
    for one in records:
        name = f"Record/{one['metadata']['name']}"
        await register(home, name, _forced(one), patch=True)
    others = [one for one in admission if one not in records]
    for binding in (False, True):
        await _all(home, [one for one in others if one["kind"].endswith("Binding") is binding])


def _forced(one: Manifest) -> Manifest:
    metadata = one["metadata"]
    return {
        **one,
        "metadata": {**metadata, "annotations": {**metadata["annotations"], PATCH_FORCE: "true"}},
    }


async def _all(home: Home, objects: Iterable[Manifest]) -> None:
    names = ((f"{one['kind']}/{one['metadata']['name']}", one) for one in objects)
    await asyncio.gather(*(register(home, name, one) for name, one in names))


def cluster_objects(settings: BaselineSettings) -> tuple[Manifest, ...]:
    """Give what is there once for the whole cluster."""
    return (
        *_roles(),
        *_bindings("security-officer", settings.security_officers),
        *_bindings("inspector", settings.inspectors),
        *classes.priority(),
        *classes.runtime(),
        *classes.storage(settings.provisioners),
        *classes.network(),
    )


def namespace_objects(name: str, level: int) -> tuple[Manifest, ...]:
    """Give one of the platform's namespaces: restricted, closed, with a quota."""
    labels = {
        "app.kubernetes.io/managed-by": "sen",
        "sen.gov.vn/level": str(level),
        "sen.gov.vn/zone": "management",
        **{
            f"pod-security.kubernetes.io/{mode}": "restricted"
            for mode in ("enforce", "audit", "warn")
        },
    }
    hard = {"requests.cpu": "8", "limits.cpu": "16", "requests.memory": "16Gi", "pods": "100"}
    return (
        manifest("v1", "Namespace", name, labels=labels),
        manifest("v1", "ResourceQuota", "quota", namespace=name, spec={"hard": hard}),
        *closed(name),
    )


def admission_objects(text: str) -> tuple[Manifest, ...]:
    """Read the generated admission policies, a YAML stream."""
    return tuple(one for one in yaml.load_all(text, Loader=yaml.CSafeLoader) if one)


def _roles() -> Iterable[Manifest]:
    roles: dict[str, Any] = read("roles.yaml")
    for name, rules in roles.items():
        yield manifest(f"{RBAC}/v1", "ClusterRole", f"sen-{name}", rules=rules)


def _bindings(role: str, groups: tuple[str, ...]) -> Iterable[Manifest]:
    if groups:
        yield manifest(
            f"{RBAC}/v1",
            "ClusterRoleBinding",
            f"sen-{role}",
            roleRef={"apiGroup": RBAC, "kind": "ClusterRole", "name": f"sen-{role}"},
            subjects=group_subjects(groups),
        )
