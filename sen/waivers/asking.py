"""Asks for a waiver, agrees to one, ends one: each in one's own name, recorded first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from policies.waiver_check import problems
from sen.access.cluster import WAIVER, Cluster, Object
from sen.access.recording import recorded
from sen.evidence.chain import Chain
from sen.evidence.record import Act
from sen.waivers.granted import as_record
from stacks.models.explain import explain
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.approval import Role
from stacks.models.objects.waiver import WaiverSpec
from stacks.problem import Problem, ProblemError


def ask(cluster: Cluster, chain: Chain, place: tuple[str, str], given: Mapping[str, Any]) -> Object:
    """Put a waiver on a desk, for others to agree to; the place is a namespace and a name.

    Raises:
        ProblemError: It would break a rule of the register.
        RefusedError: Whoever asks may not, or the object is not this agency's.
    """
    namespace, name = place
    me = cluster.myself()
    try:
        spec = WaiverSpec.model_validate({**given, "owner": me})
    except ValidationError as error:
        raise ProblemError(*(explain(each, name, WaiverSpec) for each in error.errors())) from None
    said = spec.model_dump(mode="json", exclude_none=True)
    thing = {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": WAIVER,
        "metadata": {"namespace": namespace, "name": name},
        "spec": said,
    }
    wrong = tuple(problems([as_record(thing, spec)]))
    if wrong:
        raise ProblemError(*wrong)
    with recorded(chain, Act("waiver.ask", me, f"{namespace}/{name}", said)):
        return cluster.create(thing)


def approve(cluster: Cluster, chain: Chain, place: tuple[str, str], role: Role) -> Object:
    """Agree to a waiver in a role that one holds."""
    found, me = _there(cluster, place), cluster.myself()
    spec = found["spec"]
    approvals = [*spec.get("approvals", ()), {"role": str(role), "by": me}]
    data = {"role": str(role), "rule": spec["rule"], "object": spec["object"]}
    with recorded(chain, Act("waiver.approve", me, "/".join(place), data)):
        return cluster.replace({**found, "kind": WAIVER, "spec": {**spec, "approvals": approvals}})


def withdraw(cluster: Cluster, chain: Chain, place: tuple[str, str], day: dt.date) -> Object:
    """End a waiver from a day on; its object stays."""
    found = _there(cluster, place)
    spec = {**found["spec"], "ended": day.isoformat()}
    act = Act("waiver.end", cluster.myself(), "/".join(place), {"day": day.isoformat()})
    with recorded(chain, act):
        return cluster.replace({**found, "kind": WAIVER, "spec": spec})


def _there(cluster: Cluster, place: tuple[str, str]) -> Object:
    namespace, name = place
    found = cluster.get(WAIVER, name, namespace)
    if found is None:
        raise ProblemError(Problem("waiver-not-there", "/".join(place)))
    return found
