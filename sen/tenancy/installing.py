"""Puts manifests into a cluster by server-side apply, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sen.runs.cluster import connected

OWNER = "sen"


def install(kubeconfig: Path, context: str | None, things: Iterable[Mapping[str, Any]]) -> int:
    """Apply each object and give their number; what is there becomes what is said.

    Raises:
        MissingPartError: The cluster does not answer.
        RefusedError: It refused an object.
    """
    count = 0
    with connected(kubeconfig, context) as dynamic:
        for thing in things:
            resource = dynamic.resources.get(api_version=thing["apiVersion"], kind=thing["kind"])
            meta = thing["metadata"]
            dynamic.server_side_apply(
                resource,
                body=dict(thing),
                name=meta["name"],
                namespace=meta.get("namespace"),
                field_manager=OWNER,
                force_conflicts=True,
            )
            count += 1
    return count
