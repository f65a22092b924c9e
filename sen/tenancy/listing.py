"""The tenants of a cluster, read from its namespaces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kubernetes.dynamic.exceptions import NotFoundError

from sen.runs.cluster import KINDS, connected, listed
from stacks.models.label import PREFIX
from stacks.problem import Problem, ProblemError

AGENCY, SYSTEM, LEVEL, STAGE, ENDS = (
    f"{PREFIX}/{word}" for word in ("agency", "system", "level", "stage", "ends")
)
PRICE = f"{PREFIX}/price-vnd-month"
# What a rehearsal of a move makes like a tenant, and throws away, is none.
REHEARSAL = f"{PREFIX}/rehearsal"


def tenants(kubeconfig: Path, context: str, agency: str | None = None) -> list[dict[str, object]]:
    """Give a row per tenant; with `agency`, of that agency and those under it.

    Raises:
        MissingPartError: The cluster does not answer.
    """
    with connected(kubeconfig, context) as dynamic:
        rows = [_row(each) for each in listed(dynamic, "v1", "Namespace", f"{AGENCY},!{REHEARSAL}")]
    if agency:
        rows = [row for row in rows if under(str(row["agency"]), agency)]
    return sorted(rows, key=lambda row: (str(row["agency"]), str(row["namespace"])))


def under(code: str, agency: str) -> bool:
    """Say whether a code is the agency's own or lies under it: H26 has H26.00070."""
    return code == agency or code.startswith(f"{agency}.")


def tenant(kubeconfig: Path, context: str, name: str) -> dict[str, object]:
    """Give one tenant with all its objects, kind by kind.

    Raises:
        ProblemError: There is no such tenant.
    """
    with connected(kubeconfig, context) as dynamic:
        namespaces = dynamic.resources.get(api_version="v1", kind="Namespace")
        try:
            found = dynamic.get(namespaces, name=name)
        except NotFoundError:
            found = None
        if found is None or AGENCY not in dict(found.metadata.labels or {}):
            raise ProblemError(Problem("tenant-unknown", name))
        return {**_row(found), **_details(found), "objects": _objects(dynamic, name)}


def _row(namespace: Any) -> dict[str, object]:  # noqa: ANN401 - the client has no types
    labels, annotations = namespace.metadata.labels, namespace.metadata.annotations or {}
    return {
        "agency": labels.get(AGENCY),
        "system": labels.get(SYSTEM),
        "level": _whole(labels.get(LEVEL)),
        "stage": labels.get(STAGE),
        "namespace": namespace.metadata.name,
        "price_vnd_month": _whole(annotations.get(PRICE)),
        "ends": labels.get(ENDS),
    }


def _whole(text: str | None) -> int | None:
    """Give a number; a word that somebody wrote there by hand is none."""
    return int(text) if text and text.isdecimal() else None


def _details(namespace: Any) -> dict[str, object]:  # noqa: ANN401
    annotations = dict(namespace.metadata.annotations or {})
    return {
        key.removeprefix(f"{PREFIX}/").replace("-", "_"): value
        for key, value in sorted(annotations.items())
        if key.startswith(f"{PREFIX}/") and key != PRICE
    }


def _objects(dynamic: Any, name: str) -> list[str]:  # noqa: ANN401
    return [
        f"{kind}/{each.metadata.name}"
        for api_version, kind in KINDS
        if dynamic.resources.get(api_version=api_version, kind=kind).namespaced
        for each in dynamic.get(
            dynamic.resources.get(api_version=api_version, kind=kind), namespace=name
        ).items
    ]
