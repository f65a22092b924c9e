"""Reads what budgets are counted from: agencies, requests, tenants, and namespaces of tenants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ResourceNotFoundError

from sen.runs.cluster import connected, listed
from sen.tenancy.listing import AGENCY, REHEARSAL
from stacks.models.objects import GROUP, VERSION

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Objects:
    """What lies in the cluster.

    Attributes:
        installed: Whether the API server knows the kinds of sen.gov.vn.
    """

    agencies: tuple[Object, ...] = ()
    requests: tuple[Object, ...] = ()
    tenants: tuple[Object, ...] = ()
    namespaces: tuple[Object, ...] = ()
    installed: bool = True


def read(kubeconfig: Path, context: str | None) -> Objects:
    """Read all of it; kinds that are not installed have no objects.

    Raises:
        MissingPartError: The cluster does not answer.
        RefusedError: Whom the kubeconfig stands for may not read this.
    """
    with connected(kubeconfig, context) as dynamic:
        namespaces = tuple(
            each.to_dict() for each in listed(dynamic, "v1", "Namespace", f"{AGENCY},!{REHEARSAL}")
        )
        try:
            return Objects(
                agencies=_all(dynamic, "Agency"),
                requests=_all(dynamic, "TenantRequest"),
                tenants=_all(dynamic, "Tenant"),
                namespaces=namespaces,
            )
        except ResourceNotFoundError:
            return Objects(namespaces=namespaces, installed=False)


def _all(dynamic: DynamicClient, kind: str) -> tuple[Object, ...]:
    return tuple(each.to_dict() for each in listed(dynamic, f"{GROUP}/{VERSION}", kind, ""))
