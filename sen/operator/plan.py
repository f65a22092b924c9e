"""What a request leads to, decided from what is known of it; nothing here touches anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from stacks.models.chain import Standing, material, standing
from stacks.models.explain import explain
from stacks.models.ledger import Grant, Ledger, amounts_of
from stacks.models.objects.approval import ApprovalSpec
from stacks.models.objects.request import RequestSpec
from stacks.models.objects.status import Phase
from stacks.models.objects.tenant import TenantSpec
from stacks.models.price import monthly_price
from stacks.models.tenant import TenantRequest
from stacks.problem import Problem

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """One condition, as it is to be: True, False or Unknown, why, in words."""

    status: str
    reason: str
    message: str = ""


@dataclass(frozen=True)
class Plan:
    """What a request leads to.

    Attributes:
        tenant: What is to be built; None as long as something is missing.
        grant: What of the agency's quota and budget it takes.
    """

    phase: Phase
    conditions: Mapping[str, Said]
    price_vnd: int | None = None
    waits_for: tuple[str, ...] = ()
    approved_by: tuple[str, ...] = ()
    tenant: TenantSpec | None = None
    grant: Grant | None = None


def plan(request: Object, approvals: Sequence[Object], ledger: Ledger, now: dt.datetime) -> Plan:
    """Decide what a request leads to.

    Args:
        request: The object as the API server has it.
        approvals: The decisions about it, in any order.
        ledger: Limits of its hierarchy, and what others were granted.
        now: With a time zone.
    """
    today = now.astimezone().date()
    try:
        spec = RequestSpec.model_validate(request["spec"], context={"today": today})
    except ValidationError as error:
        name = request["metadata"]["name"]
        words = "; ".join(explain(each, name, RequestSpec).text() for each in error.errors())
        return Plan(Phase.FAILED, {"Approved": Said("False", "Invalid", words)})
    price = monthly_price(spec)
    found = standing(spec, [_decision(each) for each in _in_order(approvals)])
    priced = Said("True", "Priced", f"{price:,} VND/tháng".replace(",", "."))
    base = Plan(
        phase=Phase.REJECTED if found.rejected else Phase.PENDING,
        conditions={"Priced": priced, "Approved": _approved(found)},
        price_vnd=price,
        waits_for=tuple(map(str, found.waits_for)),
        approved_by=tuple(each.by for each in found.counted),
    )
    if not found.approved:
        return base
    return _granted(base, request["metadata"]["name"], spec, ledger, now)


def _granted(base: Plan, name: str, spec: RequestSpec, ledger: Ledger, now: dt.datetime) -> Plan:
    """Go on to the tenant if quota and budget suffice at every node above."""
    price = base.price_vnd or 0
    amounts = amounts_of(spec.quota_effective, price, spec.starts, spec.ends)
    grant = Grant(spec.name, spec.agency, amounts)
    short = ledger.shortages(grant)
    if short:
        words = "; ".join(
            Problem("grant-short", each.agency, vars(each) | {"tenant": spec.name}).text()
            for each in short
        )
        conditions = {**base.conditions, "Provisioned": Said("False", "QuotaShort", words)}
        return _changed(base, phase=Phase.PENDING, conditions=conditions)
    tenant = TenantSpec(
        request=name,
        namespace=spec.namespace,
        agency=spec.agency,
        level=spec.system.level,
        starts=spec.starts,
        ends=spec.ends,
        price_vnd=price,
        material=material(spec),
        approved_at=now,
        approved=TenantRequest.model_construct(
            **{name: getattr(spec, name) for name in TenantRequest.model_fields}
        ),
    )
    return _changed(base, phase=Phase.APPROVED, tenant=tenant, grant=grant)


def _changed(base: Plan, **changes: Any) -> Plan:  # noqa: ANN401 - fields of the plan
    return Plan(**{**vars(base), **changes})


def _approved(found: Standing) -> Said:
    if found.rejected:
        return Said("False", "Rejected", f"{found.rejected.by}: {found.rejected.reason}")
    if found.waits_for:
        return Said("False", "Waiting", ", ".join(found.waits_for))
    return Said("True", "Approved", ", ".join(each.by for each in found.counted))


def _decision(approval: Object) -> ApprovalSpec:
    return ApprovalSpec.model_validate(approval["spec"])


def _in_order(approvals: Sequence[Object]) -> Sequence[Object]:
    def made(approval: Object) -> tuple[str, str]:
        meta = approval["metadata"]
        return str(meta.get("creationTimestamp", "")), str(meta["name"])

    return sorted(approvals, key=made)
