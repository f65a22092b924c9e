"""Priority, runtime, storage and network classes per level, from `data/classes.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from stacks.components.data import read
from stacks.components.manifest import Manifest, manifest

if TYPE_CHECKING:
    from stacks.settings import Provisioner

LEVELS = "sen.gov.vn/levels"
NO_PROVISIONER = "kubernetes.io/no-provisioner"


def priority() -> Iterable[Manifest]:
    """Give a priority class per level; none pre-empts a running pod."""
    for name, given in _classes("priority"):
        yield manifest(
            "scheduling.k8s.io/v1",
            "PriorityClass",
            name,
            annotations={LEVELS: given["levels"]},
            value=given["value"],
            description=given["note"],
            preemptionPolicy="Never",
            globalDefault=False,
        )


def runtime() -> Iterable[Manifest]:
    """Give the ways a pod may run; level 5 runs on nodes of its own (D331-CL-1)."""
    for name, given in _classes("runtime"):
        selector = given.get("nodeSelector")
        yield manifest(
            "node.k8s.io/v1",
            "RuntimeClass",
            f"sen-{name}",
            annotations={LEVELS: given["levels"]},
            handler=given["handler"],
            **({"scheduling": {"nodeSelector": selector}} if selector else {}),
        )


def storage(provisioners: Mapping[str, Provisioner]) -> Iterable[Manifest]:
    """Give the storage classes; without a provisioner in the settings, volumes are made by hand."""
    for name, given in _classes("storage"):
        maker = provisioners.get(name)
        yield manifest(
            "storage.k8s.io/v1",
            "StorageClass",
            f"sen-{name}",
            annotations={LEVELS: given["levels"]},
            provisioner=maker.name if maker else NO_PROVISIONER,
            **({"parameters": maker.parameters} if maker and maker.parameters else {}),
            reclaimPolicy=given["reclaimPolicy"],
            volumeBindingMode="WaitForFirstConsumer",
        )


def network() -> Iterable[Manifest]:
    """Give the ways a service is published: inside the government's network, or at its edge."""
    for name, given in _classes("network"):
        yield manifest(
            "networking.k8s.io/v1",
            "IngressClass",
            f"sen-{name}",
            annotations={LEVELS: given["levels"]},
            spec={"controller": given["controller"]},
        )


def _classes(kind: str) -> Iterable[tuple[str, dict[str, Any]]]:
    classes: dict[str, dict[str, Any]] = read("classes.yaml")[kind]
    return classes.items()
