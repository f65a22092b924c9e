"""Migration waves as objects on the platform: made by a plan or an order, told by their move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ConflictError, NotFoundError, ResourceNotFoundError

from sen.runs.cluster import connected
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.wave import WaveSpec, WaveStatus
from stacks.problem import Problem, ProblemError

NAMESPACE = "sen-system"
OWNER = "sen-migration"
_MERGE = "application/merge-patch+json"
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
        with connected(self.kubeconfig, self.context) as dynamic:
            found = dynamic.get(self._kind(dynamic), namespace=NAMESPACE).to_dict()
            return sorted(found["items"], key=lambda each: str(each["metadata"]["name"]))

    def get(self, name: str) -> Object | None:
        with connected(self.kubeconfig, self.context) as dynamic:
            try:
                found: Object = dynamic.get(
                    self._kind(dynamic), name=name, namespace=NAMESPACE
                ).to_dict()
            except NotFoundError:
                return None
            return found

    def put(self, name: str, spec: WaveSpec) -> None:
        """Make a wave, or change what it says."""
        meta = {"name": name, "namespace": NAMESPACE}
        said = spec.model_dump(mode="json", exclude_none=True)
        with connected(self.kubeconfig, self.context) as dynamic:
            kind = self._kind(dynamic)
            _home(dynamic)
            dynamic.server_side_apply(
                kind,
                body={**_typed(), "metadata": meta, "spec": said},
                name=name,
                namespace=NAMESPACE,
                field_manager=OWNER,
                force_conflicts=True,
            )

    def tell(self, name: str, status: WaveStatus) -> None:
        """Write how a wave stands."""
        body = {**_typed(), "status": status.model_dump(mode="json", exclude_none=True)}
        with connected(self.kubeconfig, self.context) as dynamic:
            self._kind(dynamic).status.patch(
                body=body, name=name, namespace=NAMESPACE, content_type=_MERGE
            )

    def remove(self, name: str) -> None:
        with connected(self.kubeconfig, self.context) as dynamic:
            dynamic.delete(self._kind(dynamic), name=name, namespace=NAMESPACE)

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
