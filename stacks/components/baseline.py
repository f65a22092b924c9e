"""What a cluster needs before its first tenant: roles, classes, platform namespaces, admission."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pulumi
import yaml

from stacks.components import classes
from stacks.components.access import RBAC, group_subjects
from stacks.components.data import read
from stacks.components.manifest import Manifest, contents_of, manifest, register
from stacks.components.network import closed
from stacks.models.platform import PLATFORM_NAMESPACES

if TYPE_CHECKING:
    from stacks.settings import BaselineSettings


class Baseline(pulumi.ComponentResource):
    """The ground that all tenants of a cluster stand on.

    Attributes:
        namespaces: Names of the platform's own namespaces.
    """

    namespaces: tuple[str, ...]

    def __init__(
        self,
        settings: BaselineSettings,
        admission: Iterable[Manifest],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("sen:baseline:Baseline", settings.cluster.name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)

        for one in cluster_objects(settings):
            register(f"{one['kind']}/{one['metadata']['name']}", one, mine)
        for name in PLATFORM_NAMESPACES:
            self._namespace(name, settings.level)
        self._admission(admission)
        self.namespaces = PLATFORM_NAMESPACES
        self.register_outputs({"namespaces": list(self.namespaces)})

    def _namespace(self, name: str, level: int) -> None:
        home, *contents = namespace_objects(name, level)
        namespace = register(name, home, pulumi.ResourceOptions(parent=self))
        inside = contents_of(self, namespace)
        for one in contents:
            register(f"{name}/{one['kind']}/{one['metadata']['name']}", one, inside)

    def _admission(self, objects: Iterable[Manifest]) -> None:
        """Install policies before their bindings: a binding without its policy judges nothing."""
        known: list[pulumi.Resource] = []
        for one in sorted(objects, key=lambda each: str(each["kind"])):
            after = known if one["kind"].endswith("Binding") else []
            opts = pulumi.ResourceOptions(parent=self, depends_on=after)
            resource = register(f"{one['kind']}/{one['metadata']['name']}", one, opts)
            if not one["kind"].endswith("Binding"):
                known.append(resource)


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
