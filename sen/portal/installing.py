"""What `sen portal install` puts into a cluster, by the desks that are open there."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ResourceNotFoundError

from sen.portal.rights import PLATFORM_GROUPS, limits_of, rights, told_at, waves_of
from sen.runs.cluster import connected, listed
from sen.tenancy.listing import AGENCY, SYSTEM
from stacks.components.access import OIDC_PREFIX, RBAC
from stacks.components.manifest import Manifest
from stacks.models.objects import GROUP, VERSION

Thing = dict[str, Any]
DESK = f"{SYSTEM}=desk"
PLATFORM = frozenset(OIDC_PREFIX + each for each in PLATFORM_GROUPS)  # they read all agencies


def everything(kubeconfig: Path, context: str | None) -> tuple[Manifest, ...]:
    """Give the portal's rights and, for each open desk, who reads what beside its requests.

    Raises:
        MissingPartError: The cluster does not answer.
    """
    with connected(kubeconfig, context) as dynamic:
        bound = [each.to_dict() for each in listed(dynamic, f"{RBAC}/v1", "RoleBinding", DESK)]
        limited = frozenset(each["spec"]["code"] for each in _every(dynamic, "Agency"))
        moving = _moving(_every(dynamic, "MigrationWave"), _every(dynamic, "Tenant"))
    return (*rights(), *_readers(bound, limited, moving))


def _every(dynamic: DynamicClient, kind: str) -> list[dict[str, Any]]:
    """Give all objects of a kind of ours; none where the kind is not installed yet."""
    try:
        return [each.to_dict() for each in listed(dynamic, f"{GROUP}/{VERSION}", kind, "")]
    except ResourceNotFoundError:
        return []


def _moving(waves: Iterable[Thing], tenants: Iterable[Thing]) -> dict[str, set[str]]:
    """Give the waves in which something of an agency moves, by the agency."""
    owners = {
        each["metadata"]["name"]: each["spec"]["agency"]
        for each in tenants
        if not each["spec"].get("handed")
    }
    found: dict[str, set[str]] = {}
    for wave in waves:
        for system in wave["spec"]["systems"]:
            agency = owners.get(system.get("tenant"))
            if agency:
                found.setdefault(agency, set()).add(wave["metadata"]["name"])
    return found


def _readers(
    bindings: list[Thing], limited: Container[str], moving: Mapping[str, Iterable[str]]
) -> Iterator[Manifest]:
    """Give the rights of each desk's groups, by who has limits, and who moves in which waves."""
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
        if agency in moving and own:
            yield from waves_of(agency, moving[agency], own)
