"""Bindings as rows: who may do what, where, until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sen.access.cluster import CLUSTER_BINDING, ROLE_BINDING, Cluster, Object
from sen.access.person import key
from sen.errors import RefusedError
from sen.tenancy.listing import AGENCY, ENDS
from stacks.models.label import PREFIX
from stacks.problem import Problem, ProblemError

EVERYWHERE = "*"
REVIEWED, REVIEWED_BY = f"{PREFIX}/reviewed", f"{PREFIX}/reviewed-by"
BREAK_GLASS = f"{PREFIX}/break-glass"
BREAK_GLASS_USER, ENDS_AT = f"{PREFIX}/break-glass-user", f"{PREFIX}/ends-at"
_BOOTSTRAP = "kubernetes.io/bootstrapping"
_SYSTEM = ("system:", "kubeadm:")


@dataclass(frozen=True)
class Filter:
    """Whose rights, and where; what is None does not matter."""

    tenant: str | None = None
    user: str | None = None
    group: str | None = None


def rows(cluster: Cluster, wanted: Filter) -> list[dict[str, object]]:
    """Give a row per subject of each binding; Kubernetes' own bindings are left out.

    Raises:
        ProblemError: There is no such tenant.
    """
    if wanted.tenant:
        tenant_of(cluster, wanted.tenant)
    found = (row for each in _bindings(cluster, wanted.tenant) for row in resolved(each))
    return sorted((row for row in found if _matches(row, wanted)), key=_order)


def resolved(binding: Object) -> Iterator[dict[str, object]]:
    """Give a row per subject."""
    meta, role = binding["metadata"], binding["roleRef"]
    for each in binding.get("subjects") or ():
        yield {
            "namespace": meta.get("namespace", EVERYWHERE),
            "binding": meta["name"],
            "role": f"{role['kind']}/{role['name']}",
            "kind": each["kind"],
            "subject": _named(each),
            "for": marks(binding).get(BREAK_GLASS_USER),
            "ends": ends(binding),
        }


def marks(binding: Object) -> dict[str, str]:
    """Give labels and annotations in one."""
    meta = binding["metadata"]
    return {**(meta.get("labels") or {}), **(meta.get("annotations") or {})}


def ends(binding: Object) -> str | None:
    """Give the end, to the minute where there is one."""
    found = marks(binding)
    return found.get(ENDS_AT) or found.get(ENDS)


def is_system(binding: Object) -> bool:
    """Say whether Kubernetes itself made it, and would make it again."""
    meta = binding["metadata"]
    return meta["name"].startswith(_SYSTEM) or _BOOTSTRAP in (meta.get("labels") or {})


def tenant_of(cluster: Cluster, namespace: str) -> Object:
    """Give a tenant's namespace.

    Raises:
        ProblemError: There is no such tenant.
    """
    found = cluster.namespace(namespace)
    if found is None or AGENCY not in (found["metadata"].get("labels") or {}):
        raise ProblemError(Problem("tenant-unknown", namespace))
    return found


def ours(cluster: Cluster, namespace: str, name: str) -> Object:
    """Give a binding of a tenant.

    Raises:
        ProblemError: There is no such tenant, or no such binding in it.
        RefusedError: It is Kubernetes' own.
    """
    tenant_of(cluster, namespace)
    found = cluster.get(ROLE_BINDING, name, namespace)
    if found is None:
        raise ProblemError(Problem("access-no-binding", f"{namespace}/{name}"))
    if is_system(found):
        raise RefusedError(Problem("access-not-ours", f"{namespace}/{name}"))
    return found


def people(binding: Object) -> list[str]:
    """Give the subjects in words: `Group oidc:h26-heads`."""
    return [f"{row['kind']} {row['subject']}" for row in resolved(binding)]


def _bindings(cluster: Cluster, tenant: str | None) -> Iterable[Object]:
    for kind, namespace in ((ROLE_BINDING, tenant), (CLUSTER_BINDING, None)):
        yield from (each for each in cluster.each(kind, namespace) if not is_system(each))


def _named(subject: dict[str, Any]) -> str:
    home = subject.get("namespace")
    return f"{home}/{subject['name']}" if home else str(subject["name"])


def _matches(row: dict[str, object], wanted: Filter) -> bool:
    if wanted.user is not None:
        direct = row["kind"] == "User" and key(str(row["subject"])) == key(wanted.user)
        return direct or key(str(row["for"] or "")) == key(wanted.user)
    if wanted.group is not None:
        return row["kind"] == "Group" and key(str(row["subject"])) == key(wanted.group)
    return True


def _order(row: dict[str, object]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("namespace", "binding", "kind", "subject"))
