"""What lies on an agency's desk, as far as the person may read it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sen.portal.cluster import Voice
from sen.portal.path import RULES_REVIEW, of_agency, on_desk
from sen.portal.person import Person
from sen.portal.refusal import ServerRefusedError
from sen.tenancy.desk import desk_of
from stacks.components.access import OIDC_PREFIX
from stacks.models.agency import Agency, agencies
from stacks.models.objects import GROUP
from stacks.models.objects.approval import Role
from stacks.problem import ProblemError

# Groups bear their agency's code in front: `h26-heads`, `h26-00070-requesters`.
_OF_AGENCY = re.compile(rf"{OIDC_PREFIX}([a-z][0-9]+)(?:-([0-9]{{5}}))?-.+")

Thing = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """One agency's desk.

    Attributes:
        verbs: What RBAC lets the person do with requests there: `create`, `approve-head`, ...
        requests: None where the person may not read them; likewise tenants and the `Agency`.
    """

    agency: Agency
    verbs: frozenset[str]
    requests: Sequence[Thing] | None
    tenants: Sequence[Thing] | None
    object: Thing | None

    @property
    def is_open(self) -> bool:
        return self.requests is not None

    @property
    def may_ask(self) -> bool:
        return bool({"create", "*"} & self.verbs)

    @property
    def roles(self) -> tuple[Role, ...]:
        return roles_in(self.verbs)


def own_agencies(person: Person) -> tuple[Agency, ...]:
    """Give the agencies whose groups a person is in; where to look first, and no right."""
    found = {}
    for group in person.groups:
        match = _OF_AGENCY.fullmatch(group)
        if match:
            code = ".".join(part for part in match.groups() if part).upper()
            try:
                found[code] = agencies().get(code)
            except ProblemError:
                continue
    return tuple(found[code] for code in sorted(found))


async def desk(api: Voice, agency: Agency) -> Desk:
    """Read a desk; what is refused is None."""
    verbs, requests, tenants, one = await asyncio.gather(
        verbs_at(api, agency),
        items_or_none(api, on_desk(agency, "tenantrequests")),
        items_or_none(api, on_desk(agency, "tenants")),
        one_or_none(api, of_agency(agency)),
    )
    return Desk(agency, verbs, requests, tenants, one)


@dataclass(frozen=True)
class Rules:
    """What RBAC lets somebody do at a desk with our kinds.

    Attributes:
        whole: Whether these are all rules: some authorizers allow more than they tell.
    """

    given: Sequence[Thing]
    whole: bool

    def verbs(self, plural: str) -> frozenset[str]:
        return frozenset(
            verb
            for rule in self.given
            if {GROUP, "*"} & set(rule.get("apiGroups") or ())
            and {plural, "*"} & set(rule.get("resources") or ())
            for verb in rule["verbs"]
        )


async def verbs_at(api: Voice, agency: Agency) -> frozenset[str]:
    """Ask the API server what the person may do with requests at a desk; known for seconds."""
    rules = await api.memory.recall(f"rules/{agency.code}", lambda: rules_at(api, agency))
    return rules.verbs("tenantrequests")


async def rules_at(api: Voice, agency: Agency) -> Rules:
    """Ask the API server what the person may do at a desk."""
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": desk_of(agency.code)},
    }
    found = (await api.review(RULES_REVIEW, body))["status"]
    return Rules(found["resourceRules"], not found.get("incomplete"))


def roles_in(verbs: frozenset[str]) -> tuple[Role, ...]:
    """Give the roles in which one may decide; `*` stands for all of them."""
    return tuple(role for role in Role if {f"approve-{role}", "*"} & verbs)


async def items_or_none(api: Voice, path: str, **query: str) -> list[Thing] | None:
    """List; None where the person may not, nor could a moment ago."""
    if api.closed.holds(path):
        return None
    try:
        return await api.items(path, **query)
    except ServerRefusedError:
        api.closed.add(path)
        return None


async def one_or_none(api: Voice, path: str) -> Thing | None:
    """Read one; None where it is not there or the person may not."""
    try:
        return await api.get(path, resourceVersion="0")
    except ServerRefusedError:
        return None
