"""What lies in a cluster under a label, of every kind that can be listed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubernetes import config
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import DynamicApiError, ForbiddenError, NotFoundError
from urllib3.exceptions import HTTPError

from sen.errors import MissingPartError, RefusedError
from stacks.problem import Problem

_PAGE = 500
# The client would keep what it discovers in the shared temporary folder, under a name that anybody
# may guess, and would then take a cluster that is down for one that answers.
_NO_CACHE = os.path.join(os.devnull, "discovery")  # noqa: PTH118 - a path that cannot be
# Kinds that Sen makes; a label is looked for in these.
KINDS = (
    ("v1", "Namespace"),
    ("v1", "ResourceQuota"),
    ("v1", "LimitRange"),
    ("v1", "ServiceAccount"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("networking.k8s.io/v1", "IngressClass"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    ("policy/v1", "PodDisruptionBudget"),
    ("scheduling.k8s.io/v1", "PriorityClass"),
    ("node.k8s.io/v1", "RuntimeClass"),
    ("storage.k8s.io/v1", "StorageClass"),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
)


@dataclass(frozen=True)
class Found:
    """An object in a cluster."""

    api_version: str
    kind: str
    name: str
    namespace: str | None

    @property
    def id(self) -> str:
        """Give `apiVersion/Kind:namespace/name`, the name alone where there is no namespace."""
        path = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.api_version}/{self.kind}:{path}"

    def __str__(self) -> str:
        return self.id


def connect(kubeconfig: Path, context: str | None) -> DynamicClient:
    """Connect to a cluster.

    Raises:
        MissingPartError: There is no such kubeconfig, or the API server does not answer.
    """
    with _told(context or str(kubeconfig)):
        api = config.new_client_from_config(str(kubeconfig), context=context)
        return DynamicClient(api, cache_file=_NO_CACHE)


@contextmanager
def connected(kubeconfig: Path, context: str | None) -> Iterator[DynamicClient]:
    """Connect to a cluster; a question that it does not answer later is told likewise.

    Raises:
        MissingPartError: There is no such kubeconfig, or the API server does not answer.
        RefusedError: Whom the kubeconfig stands for may not ask this.
    """
    with _told(context or str(kubeconfig)):
        yield connect(kubeconfig, context)


@contextmanager
def _told(cluster: str) -> Iterator[None]:
    try:
        yield
    except ForbiddenError as error:
        raise RefusedError(Problem("cluster-refused", cluster, {"why": _words(error)})) from error
    except (config.ConfigException, OSError, DynamicApiError, HTTPError) as error:
        values = {"why": type(error).__name__}
        raise MissingPartError(Problem("cluster-unreachable", cluster, values)) from error


def _words(error: DynamicApiError) -> str:
    """Give what the API server itself says: who may not do what."""
    try:
        return str(json.loads(error.body)["message"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)


def listed(dynamic: DynamicClient, api_version: str, kind: str, label: str) -> Iterator[Any]:
    """Give the objects of one kind under a label, page by page."""
    resource = dynamic.resources.get(api_version=api_version, kind=kind)
    more: str | None = None
    while True:
        page = dynamic.get(resource, label_selector=label, limit=_PAGE, _continue=more)
        yield from page.items
        more = page.metadata.get("continue")
        if not more:
            return


def labelled(kubeconfig: Path, context: str | None, label: str) -> tuple[Found, ...]:
    """List the objects of all of Sen's kinds under a label."""
    with connected(kubeconfig, context) as dynamic:
        return tuple(
            Found(api_version, kind, each.metadata.name, each.metadata.namespace)
            for api_version, kind in KINDS
            for each in listed(dynamic, api_version, kind, label)
        )


def delete(kubeconfig: Path, context: str | None, objects: Iterable[Found]) -> int:
    """Delete objects and give how many were still there."""
    with connected(kubeconfig, context) as dynamic:
        return sum(_deleted(dynamic, each) for each in objects)


def _deleted(dynamic: DynamicClient, one: Found) -> bool:
    resource = dynamic.resources.get(api_version=one.api_version, kind=one.kind)
    try:
        dynamic.delete(resource, name=one.name, namespace=one.namespace)
    except NotFoundError:
        return False
    return True
