"""Asks a real API server about samples, by dry run, in namespaces made for them."""

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
from policies.sample import Sample
from policies.subject import namespaced

NAMED = re.compile(r"\[([a-z0-9-]+)\]")
PATIENCE_SECONDS = 30
# Workers of one run share a platform: each keeps to objects of its own.
RUN = f"agree-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
MARK = {"sen.gov.vn/test": RUN}


@dataclass(frozen=True)
class Answer:
    status: int
    message: str
    warnings: str

    @property
    def refused_by(self) -> frozenset[str]:
        """Give the rules that the refusal names."""
        ours = self.status in {403, 422} and "ValidatingAdmissionPolicy" in self.message
        if ours and "no params found" in self.message:
            return frozenset({"quota-present"})
        return frozenset(NAMED.findall(self.message)) if ours else frozenset()

    @property
    def warned_by(self) -> frozenset[str]:
        return frozenset(NAMED.findall(self.warnings))

    @property
    def broken(self) -> frozenset[str]:
        return self.refused_by | self.warned_by

    @property
    def other_refusal(self) -> bool:
        """Say whether somebody else refused: then the sample is no whole object."""
        return self.status not in {200, 201, 409} and not self.refused_by


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

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        answer = self._pool.request(
            method,
            self._host + path,
            body=None if body is None else json.dumps(body),
            headers={**self._headers, "Content-Type": "application/json"},
        )
        content = json.loads(answer.data or b"{}")
        warnings = " ".join(answer.headers.getlist("Warning"))
        return Answer(answer.status, str(content.get("message", "")), warnings)

    def make(self, thing: Mapping[str, Any], namespace: str = "") -> None:
        path = path_of(thing, namespace)
        answer = self.call("POST", path, thing)
        assert answer.status in {201, 409}, answer
        self.made.append(f"{path}/{thing['metadata']['name']}")

    def ask(self, sample: Sample, namespace: str) -> Answer:
        """Make the sample's object by dry run; a debugging container joins a pod that is there."""
        thing = marked(sample.thing)
        if "ephemeralContainers" in sample.thing.get("spec", {}):
            path = f"{path_of(sample.thing, namespace)}/{host_pod(sample)}/ephemeralcontainers"
            thing["metadata"]["name"] = host_pod(sample)
            return self.call("PUT", f"{path}?dryRun=All", thing)
        return self.call("POST", f"{path_of(sample.thing, namespace)}?dryRun=All", thing)

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
    "ResourceQuota": "resourcequotas",
    "LimitRange": "limitranges",
    "ServiceAccount": "serviceaccounts",
    "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
}
CLUSTER_SCOPED = {"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}


def marked(thing: Mapping[str, Any]) -> dict[str, Any]:
    """Label an object as this test's own; nothing else about it changes."""
    metadata = thing["metadata"]
    labels = {**metadata.get("labels", {}), **MARK}
    return {**thing, "metadata": {**metadata, "labels": labels}}


def host_pod(sample: Sample) -> str:
    return f"host-of-{sample.rule}"


def wait_until_none(wrong: Callable[[], list[str]]) -> None:
    """Wait for the API server's caches; there is no event that says they are warm."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left := wrong():
        assert time.monotonic() < deadline, "\n".join(left)
        time.sleep(0.05)
