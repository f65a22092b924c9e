"""Inspections: a group reads one tenant, or one agency with those under it, until a day.

Reading only, and never Secrets; recorded, and closed by itself. What an agency adds while it is
inspected is opened to the inspectors by the next sweep.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sen.access.binding import ENDS_AT, marks, tenant_of
from sen.access.certificate import MINUTE
from sen.access.cluster import RBAC, ROLE_BINDING, Cluster, Object
from sen.access.judging import hold_to_rules
from sen.access.person import group
from sen.access.recording import recorded
from sen.evidence.chain import Chain
from sen.evidence.record import Act
from sen.tenancy.listing import AGENCY, ENDS, under
from stacks.models.label import PREFIX
from stacks.problem import Problem, ProblemError

MARK = f"{PREFIX}/inspection"
DOCUMENT = f"{PREFIX}/document"
TENANT_SCOPE, AGENCY_SCOPE = f"{PREFIX}/inspects-tenant", f"{PREFIX}/inspects-agency"
ROLE, DESK_ROLE = "sen-inspector", "sen-desk-inspector"
DESK = "-desk-production"
MOST_DAYS = 180

Row = dict[str, object]


@dataclass(frozen=True)
class Inspection:
    """Which group reads what, on which document, until when: a tenant, or an agency."""

    group: str
    document: str
    ends: dt.date
    tenant: str | None = None
    agency: str | None = None

    def __post_init__(self) -> None:
        group(self.group)
        if (self.tenant is None) == (self.agency is None):
            raise ProblemError(Problem("access-inspection-scope", self.group))
        if not self.document.strip():
            raise ProblemError(Problem("access-no-document", self.group))


def open_for(cluster: Cluster, chain: Chain, asked: Inspection, now: dt.datetime) -> list[Row]:
    """Open everything in scope to the group; recorded first. Give what was opened.

    Raises:
        ProblemError: It is too long, or there is nothing in scope.
        RefusedError: A rule of ours, or the API server, refuses it.
    """
    days = (asked.ends - now.astimezone().date()).days + 1
    if not 1 <= days <= MOST_DAYS:
        values = {"days": days, "most": MOST_DAYS}
        raise ProblemError(Problem("access-inspection-days", asked.group, values))
    homes = list(_homes(cluster, asked))
    if not homes:
        raise ProblemError(Problem("access-nothing-there", str(asked.agency)))
    name = f"inspection-{secrets.token_hex(4)}"
    things = [each for home in homes for each in bindings(name, asked, home)]
    by_name = {home["metadata"]["name"]: home for home in homes}
    for each in things:
        hold_to_rules(each, by_name[each["metadata"]["namespace"]])
    data = {**_said(asked), "bindings": len(things)}
    with recorded(chain, Act("access.inspection.open", cluster.myself(), name, data)):
        return [_row(cluster.create(each)) for each in things]


def bindings(name: str, asked: Inspection, home: Object) -> Iterator[Object]:
    """Give the bindings in one namespace: its workloads, and what lies on a desk."""
    namespace = home["metadata"]["name"]
    roles = [ROLE, *([DESK_ROLE] if namespace.endswith(DESK) else [])]
    until = dt.datetime.combine(asked.ends, dt.time(23, 59)).astimezone().astimezone(dt.UTC)
    scope = {TENANT_SCOPE: asked.tenant} if asked.tenant else {AGENCY_SCOPE: asked.agency}
    for role in roles:
        yield {
            "apiVersion": f"{RBAC}/v1",
            "kind": ROLE_BINDING,
            "metadata": {
                "name": name if role == ROLE else f"{name}-desk",
                "namespace": namespace,
                "labels": {
                    MARK: name,
                    ENDS: asked.ends.isoformat(),
                    "app.kubernetes.io/managed-by": "sen",
                },
                "annotations": {
                    ENDS_AT: until.strftime(MINUTE),
                    DOCUMENT: asked.document,
                    **scope,
                },
            },
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": RBAC, "kind": "Group", "name": group(asked.group)}],
        }


def rows(cluster: Cluster) -> list[Row]:
    """Give a row per inspection that is open."""
    return [
        {
            **_row(first),
            "namespace": marks(first).get(AGENCY_SCOPE, first["metadata"]["namespace"]),
            "bindings": len(found),
        }
        for found in _open(cluster).values()
        for first in found[:1]
    ]


def close(cluster: Cluster, chain: Chain, name: str) -> list[Row]:
    """Close an inspection before its end; give what was closed.

    Raises:
        ProblemError: There is no such inspection.
    """
    found = _open(cluster).get(name)
    if not found:
        raise ProblemError(Problem("access-no-inspection", name))
    return _closed(cluster, chain, name, found, "access.inspection.close")


def sweep(cluster: Cluster, chain: Chain, now: dt.datetime) -> list[Row]:
    """Close what is past its end, and open what an inspected agency has added since."""
    done: list[Row] = []
    for name, found in _open(cluster).items():
        if any(_is_over(each, now) for each in found):
            done += _closed(cluster, chain, name, found, "access.inspection.sweep")
        else:
            done += _followed(cluster, chain, name, found)
    return done


def _followed(cluster: Cluster, chain: Chain, name: str, found: list[Object]) -> list[Row]:
    asked = _asked(found[0])
    if asked.agency is None:
        return []
    there = {(each["metadata"]["namespace"], each["metadata"]["name"]) for each in found}
    missing = [
        each
        for home in _homes(cluster, asked)
        for each in bindings(name, asked, home)
        if (each["metadata"]["namespace"], each["metadata"]["name"]) not in there
    ]
    if not missing:
        return []
    data = {**_said(asked), "bindings": len(missing)}
    with recorded(chain, Act("access.inspection.follow", cluster.myself(), name, data)):
        return [_row(cluster.create(each)) for each in missing]


def _homes(cluster: Cluster, asked: Inspection) -> Iterator[Object]:
    if asked.tenant is not None:
        yield tenant_of(cluster, asked.tenant)
        return
    for each in cluster.namespaces(AGENCY):
        gone = (each.get("metadata") or {}).get("deletionTimestamp")
        if not gone and under(each["metadata"]["labels"][AGENCY], str(asked.agency)):
            yield each


def _open(cluster: Cluster) -> dict[str, list[Object]]:
    found: dict[str, list[Object]] = defaultdict(list)
    for each in cluster.each(ROLE_BINDING, label=MARK):
        found[each["metadata"]["labels"][MARK]].append(each)
    return dict(sorted(found.items()))


def _closed(cluster: Cluster, chain: Chain, name: str, found: list[Object], act: str) -> list[Row]:
    closed = [_row(each) for each in found]
    data = {**closed[0], "bindings": len(found)}
    with recorded(chain, Act(act, cluster.myself(), name, data)):
        for each in found:
            cluster.delete({**each, "kind": ROLE_BINDING}, as_read=False)
    return closed


def _is_over(binding: Object, now: dt.datetime) -> bool:
    """Say whether its day has passed; an end that nobody can read is past."""
    try:
        return dt.date.fromisoformat(marks(binding).get(ENDS, "")) < now.astimezone().date()
    except ValueError:
        return True


def _asked(binding: Object) -> Inspection:
    """Read an inspection back off one of its bindings."""
    found = marks(binding)
    return Inspection(
        group=binding["subjects"][0]["name"],
        document=found.get(DOCUMENT, "-"),
        ends=dt.date.fromisoformat(found[ENDS]),
        tenant=found.get(TENANT_SCOPE),
        agency=found.get(AGENCY_SCOPE),
    )


def _said(asked: Inspection) -> dict[str, object]:
    return {**vars(asked), "ends": asked.ends.isoformat()}


def _row(binding: Object) -> Row:
    meta = binding["metadata"]
    return {
        "inspection": meta["labels"][MARK],
        "namespace": meta["namespace"],
        "role": binding["roleRef"]["name"],
        "group": binding["subjects"][0]["name"],
        "ends": meta["labels"].get(ENDS),
        "document": marks(binding).get(DOCUMENT),
    }
