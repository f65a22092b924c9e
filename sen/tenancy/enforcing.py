"""Waits until the API server holds people to who may decide: it learns of policies later."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kubernetes.dynamic.exceptions import DynamicApiError, ResourceNotFoundError

from sen.errors import MissingPartError
from sen.runs.cluster import connected
from stacks.models.objects import GROUP, VERSION
from stacks.problem import Problem

SECONDS, PAUSE = 90.0, 0.2
POLICY = "sen-approvals"
# Its words while it does not know the kind of a policy's parameters: it looks now and then.
KIND_NOT_SEEN = "failed to find resource referenced by paramKind"
_PROBE: dict[str, Any] = {
    "apiVersion": f"{GROUP}/{VERSION}",
    "kind": "Approval",
    "metadata": {"generateName": "probe-"},
    "spec": {
        "request": "probe",
        "material": "0" * 64,
        "role": "head",
        "decision": "approve",
        "by": "nobody",
        "price_vnd": 0,
    },
}


def wait_until_enforced(
    kubeconfig: Path,
    context: str | None,
    clock: Callable[[], float] = time.monotonic,
    seconds: float = SECONDS,
) -> None:
    """Ask, without anything being written, until a decision in another's name is refused.

    Raises:
        MissingPartError: The cluster does not answer, or does not refuse it in time.
    """
    deadline = clock() + seconds
    with connected(kubeconfig, context) as dynamic:
        while not _enforced(dynamic):
            if clock() > deadline:
                values = {"policy": POLICY, "seconds": int(seconds)}
                raise MissingPartError(Problem("operator-not-enforced", str(context), values))
            time.sleep(PAUSE)


def _enforced(dynamic: Any) -> bool:  # noqa: ANN401 - an untyped client
    try:
        kind = dynamic.resources.get(api_version=_PROBE["apiVersion"], kind=_PROBE["kind"])
        dynamic.create(kind, body=_PROBE, namespace="default", dry_run="All")
    except ResourceNotFoundError:
        return False
    except DynamicApiError as error:
        said = str(error.body)
        return POLICY in said and KIND_NOT_SEEN not in said
    return False
