"""The means of tenants' lives at an operator's place."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

from kubernetes import client

from sen.operator.site import Site
from sen.operator.telling import Means, Object
from sen.operator.world import key_of
from sen.runs.stack import Stack
from sen.tenancy.life.export import Papers
from sen.tenancy.life.objects import Kind, LiveObjects
from sen.tenancy.life.papers import about, accesses
from stacks.models.agency import agencies
from stacks.models.objects import GROUP, VERSION
from stacks.problem import ProblemError

APPROVAL = Kind(f"{GROUP}/{VERSION}", "Approval")


def means_at(site: Site, clock: Callable[[], dt.datetime]) -> Means:
    """Give what is done at a place outside the tenants' own objects."""
    chain, objects = site.chain(), LiveObjects(site.kubeconfig, site.context)

    def papers(tenant: Object, request: Object | None) -> Papers:
        home, asked = key_of(tenant)[0], tenant["spec"]["request"]
        decisions = [
            each for each in objects.each(APPROVAL, home) if each["spec"]["request"] == asked
        ]
        name = tenant["metadata"]["name"]
        log = site.audit_log
        return Papers(
            objects=[dict(each) for each in (tenant, request, *decisions) if each],
            records=list(about(chain.lines(), name, f"{home}/{asked}")),
            accesses=list(accesses(log, name)) if log else [],
            state=list(_state(site, tenant)),
        )

    return Means(
        objects=objects,
        record=chain.append,
        records=chain.lines,
        shelf=site.shelf(),
        papers=papers,
        seal=lambda: sealed(site, clock),
        myself=lambda: _myself(site),
    )


def sealed(site: Site, clock: Callable[[], dt.datetime]) -> None:
    """Sign the evidence, unless the key for it is elsewhere."""
    notary = site.notary(clock)
    if notary is not None:
        notary.seal()


def _myself(site: Site) -> str:
    review = client.V1SelfSubjectReview()
    with site.api() as api:
        found = client.AuthenticationV1Api(api).create_self_subject_review(review)
    return str(found.status.user_info.username)


def _state(site: Site, tenant: Object) -> Iterator[dict[str, Any]]:
    """Give what the stack's state knows of a tenant; nothing where there is no stack."""
    book, name = agencies(), tenant["metadata"]["name"]
    shard = book.first_level(book.get(tenant["spec"]["agency"])).code
    stack = Stack(site.stack(shard), site.variables())
    try:
        state = json.loads(stack.pulumi("stack", "export", "--stack", stack.name))
    except ProblemError as error:
        if error.problems[0].key == "run-no-stack":
            return
        raise
    for each in state["deployment"].get("resources") or ():
        if _belongs(each, name):
            yield each


def _belongs(resource: dict[str, Any], namespace: str) -> bool:
    found = str(resource.get("id", ""))
    own_name = resource["urn"].rpartition("::")[2].partition("/")[0] == namespace
    return own_name or found == namespace or found.startswith(f"{namespace}/")
