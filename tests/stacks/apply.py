"""Send manifests to a real API server by server-side apply, and ask it as somebody."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubernetes import config

Manifest = Mapping[str, Any]
APPLY = "application/apply-patch+yaml"
# Each field strictly known; `sen-tests` so that nobody takes what a test wrote for Pulumi's.
STRICT = "fieldManager=sen-tests&force=true&fieldValidation=Strict"


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def message(self) -> str:
        return str(self.body.get("message", ""))


@dataclass(frozen=True)
class Person:
    """Whoever a kubeconfig stands for."""

    kubeconfig: Path
    context: str

    @functools.cached_property
    def _api(self) -> Any:
        return config.new_client_from_config(str(self.kubeconfig), self.context)

    def ask(
        self, method: str, path: str, body: object = None, content: str = "application/json"
    ) -> Answer:
        answer = self._api.rest_client.pool_manager.request(
            method,
            self._api.configuration.host + path,
            body=None if body is None else json.dumps(body),
            headers={**self._api.default_headers, "Content-Type": content},
        )
        return Answer(answer.status, json.loads(answer.data or b"{}"))

    def apply(self, one: Manifest, *, dry: bool = False) -> Answer:
        query = STRICT + ("&dryRun=All" if dry else "")
        return self.ask("PATCH", f"{self.path(one)}?{query}", one, APPLY)

    def may(self, verb: str, resource: str, namespace: str | None = None, name: str = "") -> bool:
        """Ask the API server itself; a resource is `group/plural[/part]`, the core's is empty."""
        group, plural, *part = resource.split("/")
        attributes = {"verb": verb, "group": group, "resource": plural, "name": name}
        attributes |= {"subresource": part[0]} if part else {}
        attributes |= {"namespace": namespace} if namespace else {}
        kind = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        answer = self.ask("POST", path, {**kind, "spec": {"resourceAttributes": attributes}})
        assert answer.status == 201, answer
        return answer.body["status"]["allowed"]

    def path(self, one: Manifest) -> str:
        version, metadata = one["apiVersion"], one["metadata"]
        base = f"/apis/{version}" if "/" in version else f"/api/{version}"
        plural, namespaced = self._kinds(base)[one["kind"]]
        home = f"/namespaces/{metadata['namespace']}" if namespaced else ""
        return f"{base}{home}/{plural}/{metadata['name']}"

    @functools.cache  # noqa: B019 - a few people a run
    def _kinds(self, base: str) -> dict[str, tuple[str, bool]]:
        found = self.ask("GET", base).body["resources"]
        return {
            each["kind"]: (each["name"], each["namespaced"])
            for each in found
            if "/" not in each["name"]
        }
