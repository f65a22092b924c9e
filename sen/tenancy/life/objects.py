"""Every object of a cluster by its kind, as plain data: read, changed, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import NotFoundError, ResourceNotFoundError

from sen.runs.cluster import connected

Object = dict[str, Any]
_MERGE = "application/merge-patch+json"
# What comes and goes by itself, and what another list shows already.
_PASSING = frozenset({"Event", "EndpointSlice", "Endpoints", "Lease", "PodMetrics"})


class Kind(NamedTuple):
    """A kind as the API server serves it."""

    api_version: str
    name: str


class Objects(Protocol):
    """The API server, as far as a tenant's life needs it; every call may be made again."""

    def kinds(self) -> list[Kind]:
        """Give every kind that a namespace may hold and that lasts."""

    def each(self, kind: Kind, namespace: str | None = None) -> list[Object]:
        """Give the objects of a kind; none where the kind is not served."""

    def get(self, kind: Kind, name: str, namespace: str | None = None) -> Object | None:
        """Give one object, None where it is not there."""

    def create(self, thing: Object) -> None:
        """Make an object; one that is there already stays as it is."""

    def patch(self, thing: Object, changes: Object) -> None:
        """Change fields of an object, None takes one away; an object that is gone stays gone."""

    def delete(self, thing: Object) -> None:
        """Delete an object, if it is there."""


class LiveObjects:
    """The objects of a real cluster.

    Raises, with every call:
        MissingPartError: The cluster does not answer.
        RefusedError: Whom the kubeconfig stands for may not do this.
    """

    def __init__(self, kubeconfig: Path, context: str | None) -> None:
        self._where = (kubeconfig, context)

    def kinds(self) -> list[Kind]:
        with connected(*self._where) as dynamic:
            found = dynamic.resources.search(preferred=True)
            return sorted(
                Kind(each.group_version, each.kind)
                for each in found
                # The search itself finds kinds of the whole cluster, whatever it is asked for.
                if each.namespaced
                and each.kind not in _PASSING
                and not each.kind.endswith("List")
                and {"list", "get"} <= set(each.verbs or ())
            )

    def each(self, kind: Kind, namespace: str | None = None) -> list[Object]:
        with connected(*self._where) as dynamic:
            try:
                return list(_pages(dynamic, kind, namespace))
            except (NotFoundError, ResourceNotFoundError):
                return []

    def get(self, kind: Kind, name: str, namespace: str | None = None) -> Object | None:
        with connected(*self._where) as dynamic:
            try:
                resource = dynamic.resources.get(api_version=kind.api_version, kind=kind.name)
                found: Object = dynamic.get(resource, name=name, namespace=namespace).to_dict()
            except (NotFoundError, ResourceNotFoundError):
                return None
            return found

    def create(self, thing: Object) -> None:
        kind = Kind(thing["apiVersion"], thing["kind"])
        name, namespace = thing["metadata"]["name"], thing["metadata"].get("namespace")
        if self.get(kind, name, namespace) is not None:
            return
        with connected(*self._where) as dynamic:
            resource = dynamic.resources.get(api_version=kind.api_version, kind=kind.name)
            dynamic.create(resource, body=thing, namespace=namespace)

    def patch(self, thing: Object, changes: Object) -> None:
        with connected(*self._where) as dynamic:
            try:
                dynamic.patch(**_address(dynamic, thing), body=changes, content_type=_MERGE)
            except NotFoundError:
                return

    def delete(self, thing: Object) -> None:
        with connected(*self._where) as dynamic:
            try:
                dynamic.delete(**_address(dynamic, thing))
            except NotFoundError:
                return


def _address(dynamic: DynamicClient, thing: Object) -> dict[str, Any]:
    resource = dynamic.resources.get(api_version=thing["apiVersion"], kind=thing["kind"])
    meta = thing["metadata"]
    return {"resource": resource, "name": meta["name"], "namespace": meta.get("namespace")}


def _pages(dynamic: DynamicClient, kind: Kind, namespace: str | None) -> Iterator[Object]:
    resource = dynamic.resources.get(api_version=kind.api_version, kind=kind.name)
    more: str | None = None
    while True:
        page = dynamic.get(resource, namespace=namespace, limit=500, _continue=more).to_dict()
        for each in page["items"]:
            yield {**each, "apiVersion": kind.api_version, "kind": kind.name}
        more = page["metadata"].get("continue")
        if not more:
            return
