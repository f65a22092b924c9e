"""What a request leads to, decided from what is known of it; nothing here touches anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from stacks.models.body import Agency
from stacks.models.chain import Standing, material, standing
from stacks.models.explain import explain
from stacks.models.ledger import Grant, Ledger, amounts_of
from stacks.models.objects.approval import ApprovalSpec
from stacks.models.objects.request import RequestSpec
from stacks.models.objects.status import Phase
from stacks.models.objects.tenant import Taken, TenantSpec
from stacks.models.price import monthly_price
from stacks.models.state import State
from stacks.models.tenant import TenantRequest
from stacks.models.term import CARRIED_DAYS
from stacks.problem import Problem, both

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


@dataclass(frozen=True)
class Around:
    """What else is known when a request is decided on.

    Attributes:
        tenant: What stands because of it.
        successor: Who took over its agency, if that ended.
        taken: What it takes over from another agency, or why it cannot.
    """

    tenant: Object | None = None
    successor: Agency | None = None
    taken: Taken | Problem | None = None


NOTHING = Around()


def plan(
    request: Object,
    approvals: Sequence[Object],
    ledger: Ledger,
    now: dt.datetime,
    around: Around = NOTHING,
) -> Plan:
    """Decide what a request leads to.

    Args:
        request: The object as the API server has it.
        approvals: The decisions about it, in any order.
        ledger: Limits of its hierarchy, and what others were granted.
        now: With a time zone.
        around: What stands already is not judged by today: it may have ended.
    """
    stands = around.tenant is not None
    today = None if stands else now.astimezone().date()
    context = {"today": today, "standing": stands or around.successor is not None}
    try:
        spec = RequestSpec.model_validate(request["spec"], context=context)
    except ValidationError as error:
        name = request["metadata"]["name"]
        words = both(*(explain(each, name, RequestSpec) for each in error.errors()))
        return Plan(Phase.FAILED, {"Approved": Said("False", "Invalid", words)})
    price = monthly_price(spec)
    found = standing(spec, [_decision(each) for each in _in_order(approvals)])
    priced = Said("True", "Priced", f"{price:,} VND".replace(",", "."))
    base = Plan(
        phase=Phase.REJECTED if found.rejected else Phase.PENDING,
        conditions={"Priced": priced, "Approved": _approved(found)},
        price_vnd=price,
        waits_for=tuple(map(str, found.waits_for)),
        approved_by=tuple(each.by for each in found.counted),
    )
    if not stands and spec.state is State.ENDED:
        return _refused(base, Phase.REJECTED, "Withdrawn", Problem("life-withdrawn", spec.name))
    if around.successor is not None:
        base = _merged(base, spec, around)
    if isinstance(around.taken, Problem):
        return _waits(base, around.taken)
    if not found.approved or (around.successor is not None and not _is_built(spec, around)):
        return base
    taken = around.taken if isinstance(around.taken, Taken) else None
    return _granted(base, request["metadata"]["name"], spec, ledger, (now, taken))


def _merged(base: Plan, spec: RequestSpec, around: Around) -> Plan:
    """Say who took over; what does not stand yet is asked for there, and not here any more."""
    if around.successor is None:
        return base
    values = {
        "agency": spec.agency,
        "title": around.successor.title,
        "successor": around.successor.code,
    }
    problem = Problem("life-agency-merged", spec.name, values)
    if not _is_built(spec, around):
        base = _refused(base, Phase.PENDING, "AgencyMerged", problem)
    said = {"AgencyMerged": Said("True", "Merged", problem.both())}
    return _changed(base, conditions={**base.conditions, **said})


def _waits(base: Plan, problem: Problem) -> Plan:
    """Say why it cannot be taken over yet; who decides may decide meanwhile."""
    said = {"Transfer": Said("False", "TransferWaits", problem.both())}
    return _changed(base, conditions={**base.conditions, **said})


def _is_built(spec: RequestSpec, around: Around) -> bool:
    """Say whether what is asked for is what was approved already."""
    return around.tenant is not None and around.tenant["spec"]["material"] == material(spec)


def _refused(base: Plan, phase: Phase, reason: str, problem: Problem) -> Plan:
    said = {"Approved": Said("False", reason, problem.both())}
    return _changed(base, phase=phase, waits_for=(), conditions={**base.conditions, **said})


def _taken_over(spec: RequestSpec, taken: Taken) -> Said:
    """Say since when it is this agency's, and until when what the other waived holds at most."""
    until = taken.on + dt.timedelta(days=CARRIED_DAYS)
    values = {"from": taken.agency, "on": taken.on, "until": until, "agency": spec.agency}
    return Said("True", "TakenOver", Problem("ending-taken-over", spec.name, values).both())


def _granted(
    base: Plan,
    name: str,
    spec: RequestSpec,
    ledger: Ledger,
    when: tuple[dt.datetime, Taken | None],
) -> Plan:
    """Go on to the tenant if quota and budget suffice at every node above.

    `when` is now, and since when it is this agency's if it was another's.
    """
    now, taken = when
    starts = max(spec.starts, taken.on) if taken else spec.starts
    price, ends = base.price_vnd or 0, _last_day(spec, now)
    amounts = amounts_of(spec.quota_effective, price, starts, ends)
    grant = Grant(spec.name, spec.agency, amounts)
    short = ledger.shortages(grant)
    if short:
        words = both(
            *(
                Problem("grant-short", each.agency, vars(each) | {"tenant": spec.name})
                for each in short
            )
        )
        conditions = {**base.conditions, "Provisioned": Said("False", "QuotaShort", words)}
        return _changed(base, phase=Phase.PENDING, conditions=conditions)
    tenant = TenantSpec(
        request=name,
        namespace=spec.namespace,
        agency=spec.agency,
        level=spec.system.level,
        starts=starts,
        ends=ends,
        price_vnd=price,
        material=material(spec),
        approved_at=now,
        approved=TenantRequest.model_construct(
            **{
                **{name: getattr(spec, name) for name in TenantRequest.model_fields},
                "starts": starts,
                "ends": ends,
                "state": State.ACTIVE,
            }
        ),
        taken=taken,
    )
    said = {"Transfer": _taken_over(spec, taken)} if taken else {}
    conditions = {**base.conditions, **said}
    return _changed(base, phase=Phase.APPROVED, conditions=conditions, tenant=tenant, grant=grant)


def _last_day(spec: RequestSpec, now: dt.datetime) -> dt.date:
    """Give the day of the approval where the whole chain agreed to an end before the last day."""
    if spec.state is not State.ENDED:
        return spec.ends
    return min(spec.ends, max(now.astimezone().date(), spec.starts + dt.timedelta(days=1)))


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
