"""What `sen portal install` puts into a cluster, by the desks that are open there."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from sen.portal.rights import PLATFORM_GROUPS, limits_of, rights, told_at
from sen.runs.cluster import connected, listed
from sen.tenancy.listing import AGENCY, SYSTEM
from stacks.components.access import OIDC_PREFIX, RBAC
from stacks.components.manifest import Manifest
from stacks.models.objects import GROUP, VERSION

DESK = f"{SYSTEM}=desk"
PLATFORM = frozenset(OIDC_PREFIX + each for each in PLATFORM_GROUPS)  # they read all agencies


def everything(kubeconfig: Path, context: str | None) -> tuple[Manifest, ...]:
    """Give the portal's rights and, for each open desk, who reads what beside its requests.

    Raises:
        MissingPartError: The cluster does not answer.
    """
    with connected(kubeconfig, context) as dynamic:
        bound = [each.to_dict() for each in listed(dynamic, f"{RBAC}/v1", "RoleBinding", DESK)]
        known = listed(dynamic, f"{GROUP}/{VERSION}", "Agency", "")
        limited = frozenset(str(each.to_dict()["spec"]["code"]) for each in known)
    return (*rights(), *_readers(bound, limited))


def _readers(bindings: list[dict[str, Any]], limited: Container[str]) -> Iterator[Manifest]:
    """Give the rights of each desk's groups; `limited` are the agencies that have limits."""
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
        yield from told_at(agency, subjects.values(), labels[agency])
        own = [each for name, each in subjects.items() if name not in PLATFORM]
        if agency in limited and own:
            yield from limits_of(agency, own)
