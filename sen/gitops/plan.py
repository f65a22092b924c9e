"""Decides what the Git door does: from files, desks and approvers to steps. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sen.gitops.approvers import Approvers
from sen.gitops.reading import Reading, Wanted
from stacks.models.chain import material, standing
from stacks.models.label import PREFIX
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.approval import ApprovalSpec, Role
from stacks.models.objects.request import RequestSpec
from stacks.models.price import monthly_price
from stacks.problem import Problem

DOOR, FILE = f"{PREFIX}/door", f"{PREFIX}/git-file"
# What a file does not say, and others may.
_OTHERS = frozenset({"reason"})

Object = Mapping[str, Any]


class Does(StrEnum):
    MAKE = "make"
    CHANGE = "change"
    KEEP = "keep"
    ENDED = "ended"
    REFUSED = "refused"
    APPROVE = "approve"
    NO_APPROVAL = "no approval"
    PRUNE = "prune"


@dataclass(frozen=True)
class Step:
    """What is done with one request.

    Attributes:
        why: The fields that change, or the reason.
        body: What is sent.
    """

    does: Does
    file: str
    namespace: str
    name: str
    why: str = ""
    body: Object | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Vote:
    """A merge that may count as agreement.

    Attributes:
        roles: Roles to try, in the order of the chain; one person decides in one only.
        why: Why it does not count; empty when it may.
    """

    user: str
    roles: tuple[Role, ...] = ()
    why: str = ""


def step_for(wanted: Wanted, live: Object | None, approvers: Approvers) -> Step:
    """Say what becomes of a request of a file, next to what is on the desk."""
    place = (wanted.file, wanted.namespace, wanted.name)
    asks = live["spec"]["requested_by"] if live else approvers.user(wanted.origin.author)
    if asks is None:
        values = {"mail": wanted.origin.author}
        problem = Problem("gitops-author-unknown", wanted.file, values)
        return Step(Does.REFUSED, *place, problems=(problem,))
    body = _body(wanted, asks)
    if live is None:
        return Step(Does.MAKE, *place, f"requested_by {asks}", body)
    fields = tuple(differing(body["spec"], live["spec"]))
    if (live["metadata"].get("annotations") or {}).get(FILE) != wanted.file:
        fields += (FILE,)
    return Step(Does.CHANGE if fields else Does.KEEP, *place, ", ".join(fields), body)


def differing(want: object, have: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Give the fields that differ, also those that only the desk has."""
    if not (isinstance(want, Mapping) and isinstance(have, Mapping)):
        if want != have:
            yield ".".join(path)
        return
    for key in sorted(want.keys() | have.keys()):
        if path or key not in _OTHERS:
            yield from differing(want.get(key), have.get(key), (*path, key))


def vote_on(
    wanted: Wanted, spec: Object, approvals: Sequence[ApprovalSpec], approvers: Approvers
) -> Vote | None:
    """Say in which roles the merge of a file may count; None when nothing waits for it."""
    if wanted.origin.merger is None:
        return None
    request = RequestSpec.model_validate(spec, context={"today": None})
    ours = [each for each in approvals if each.request == wanted.name]
    waits = standing(request, ours).waits_for
    if not waits:
        return None
    user = approvers.user(wanted.origin.merger)
    if user is None:
        return Vote(wanted.origin.merger, why="not in the approvers file")
    digest = material(request)
    if any(each.by == user and each.material == digest for each in ours):
        return None
    wrote = {approvers.user(mail) for mail in wanted.origin.wrote | {wanted.origin.author}}
    if user == request.requested_by or user in wrote:
        return Vote(user, why="one's own request")
    roles = tuple(role for role in waits if role in approvers.roles.get(user, ()))
    return Vote(user, roles) if roles else None


def approval(wanted: Wanted, spec: Object, user: str, role: Role) -> dict[str, Any]:
    """Write down that somebody agrees to what a request says now."""
    request = RequestSpec.model_validate(spec, context={"today": None})
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "Approval",
        "metadata": {
            "generateName": f"{wanted.name}-",
            "labels": {DOOR: "git"},
            "annotations": {FILE: wanted.file},
        },
        "spec": {
            "request": wanted.name,
            "material": material(request),
            "role": role,
            "decision": "approve",
            "by": user,
            "price_vnd": monthly_price(request),
        },
    }


def pruned(found: Reading, live: Sequence[Object]) -> Iterator[Step]:
    """Give the requests that came from files of this part and are in none any more.

    What a refused file once held is left: nobody can say what it should hold.
    """
    named = {(each.namespace, each.name) for each in (*found.wanted, *found.ended)}
    unclear = {each.file for each in found.refused}
    unclear_names = {each.name for each in found.refused}
    for each in live:
        meta, spec = each["metadata"], each["spec"]
        file = (meta.get("annotations") or {}).get(FILE, "")
        inside = not found.under or file == found.under or file.startswith(f"{found.under}/")
        tenant = f"{meta['namespace'].removesuffix('-desk-production')}-{meta['name']}"
        if not file or not inside or file in unclear or tenant in unclear_names:
            continue
        if (meta["namespace"], meta["name"]) not in named:
            body = {"preconditions": {key: meta[key] for key in ("uid", "resourceVersion")}}
            why = f"asked for by {spec.get('requested_by')}"
            yield Step(Does.PRUNE, file, meta["namespace"], meta["name"], why, body)


def _body(wanted: Wanted, asks: str) -> dict[str, Any]:
    spec = wanted.request.model_dump(mode="json", exclude_none=True)
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "TenantRequest",
        "metadata": {
            "name": wanted.name,
            "namespace": wanted.namespace,
            "labels": {DOOR: "git"},
            "annotations": {FILE: wanted.file},
        },
        "spec": {**spec, "requested_by": asks},
    }
