"""An agency's desk: the namespace where it asks for tenants, and who may ask and decide there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stacks.components.access import RBAC, group_subjects
from stacks.components.manifest import Manifest, manifest
from stacks.components.tenant import objects_for
from stacks.models.agency import Agency
from stacks.models.label import labels_for
from stacks.models.objects import GROUP
from stacks.models.objects.approval import Role
from stacks.models.quota import Quota
from stacks.models.tenant import TenantRequest
from stacks.models.term import MAX_TERM_DAYS

READ = ["get", "list", "watch"]
PLATFORM_GROUP = "sen-platform"
LEVEL = 3
# Kinds of sen.gov.vn that lie on a desk, as roles name them.
KINDS_AT_DESK = (
    "tenantrequests",
    "approvals",
    "tenants",
    "sharingagreements",
    "waivers",
    "delegations",
)


@dataclass(frozen=True)
class People:
    """OIDC groups by what their members do at an agency's desk."""

    requesters: tuple[str, ...]
    deciders: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)


def desk_of(agency: str) -> str:
    """Give the namespace: `h26-desk-production`."""
    return f"{agency.lower().replace('.', '-')}-desk-production"


def usual(agency: Agency) -> People:
    """Give the groups by their usual names: `h26-requesters`, `h26-heads`, ..."""
    prefix = agency.code.lower().replace(".", "-")
    above = (agency.parent or "sen").lower().replace(".", "-")
    return People(
        requesters=(f"{prefix}-requesters",),
        deciders={
            Role.HEAD: (f"{prefix}-heads",),
            Role.SECURITY_OFFICER: (f"{prefix}-security-officers",),
            Role.PLATFORM: (PLATFORM_GROUP,),
            Role.SUPERIOR: (f"{above}-heads",),
        },
    )


def roles() -> tuple[Manifest, ...]:
    """Give the cluster roles that desks are bound to: who asks, who decides in which role."""
    deciding = (
        _role(
            f"sen-approver-{role}",
            [
                _rule([GROUP], ["tenantrequests"], [*READ, f"approve-{role}"]),
                _rule([GROUP], ["approvals"], [*READ, "create"]),
                _rule([GROUP], ["waivers", "delegations"], [*READ, "create", "update", "patch"]),
            ],
        )
        for role in Role
    )
    asking = _role(
        "sen-requester",
        [
            _rule([GROUP], ["tenantrequests"], [*READ, "create", "update", "patch"]),
            _rule([GROUP], ["approvals", "tenants", "delegations"], READ),
            _rule([GROUP], ["waivers"], [*READ, "create", "update", "patch"]),
        ],
    )
    inspecting = _role("sen-desk-inspector", [_rule([GROUP], list(KINDS_AT_DESK), READ)])
    return (asking, inspecting, *deciding)


def desk(agency: Agency, people: People, officer: str, today: dt.date) -> tuple[Manifest, ...]:
    """Give what a desk consists of: a tenant without workloads, and who may do what in it.

    Raises:
        ValidationError: The officer's address is none.
    """
    asked = _tenant(agency, people, officer, today)
    bound = {"sen-requester": people.requesters} | {
        f"sen-approver-{role}": groups for role, groups in people.deciders.items()
    }
    labels = labels_for(asked)
    return (
        *objects_for(asked),
        *(_binding(asked.name, role, groups, labels) for role, groups in bound.items() if groups),
    )


def _tenant(agency: Agency, people: People, officer: str, today: dt.date) -> TenantRequest:
    """Write the desk down as a tenant, so that it is governed like every other."""
    given = {
        "agency": agency.code,
        "system": {
            "slug": "desk",
            "name": {"vi": "Bàn tiếp nhận yêu cầu", "en": "Desk for requests"},
            "blueprint": "e-office",
            "owner_unit": agency.title,
            "officer": officer,
            "level": LEVEL,
            "personal_data": False,
            "state_secret": False,
        },
        "stage": "production",
        "quota": dict.fromkeys(Quota.model_fields, 1),
        "groups": {"admins": [PLATFORM_GROUP], "viewers": people.requesters},
        "starts": today,
        "ends": today + dt.timedelta(days=MAX_TERM_DAYS - 1),
        "budget": {"code": "SEN-PLATFORM", "monthly_ceiling_vnd": 100_000_000},
    }
    return TenantRequest.model_validate(given, context={"today": today})


def _binding(
    namespace: str, role: str, groups: tuple[str, ...], labels: Mapping[str, str]
) -> Manifest:
    return manifest(
        f"{RBAC}/v1",
        "RoleBinding",
        role,
        namespace=namespace,
        labels=dict(labels),
        roleRef={"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        subjects=group_subjects(groups),
    )


def _role(name: str, rules: list[dict[str, Any]]) -> Manifest:
    return manifest(f"{RBAC}/v1", "ClusterRole", name, rules=rules)


def _rule(groups: list[str], resources: list[str], verbs: list[str]) -> dict[str, Any]:
    return {"apiGroups": groups, "resources": resources, "verbs": verbs}
