"""Migration waves as objects on the platform: made by a plan or an order, told by their move."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ConflictError, NotFoundError, ResourceNotFoundError

from sen.runs.cluster import connected
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.wave import WaveRun, WaveSpec, WaveStatus
from stacks.problem import Problem, ProblemError

NAMESPACE = "sen-system"
OWNER = "sen-migration"
_MERGE = "application/merge-patch+json"
PATIENCE_SECONDS = 10
Object = dict[str, Any]


@dataclass(frozen=True)
class Waves:
    """The waves of a platform.

    Every call raises:
        MissingPartError: The API server does not answer.
        ProblemError: It does not know the kind yet.
    """

    kubeconfig: Path
    context: str | None

    def all(self) -> list[Object]:
        return self.dated()[0]

    def dated(self) -> tuple[list[Object], dt.datetime]:
        """Give all waves, and the time by the clock of the API server."""
        with connected(self.kubeconfig, self.context) as dynamic:
            found, now = self._read(dynamic)
            return sorted(found["items"], key=lambda each: str(each["metadata"]["name"])), now

    def get(self, name: str) -> Object | None:
        found = self.read(name)
        return found[0] if found else None

    def read(self, name: str) -> tuple[Object, dt.datetime] | None:
        """Give a wave, if it is there, and the time by the clock of the API server."""
        with connected(self.kubeconfig, self.context) as dynamic:
            try:
                return self._read(dynamic, name=name)
            except NotFoundError:
                return None

    def put(self, name: str, spec: WaveSpec, version: str | None = None) -> bool:
        """Make a wave, or change what it says; False where it is not of that version any more."""
        meta = {"name": name, "namespace": NAMESPACE}
        if version is not None:
            meta["resourceVersion"] = version
        said = spec.model_dump(mode="json", exclude_none=True)
        with connected(self.kubeconfig, self.context) as dynamic:
            kind = self._kind(dynamic)
            _home(dynamic)
            try:
                dynamic.server_side_apply(
                    kind,
                    body={**_typed(), "metadata": meta, "spec": said},
                    name=name,
                    namespace=NAMESPACE,
                    field_manager=OWNER,
                    force_conflicts=True,
                )
            except ConflictError:
                return False
            return True

    def tell(self, name: str, status: WaveStatus) -> None:
        """Write how a wave stands."""
        body = {**_typed(), "status": status.model_dump(mode="json", exclude_none=True)}
        with connected(self.kubeconfig, self.context) as dynamic:
            self._kind(dynamic).status.patch(
                body=body, name=name, namespace=NAMESPACE, content_type=_MERGE
            )

    def run(self, name: str, version: str, run: WaveRun | None) -> bool:
        """Write who runs a wave; say whether it still was of that version, else nothing is done."""
        said = run.model_dump(mode="json") if run else None
        body = {**_typed(), "metadata": {"resourceVersion": version}, "status": {"run": said}}
        with connected(self.kubeconfig, self.context) as dynamic:
            try:
                self._kind(dynamic).status.patch(
                    body=body,
                    name=name,
                    namespace=NAMESPACE,
                    content_type=_MERGE,
                    _request_timeout=PATIENCE_SECONDS,
                )
            except ConflictError:
                return False
            return True

    def remove(self, name: str, version: str | None = None) -> bool:
        """Take a wave away; False where it is not of that version any more."""
        only = {"preconditions": {"resourceVersion": version}} if version else None
        with connected(self.kubeconfig, self.context) as dynamic:
            try:
                dynamic.delete(self._kind(dynamic), name=name, namespace=NAMESPACE, body=only)
            except (ConflictError, NotFoundError):
                return False
            return True

    def _read(self, dynamic: DynamicClient, **which: str) -> tuple[Object, dt.datetime]:
        """Give what the API server says, and when it says so."""
        answer = dynamic.get(
            self._kind(dynamic),
            namespace=NAMESPACE,
            serialize=False,
            _request_timeout=PATIENCE_SECONDS,
            **which,
        )
        found: Object = json.loads(answer.data)
        return found, parsedate_to_datetime(answer.headers["Date"])

    def _kind(self, dynamic: DynamicClient) -> Any:  # noqa: ANN401 - the client has no types
        try:
            return dynamic.resources.get(api_version=f"{GROUP}/{VERSION}", kind="MigrationWave")
        except ResourceNotFoundError:
            where = self.context or str(self.kubeconfig)
            raise ProblemError(Problem("wave-no-kind", where)) from None


def _typed() -> Mapping[str, str]:
    return {"apiVersion": f"{GROUP}/{VERSION}", "kind": "MigrationWave"}


def _home(dynamic: DynamicClient) -> None:
    """Make the platform's own namespace, where it is not there yet."""
    kind = dynamic.resources.get(api_version="v1", kind="Namespace")
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    try:
        dynamic.create(kind, body=body)
    except ConflictError:
        return
