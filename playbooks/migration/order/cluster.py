"""The selector of a Service, read and changed at the API server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from playbooks.migration.endpoint.service import Patch, Read
from stacks.problem import Problem, ProblemError

Given = TypeVar("Given")


def selector(
    kubeconfig: Path, context: str | None, namespace: str, name: str
) -> tuple[Read, Patch]:
    """Give two functions for one Service; the API server is asked when they are called.

    Raises:
        ProblemError: The kubeconfig cannot be used.
    """
    thing = f"{namespace}/{name}"

    def read() -> Mapping[str, str]:
        found = _asked(
            thing, lambda: _services(kubeconfig, context).read_namespaced_service(name, namespace)
        )
        return dict(found.spec.selector or {})

    def patch(changes: Mapping[str, str]) -> None:
        body = {"spec": {"selector": dict(changes)}}
        _asked(
            thing,
            lambda: _services(kubeconfig, context).patch_namespaced_service(name, namespace, body),
        )

    return read, patch


def _services(kubeconfig: Path, context: str | None) -> Any:  # noqa: ANN401 - an untyped client
    from kubernetes import client, config  # noqa: PLC0415 - half a second, for this kind alone

    return client.CoreV1Api(config.new_client_from_config(str(kubeconfig), context))


def _asked(thing: str, ask: Callable[[], Given]) -> Given:
    from kubernetes.client.exceptions import ApiException  # noqa: PLC0415
    from kubernetes.config import ConfigException  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    try:
        return ask()
    except ApiException as error:
        reason = f"{error.status} {error.reason}"
    except (ConfigException, HTTPError, OSError) as error:
        reason = type(error).__name__
    raise ProblemError(Problem("endpoint-cluster", thing, {"reason": reason}))
