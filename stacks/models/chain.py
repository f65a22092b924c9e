"""Who must agree to a request, whose word counts, and what is still missing.

Decree 331/2026 Art. 20-24 name who approves a level; the chain here is the platform's own: the
head of the unit, the agency's security officer, from level 3 on the platform, from level 4 on the
superior agency with a document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stacks.models.objects.approval import ApprovalSpec, Decision, Role
from stacks.models.objects.request import RequestSpec
from stacks.models.state import State

FROM_LEVEL = {Role.HEAD: 1, Role.SECURITY_OFFICER: 1, Role.PLATFORM: 3, Role.SUPERIOR: 4}
# What may change without asking anew: words for people; whether it runs, unless that ends it.
_NOT_MATERIAL = {"reason", "requested_by", "state"}
# What came later leaves the hash of what was approved before it came as it was.
_LATER = ("transfer_to", "takes")
_NOT_MATERIAL_OF_SYSTEM = {"name", "officer", "owner_unit"}


@dataclass(frozen=True)
class Ignored:
    """An approval that does not count, and why: a key of the message catalogue."""

    approval: ApprovalSpec
    why: str


@dataclass(frozen=True)
class Standing:
    """Where a request stands with those who decide.

    Attributes:
        waits_for: Roles whose word is missing, in the order of the chain.
        rejected: The first refusal that counts.
    """

    approved: bool
    waits_for: tuple[Role, ...]
    counted: tuple[ApprovalSpec, ...]
    ignored: tuple[Ignored, ...]
    rejected: ApprovalSpec | None = None


def required(level: int) -> tuple[Role, ...]:
    """Give the roles that must agree at a level."""
    return tuple(role for role, first in FROM_LEVEL.items() if level >= first)


def material(request: RequestSpec) -> str:
    """Give SHA-256 of what is decided on; a change of it resets all approvals."""
    content: dict[str, Any] = request.model_dump(mode="json", exclude=_NOT_MATERIAL)
    for name in _NOT_MATERIAL_OF_SYSTEM:
        del content["system"][name]
    for name in _LATER:
        if content[name] is None:
            del content[name]
    content["quota"] = request.quota_effective.model_dump()
    if request.state is State.ENDED:
        content["state"] = str(State.ENDED)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def standing(request: RequestSpec, approvals: Sequence[ApprovalSpec]) -> Standing:
    """Say where a request stands; approvals come in the order in which they were made.

    That the person holds the role was decided at admission, by Kubernetes RBAC.
    """
    digest, asked = material(request), required(request.system.level)
    counted: dict[Role, ApprovalSpec] = {}
    ignored: list[Ignored] = []
    for each in approvals:
        why = _reason(each, request, digest, counted)
        if why:
            ignored.append(Ignored(each, why))
        else:
            counted[each.role] = each
    rejected = next((each for each in counted.values() if each.decision is Decision.REJECT), None)
    missing = tuple(role for role in asked if role not in counted)
    return Standing(
        approved=not missing and rejected is None,
        waits_for=() if rejected else missing,
        counted=tuple(counted.values()),
        ignored=tuple(ignored),
        rejected=rejected,
    )


def _reason(
    approval: ApprovalSpec, request: RequestSpec, digest: str, counted: dict[Role, ApprovalSpec]
) -> str | None:
    if approval.material != digest:
        return "approval-outdated"
    if request.requested_by in approval.people:
        return "approval-own-request"
    others = (each.people for role, each in counted.items() if role is not approval.role)
    if any(approval.people & each for each in others):
        return "approval-second-role"
    return None
