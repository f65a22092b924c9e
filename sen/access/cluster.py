"""Bindings and certificate requests at the API server, as plain objects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from sen.errors import MissingPartError, RefusedError
from stacks.models.objects import GROUP, VERSION
from stacks.problem import Problem

Object = dict[str, Any]
Answer = TypeVar("Answer")

RBAC, CERTIFICATES = "rbac.authorization.k8s.io", "certificates.k8s.io"
ROLE, ROLE_BINDING, CLUSTER_BINDING = "Role", "RoleBinding", "ClusterRoleBinding"
REQUEST = "CertificateSigningRequest"
DELEGATION, WAIVER = "Delegation", "Waiver"
# Kind to its group, its version and its name in addresses.
_WHERE = {
    ROLE: (RBAC, "v1", "roles"),
    ROLE_BINDING: (RBAC, "v1", "rolebindings"),
    CLUSTER_BINDING: (RBAC, "v1", "clusterrolebindings"),
    REQUEST: (CERTIFICATES, "v1", "certificatesigningrequests"),
    DELEGATION: (GROUP, VERSION, "delegations"),
    WAIVER: (GROUP, VERSION, "waivers"),
}
_PAGE = 500
_GONE = 404
_REFUSED = frozenset({400, 401, 403, 404, 409, 422})


class Cluster:
    """Whoever a kubeconfig stands for, at the API server; what they may do is RBAC's business."""

    def __init__(self, kubeconfig: Path, context: str | None) -> None:
        self._name = context or str(kubeconfig)
        try:
            self._api = config.new_client_from_config(str(kubeconfig), context)
        except (config.ConfigException, OSError) as error:
            raise self._unreachable(type(error).__name__) from error
        self._objects = client.CustomObjectsApi(self._api)

    def myself(self) -> str:
        """Give one's user name, as the API server knows it."""
        ask = client.AuthenticationV1Api(self._api).create_self_subject_review
        found = self._asked(lambda: ask(client.V1SelfSubjectReview()))
        return str(found.status.user_info.username)

    def each(self, kind: str, namespace: str | None = None, label: str = "") -> Iterator[Object]:
        """Give the objects of a kind page by page; of a kind that is not installed, none."""
        group, version, _ = _WHERE[kind]
        more = ""
        while True:
            words = {"label_selector": label, "limit": _PAGE, "_continue": more}
            page = self._there(partial(self._list, kind, namespace, words))
            if page is None:
                return
            for each in page["items"]:
                yield {"apiVersion": f"{group}/{version}", "kind": kind, **each}
            more = page["metadata"].get("continue", "")
            if not more:
                return

    def namespaces(self, label: str) -> Iterator[Object]:
        """Give the namespaces under a label, page by page."""
        ask, more = client.CoreV1Api(self._api).list_namespace, ""
        while True:
            words = {"label_selector": label, "limit": _PAGE, "_continue": more}
            page = self._asked(partial(ask, **words))
            yield from map(self._plain_namespace, page.items)
            more = page.metadata._continue  # noqa: SLF001 - the client's own name for it
            if not more:
                return

    def namespace(self, name: str) -> Object | None:
        ask = client.CoreV1Api(self._api).read_namespace
        found = self._there(lambda: ask(name))
        return None if found is None else self._plain_namespace(found)

    def get(self, kind: str, name: str, namespace: str | None = None) -> Object | None:
        """Give one object, None where it is not there."""
        group, version, plural = _WHERE[kind]
        if namespace is None:
            get = self._objects.get_cluster_custom_object
            return self._there(lambda: get(group, version, plural, name))
        inside = self._objects.get_namespaced_custom_object
        return self._there(lambda: inside(group, version, namespace, plural, name))

    def create(self, thing: Object) -> Object:
        group, version, plural = _WHERE[thing["kind"]]
        namespace = thing["metadata"].get("namespace")
        if namespace is None:
            create = self._objects.create_cluster_custom_object
            return self._asked(lambda: create(group, version, plural, thing))
        inside = self._objects.create_namespaced_custom_object
        return self._asked(lambda: inside(group, version, namespace, plural, thing))

    def replace(self, thing: Object) -> Object:
        """Put an object in its own place; refused if somebody changed it since it was read."""
        group, version, plural = _WHERE[thing["kind"]]
        namespace, name = _address(thing)
        if namespace is None:
            replace = self._objects.replace_cluster_custom_object
            return self._asked(lambda: replace(group, version, plural, name, thing))
        inside = self._objects.replace_namespaced_custom_object
        return self._asked(lambda: inside(group, version, namespace, plural, name, thing))

    def delete(self, thing: Object, *, as_read: bool = True) -> bool:
        """Delete an object, if need be only as it was read; say whether it was still there."""
        group, version, plural = _WHERE[thing["kind"]]
        namespace, name = _address(thing)
        meta = thing["metadata"]
        read = meta["resourceVersion"] if as_read else None
        same = client.V1Preconditions(uid=meta["uid"], resource_version=read)
        body = client.V1DeleteOptions(preconditions=same)
        if namespace is None:
            delete = self._objects.delete_cluster_custom_object
            return self._there(lambda: delete(group, version, plural, name, body=body)) is not None
        inside = self._objects.delete_namespaced_custom_object
        gone = self._there(lambda: inside(group, version, namespace, plural, name, body=body))
        return gone is not None

    def approve(self, request: Object) -> None:
        """Write conditions into a certificate request, which takes the right to approve."""
        ask = client.CertificatesV1Api(self._api).replace_certificate_signing_request_approval
        self._asked(lambda: ask(request["metadata"]["name"], request))

    def _list(self, kind: str, namespace: str | None, words: Object) -> Object:
        found: Object
        group, version, plural = _WHERE[kind]
        if namespace is None:
            found = self._objects.list_cluster_custom_object(group, version, plural, **words)
        else:
            inside = self._objects.list_namespaced_custom_object
            found = inside(group, version, namespace, plural, **words)
        return found

    def _plain_namespace(self, found: object) -> Object:
        plain: Object = self._api.sanitize_for_serialization(found)
        return {**plain, "apiVersion": "v1", "kind": "Namespace"}

    def _there(self, ask: Callable[[], Answer]) -> Answer | None:
        try:
            return self._asked(ask)
        except RefusedError as error:
            if isinstance(error.__cause__, ApiException) and error.__cause__.status == _GONE:
                return None
            raise

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        try:
            return ask()
        except ApiException as error:
            if error.status not in _REFUSED:
                raise self._unreachable(str(error.status)) from error
            why = {"why": _words(error)}
            raise RefusedError(Problem("cluster-refused", self._name, why)) from error
        except (OSError, HTTPError) as error:
            raise self._unreachable(type(error).__name__) from error

    def _unreachable(self, why: str) -> MissingPartError:
        return MissingPartError(Problem("cluster-unreachable", self._name, {"why": why}))


def _address(thing: Object) -> tuple[str | None, str]:
    meta = thing["metadata"]
    return meta.get("namespace"), meta["name"]


def _words(error: ApiException) -> str:
    try:
        return str(json.loads(error.body)["message"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)
