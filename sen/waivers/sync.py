"""Sends the waivers that hold today to a cluster's admission."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from policies.gates.admission_waiver import record
from policies.waiver import Register
from sen.runs.cluster import connected

MANAGER = "sen-waivers"


def sync(register: Register, day: date, kubeconfig: Path, context: str | None) -> int:
    """Write the record by server-side apply, and give how many waivers are in it.

    Raises:
        MissingPartError: The cluster does not answer.
        RefusedError: Whom the kubeconfig stands for may not write it.
    """
    active = register.active(day)
    body = record(active, day=day)
    with connected(kubeconfig, context) as dynamic:
        resource = dynamic.resources.get(api_version="v1", kind="Namespace")
        dynamic.server_side_apply(
            resource,
            body=body,
            name=body["metadata"]["name"],
            field_manager=MANAGER,
            force_conflicts=True,
        )
    return len(active)
