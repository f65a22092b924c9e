"""Break-glass: for hours, in one namespace, by two people, recorded, and closed by itself.

The binding names a group that exists for this one opening, and the person's certificate bears it:
so no right is bound to a person (binding-people-by-group), and both end at the same minute.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sen.access.binding import BREAK_GLASS, BREAK_GLASS_USER, ENDS_AT, marks, tenant_of
from sen.access.certificate import MINUTE, Wish, issue
from sen.access.cluster import RBAC, ROLE_BINDING, Cluster, Object
from sen.access.judging import hold_to_rules
from sen.access.person import key, person
from sen.access.recording import recorded
from sen.errors import RefusedError
from sen.evidence.chain import Chain
from sen.evidence.record import Act
from sen.local.authority import KeyPair
from sen.tenancy.listing import ENDS
from stacks.models.label import PREFIX
from stacks.problem import Problem, ProblemError

ROLE = "sen-tenant-admin"
MOST_HOURS = 4
LABEL = f"{BREAK_GLASS}=true"

Issue = Callable[[Cluster, Chain, Wish, dt.datetime], KeyPair]


@dataclass(frozen=True)
class Need:
    """Who needs what, why, and which two people say so."""

    namespace: str
    user: str
    hours: int
    reason: str
    owner: str
    second: str

    def __post_init__(self) -> None:
        for name in (self.user, self.owner, self.second):
            person(name)
        if not 1 <= self.hours <= MOST_HOURS:
            values = {"hours": self.hours, "most": MOST_HOURS}
            raise ProblemError(Problem("access-hours", self.user, values))
        if not self.reason.strip():
            raise ProblemError(Problem("access-no-reason", self.namespace))
        if key(self.second) in {key(self.owner), key(self.user)}:
            raise ProblemError(Problem("access-one-person", self.second))


def open_for(
    cluster: Cluster, chain: Chain, need: Need, now: dt.datetime, sign: Issue = issue
) -> tuple[Object, KeyPair]:
    """Open a tenant to a person; give the binding, and the key pair that it is bound to.

    Raises:
        ProblemError: There is no such tenant.
        RefusedError: A rule of ours, or the API server, refuses it.
    """
    home = tenant_of(cluster, need.namespace)
    thing = binding(need, now)
    last = marks(home).get(ENDS)
    if last is not None and marks(thing)[ENDS] > last:
        raise RefusedError(Problem("access-tenant-ends", need.namespace, {"last": last}))
    hold_to_rules(thing, home)
    group = thing["subjects"][0]["name"]
    data = {
        "user": need.user,
        "reason": need.reason,
        "owner": need.owner,
        "second": need.second,
        "binding": thing["metadata"]["name"],
        "ends": marks(thing)[ENDS_AT],
    }
    act = Act("access.break-glass.open", cluster.myself(), need.namespace, data)
    with recorded(chain, act):
        made = {"kind": ROLE_BINDING, **cluster.create(thing)}
        try:
            return made, sign(cluster, chain, Wish(need.user, (group,), need.hours), now)
        except BaseException:
            cluster.delete(made, as_read=False)
            raise


def binding(need: Need, now: dt.datetime) -> Object:
    """Give the binding: its end as a day for the rules, and to the minute for the sweep."""
    until = (now + dt.timedelta(hours=need.hours)).astimezone(dt.UTC)
    name = f"break-glass-{secrets.token_hex(4)}"
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": ROLE_BINDING,
        "metadata": {
            "name": name,
            "namespace": need.namespace,
            "labels": {
                BREAK_GLASS: "true",
                ENDS: until.date().isoformat(),
                "app.kubernetes.io/managed-by": "sen",
            },
            "annotations": {
                ENDS_AT: until.strftime(MINUTE),
                BREAK_GLASS_USER: need.user,
                f"{PREFIX}/reason": need.reason,
                f"{PREFIX}/owner": need.owner,
                f"{PREFIX}/second": need.second,
            },
        },
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": ROLE},
        "subjects": [{"apiGroup": RBAC, "kind": "Group", "name": f"sen:{name}"}],
    }


def close(cluster: Cluster, chain: Chain, namespace: str) -> list[dict[str, object]]:
    """Close every opening of a tenant before its end; give what was closed."""
    tenant_of(cluster, namespace)
    found = list(cluster.each(ROLE_BINDING, namespace, LABEL))
    return [_close(cluster, chain, each, "access.break-glass.close") for each in found]


def sweep(cluster: Cluster, chain: Chain, now: dt.datetime) -> list[dict[str, object]]:
    """Close every opening that is past its end, or does not say one; give what was closed."""
    found = [each for each in cluster.each(ROLE_BINDING, label=LABEL) if is_over(each, now)]
    return [_close(cluster, chain, each, "access.break-glass.sweep") for each in found]


def is_over(opening: Object, now: dt.datetime) -> bool:
    """Say whether its minute has come; an end that nobody can read is past."""
    try:
        at = dt.datetime.strptime(marks(opening).get(ENDS_AT, ""), MINUTE).replace(tzinfo=dt.UTC)
    except ValueError:
        return True
    return at <= now


def _close(cluster: Cluster, chain: Chain, opening: Object, act: str) -> dict[str, object]:
    meta, found = opening["metadata"], marks(opening)
    row = {
        "binding": meta["name"],
        "user": found.get(BREAK_GLASS_USER),
        "ends": found.get(ENDS_AT),
    }
    with recorded(chain, Act(act, cluster.myself(), meta["namespace"], row)):
        cluster.delete(opening, as_read=False)
    return {"namespace": meta["namespace"], **row}
