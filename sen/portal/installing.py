"""What `sen portal install` puts into a cluster, by the desks that are open there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sen.portal.rights import readers_of, rights
from sen.runs.cluster import connected, listed
from sen.tenancy.listing import AGENCY, SYSTEM
from stacks.components.access import RBAC
from stacks.components.manifest import Manifest

DESK = f"{SYSTEM}=desk"


def everything(kubeconfig: Path, context: str | None) -> tuple[Manifest, ...]:
    """Give the portal's rights and, for each open desk, who reads its agency's limits.

    Raises:
        MissingPartError: The cluster does not answer.
    """
    with connected(kubeconfig, context) as dynamic:
        bound = [each.to_dict() for each in listed(dynamic, f"{RBAC}/v1", "RoleBinding", DESK)]
    return (*rights(), *_readers(bound))


def _readers(bindings: list[dict[str, Any]]) -> Iterator[Manifest]:
    people: dict[str, dict[str, dict[str, str]]] = {}
    labels: dict[str, dict[str, str]] = {}
    for each in bindings:
        agency = each["metadata"]["labels"][AGENCY]
        labels[agency] = dict(each["metadata"]["labels"])
        # Who is named alone stands in for somebody for some days: that right ends by itself.
        groups = (one for one in each.get("subjects") or () if one["kind"] == "Group")
        for subject in groups:
            people.setdefault(agency, {})[subject["name"]] = subject
    for agency, subjects in sorted(people.items()):
        yield from readers_of(agency, subjects.values(), labels[agency])
