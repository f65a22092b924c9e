"""Delegations: somebody decides in another's place for some days, by a right that RBAC holds.

The object is made by who holds the role, in their own name; that they hold it is held at admission.
While its days last the platform binds one right in that desk: to decide in this person's place. So
portal, command line and kubectl are held to the same, and nobody can pass it on (TCVN14423/AC-15).
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sen.access.binding import ENDS_AT
from sen.access.certificate import MINUTE
from sen.access.cluster import DELEGATION, RBAC, ROLE, ROLE_BINDING, Cluster, Object
from sen.access.person import key, person
from sen.access.recording import recorded
from sen.evidence.chain import Chain
from sen.evidence.record import Act
from sen.tenancy.listing import ENDS
from stacks.models.label import PREFIX
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.approval import Role
from stacks.models.objects.delegation import MOST_DAYS
from stacks.problem import Problem, ProblemError

MARK = f"{PREFIX}/delegation"
_READ = ["get", "list", "watch"]
_NAME = "sen-delegation-"


@dataclass(frozen=True)
class Wish:
    """Who is to decide in one's place, in which role, from when to when, on which document."""

    role: Role
    to: str
    starts: dt.date
    ends: dt.date
    document: str

    def __post_init__(self) -> None:
        person(self.to)
        days = (self.ends - self.starts).days + 1
        if not 1 <= days <= MOST_DAYS:
            values = {"days": days, "most": MOST_DAYS}
            raise ProblemError(Problem("access-delegation-days", self.to, values))


def give(cluster: Cluster, chain: Chain, namespace: str, wish: Wish) -> Object:
    """Delegate in one's own name; recorded first. The right follows when `settle` is called.

    Raises:
        RefusedError: Whoever asks does not hold the role.
    """
    me = cluster.myself()
    if key(wish.to) == key(me):
        raise ProblemError(Problem("access-delegation-self", wish.to))
    spec = {
        "role": str(wish.role),
        "by": me,
        "to": wish.to,
        "starts": wish.starts.isoformat(),
        "ends": wish.ends.isoformat(),
        "document": wish.document,
    }
    name = f"{wish.role}-{secrets.token_hex(4)}"
    thing = {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": DELEGATION,
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }
    with recorded(chain, Act("access.delegate", me, f"{namespace}/{name}", spec)):
        return {"kind": DELEGATION, **cluster.create(thing)}


def end(cluster: Cluster, chain: Chain, namespace: str, name: str, day: dt.date) -> Object:
    """End a delegation before its last day; recorded first.

    Raises:
        ProblemError: There is no such delegation.
    """
    found = cluster.get(DELEGATION, name, namespace)
    if found is None:
        raise ProblemError(Problem("access-no-delegation", f"{namespace}/{name}"))
    act = Act("access.delegate.end", cluster.myself(), f"{namespace}/{name}", {"day": str(day)})
    with recorded(chain, act):
        return cluster.replace(ended(found, day))


def ended(delegation: Object, day: dt.date) -> Object:
    """Give the delegation as it is when it was ended on a day; an earlier end stays."""
    spec = delegation["spec"]
    last = min(spec.get("ended", day.isoformat()), day.isoformat())
    return {**delegation, "kind": DELEGATION, "spec": {**spec, "ended": last}}


def state(delegation: Mapping[str, Object], day: dt.date) -> str:
    """Say whether it waits, holds or is over on a day."""
    spec, now = delegation["spec"], day.isoformat()
    if now > spec["ends"] or spec.get("ended", "9999-12-31") <= now:
        return "over"
    return "holds" if spec["starts"] <= now else "waits"


def rows(cluster: Cluster, now: dt.datetime) -> list[dict[str, object]]:
    """Give a row per delegation, those that are over too."""
    day = now.astimezone().date()
    found = (
        {
            "namespace": each["metadata"]["namespace"],
            "delegation": each["metadata"]["name"],
            **{name: each["spec"].get(name) for name in ("role", "by", "to", "starts", "ends")},
            "ended": each["spec"].get("ended"),
            "document": each["spec"]["document"],
            "state": state(each, day),
        }
        for each in cluster.each(DELEGATION)
    )
    return sorted(found, key=lambda row: (str(row["namespace"]), str(row["starts"])))


def settle(cluster: Cluster, chain: Chain, now: dt.datetime) -> list[dict[str, object]]:
    """Bind what holds today, and take back what does not, or what no object speaks for."""
    day = now.astimezone().date()
    wanted = {
        _place(each): each for each in cluster.each(DELEGATION) if state(each, day) == "holds"
    }
    there = {_place(each): each for each in cluster.each(ROLE_BINDING, label=f"{MARK}=true")}
    begun = [_bind(cluster, chain, wanted[key]) for key in sorted(wanted.keys() - there.keys())]
    over = [_unbind(cluster, chain, there[key]) for key in sorted(there.keys() - wanted.keys())]
    return [*begun, *over]


def rights(delegation: Object) -> Iterator[Object]:
    """Give the role and its binding: to decide in the place of one person, and to read."""
    meta, spec = delegation["metadata"], delegation["spec"]
    until = dt.datetime.combine(dt.date.fromisoformat(spec["ends"]), dt.time(23, 59))
    about = {
        "name": _NAME + meta["name"],
        "namespace": meta["namespace"],
        "labels": {MARK: "true", ENDS: spec["ends"], "app.kubernetes.io/managed-by": "sen"},
        "annotations": {ENDS_AT: until.astimezone().astimezone(dt.UTC).strftime(MINUTE)},
    }
    decide = [f"approve-{spec['role']}"]
    yield {
        "apiVersion": f"{RBAC}/v1",
        "kind": ROLE,
        "metadata": about,
        "rules": [
            {"apiGroups": [GROUP], "resources": ["tenantrequests", "waivers"], "verbs": _READ},
            {"apiGroups": [GROUP], "resources": ["approvals"], "verbs": [*_READ, "create"]},
            {
                "apiGroups": [GROUP],
                "resources": ["delegations"],
                "verbs": decide,
                "resourceNames": [spec["by"]],
            },
        ],
    }
    yield {
        "apiVersion": f"{RBAC}/v1",
        "kind": ROLE_BINDING,
        "metadata": about,
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": about["name"]},
        "subjects": [{"apiGroup": RBAC, "kind": "User", "name": spec["to"]}],
    }


def _bind(cluster: Cluster, chain: Chain, delegation: Object) -> dict[str, object]:
    row = {"does": "bind", **_about(delegation), "ends": delegation["spec"]["ends"]}
    with recorded(chain, Act("access.delegate.bind", cluster.myself(), str(row["about"]), row)):
        for thing in rights(delegation):
            meta = thing["metadata"]
            left = cluster.get(thing["kind"], meta["name"], meta["namespace"])
            if left is not None:  # a run that was killed left it: what it says is not believed
                cluster.delete({**left, "kind": thing["kind"]}, as_read=False)
            cluster.create(thing)
    return row


def _unbind(cluster: Cluster, chain: Chain, binding: Object) -> dict[str, object]:
    row = {"does": "take back", **_about(binding), "ends": binding["metadata"]["labels"][ENDS]}
    with recorded(chain, Act("access.delegate.over", cluster.myself(), str(row["about"]), row)):
        meta = binding["metadata"]
        role = cluster.get(ROLE, meta["name"], meta["namespace"])
        if role is not None:
            cluster.delete({**role, "kind": ROLE}, as_read=False)
        cluster.delete(binding, as_read=False)
    return row


def _about(thing: Object) -> dict[str, object]:
    return {"about": "/".join(_place(thing))}


def _place(thing: Object) -> tuple[str, str]:
    meta = thing["metadata"]
    return meta["namespace"], str(meta["name"]).removeprefix(_NAME)
