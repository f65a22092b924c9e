"""Asks a real API server about objects, by dry run, in namespaces made for them."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kubernetes import config

from policies.kind import group_and_name, kinds
from policies.subject import namespaced

# The API server speaks of `spec.volumes[0]` itself.
NAMED = re.compile(r"\[([a-z][a-z0-9-]+)\]")
POLICY = re.compile(r"ValidatingAdmissionPolicy '([a-z0-9-]+)'")
PATIENCE_SECONDS = 60
# Workers of one run share a platform: each keeps to objects of its own.
RUN = f"agree-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
MARK = {"sen.gov.vn/test": RUN}
# What other controls of this API server say, before the policies are asked or after.
EARLIER = ("Use of external IPs is denied by admission control",)
LATER = ("failed quota:", "exceeded quota:")


@dataclass(frozen=True)
class Answer:
    """What the API server said.

    Attributes:
        body: The object, as the server would keep it.
    """

    status: int
    message: str
    warnings: str
    body: Mapping[str, Any]

    @property
    def refused(self) -> bool:
        """Say whether one of our policies refused."""
        return self.status in {403, 422} and "ValidatingAdmissionPolicy" in self.message

    @property
    def refused_by(self) -> frozenset[str]:
        """Give the rules that the refusal names."""
        if self.refused and "no params found" in self.message:
            return frozenset({"quota-present"})
        return frozenset(NAMED.findall(self.message)) if self.refused else frozenset()

    @property
    def policy(self) -> str:
        """Give the policy that refused: of several, the API server names one."""
        found = POLICY.search(self.message) if self.refused else None
        return found[1] if found else ""

    @property
    def warned_by(self) -> frozenset[str]:
        return frozenset(NAMED.findall(self.warnings))

    @property
    def refused_earlier(self) -> bool:
        return any(each in self.message for each in EARLIER)

    @property
    def invalid(self) -> bool:
        """Say whether somebody else refused: then the object is no whole one."""
        later = any(each in self.message for each in LATER)
        taken = self.status in {200, 201, 409} or later
        return not taken and not self.refused and not self.refused_earlier


@dataclass
class ApiServer:
    """A thin client: every object it makes is remembered and taken away at the end."""

    kubeconfig: str
    context: str
    made: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        api = config.new_client_from_config(self.kubeconfig, self.context)
        self._pool, self._host = api.rest_client.pool_manager, api.configuration.host
        self._headers = api.default_headers

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        content: str = "application/json",
    ) -> Answer:
        answer = self._pool.request(
            method,
            self._host + path,
            body=None if body is None else json.dumps(body),
            headers={**self._headers, "Content-Type": content},
        )
        text = answer.data or b"{}"
        said = json.loads(text) if text[:1] == b"{" else {"message": text.decode()}
        warnings = " ".join(answer.headers.getlist("Warning"))
        message = str(said.get("message", "")) if answer.status >= 400 else ""
        return Answer(answer.status, message, warnings, said)

    def make(self, thing: Mapping[str, Any], namespace: str = "") -> Answer:
        path = path_of(thing, namespace)
        answer = self.call("POST", path, thing)
        assert answer.status in {201, 409}, answer
        self.made.append(f"{path}/{thing['metadata']['name']}")
        return answer

    def ask(self, thing: Mapping[str, Any], namespace: str) -> Answer:
        """Make an object by dry run; a debugging container joins a pod that is there."""
        path = path_of(thing, namespace)
        if joins(thing):
            path = f"{path}/{thing['metadata']['name']}/ephemeralcontainers"
            return self.call("PUT", f"{path}?dryRun=All", thing)
        return self.call("POST", f"{path}?dryRun=All", thing)

    def served(self) -> frozenset[str]:
        """Give the kinds that this server knows: `v1/Pod`, `apps/v1/Deployment`."""
        groups = self.call("GET", "/apis").body["groups"]
        versions = [each["groupVersion"] for group in groups for each in group["versions"]]
        found: set[str] = set()
        for version, path in (("v1", "/api/v1"), *((each, f"/apis/{each}") for each in versions)):
            resources = self.call("GET", path).body["resources"]
            found |= {f"{version}/{each['kind']}" for each in resources}
        return frozenset(found)

    def clean(self) -> None:
        for path in reversed(self.made):
            self.call("DELETE", path)


def path_of(thing: Mapping[str, Any], namespace: str) -> str:
    """Give the collection that an object is posted to."""
    version, kind = thing["apiVersion"], thing["kind"]
    known = kinds().kinds.get(f"{version}/{kind}")
    plural = known.resources[0] if known else EXTRA[kind]
    base = f"/apis/{version}" if "/" in version else f"/api/{version}"
    home = namespaced(group_and_name(version, kind)) and kind not in CLUSTER_SCOPED
    return f"{base}/namespaces/{namespace}/{plural}" if home else f"{base}/{plural}"


EXTRA = {
    "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
    "RuntimeClass": "runtimeclasses",
}
CLUSTER_SCOPED = {"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "RuntimeClass"}


def joins(thing: Mapping[str, Any]) -> bool:
    """Say whether an object is a pod with a debugging container, which no new pod may have."""
    return thing["kind"] == "Pod" and "ephemeralContainers" in thing.get("spec", {})


def marked(thing: Mapping[str, Any], **changed: object) -> dict[str, Any]:
    """Label an object as this test's own, and change its metadata."""
    metadata = thing["metadata"]
    labels = {**(metadata.get("labels") or {}), **MARK}
    return {**thing, "metadata": {**metadata, "labels": labels, **changed}}


def for_our_objects_only(thing: dict[str, Any]) -> dict[str, Any]:
    """Bind the policies to labelled objects: other tests use the same platform."""
    if thing["kind"].endswith("Binding"):
        selector = {"objectSelector": {"matchLabels": MARK}}
        return {**thing, "spec": {**thing["spec"], "matchResources": selector}}
    return thing


def wait_until_none(wrong: Callable[[], list[str]]) -> None:
    """Wait for the API server's caches; there is no event that says they are warm."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left := wrong():
        assert time.monotonic() < deadline, "\n".join(left)
        time.sleep(0.1)
