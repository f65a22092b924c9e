"""Makes limits, grants, open requests and charges from objects; nothing here touches anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sen.budget.reading import Object, Objects
from sen.operator.world import grant_of
from sen.tenancy.listing import AGENCY, ENDS, LEVEL, PRICE, SYSTEM
from stacks.models.agency import AgencyBook
from stacks.models.chain import material
from stacks.models.label import PREFIX
from stacks.models.ledger import MONEY, SHARED, Grant, Ledger, Limit, amounts_of
from stacks.models.objects.agency import AgencySpec
from stacks.models.objects.request import RequestSpec
from stacks.models.objects.status import Phase
from stacks.models.price import monthly_price
from stacks.models.showback import Charge, Parents
from stacks.problem import Problem, ProblemError

STARTS, BUDGET_CODE = f"{PREFIX}/starts", f"{PREFIX}/budget-code"
# What the platform pays itself, such as the agencies' desks, is nobody's bill.
OWN_BUDGET = "SEN-PLATFORM"


T = TypeVar("T")


@dataclass(frozen=True)
class Account:
    """What budgets are counted from.

    Attributes:
        limits: Of agencies that have an object.
        grants: What the operator gave: the ledger that it decides by.
        asked: What open requests want on top of what their tenants have.
        charges: What every tenant costs, those built from files too.
        unreadable: What could not be counted, and why.
    """

    parents: Parents
    limits: tuple[Limit, ...] = ()
    grants: tuple[Grant, ...] = ()
    asked: tuple[Grant, ...] = ()
    charges: tuple[Charge, ...] = ()
    unreadable: tuple[Problem, ...] = ()

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.parents, self.limits, self.grants)

    def budgets(self, year: int) -> dict[str, int]:
        """Give VND of a year by agency."""
        key = f"{MONEY}-{year}"
        return {each.agency: each.amounts[key] for each in self.limits if key in each.amounts}


def account(
    objects: Objects, book: AgencyBook, today: dt.date, asking: Iterable[str] = ()
) -> Account:
    """Count everything; what cannot be read is named, and the rest is counted.

    Agencies that are `asking` have their place in the hierarchy even if nothing is theirs yet.
    """
    unreadable: list[Problem] = []

    def read(kind: str, things: Iterable[Object], convert: Callable[[Object], T | None]) -> list[T]:
        found = []
        for thing in things:
            try:
                made = convert(thing)
            except (ValueError, KeyError, TypeError, AttributeError, ProblemError):
                name = f"{kind}/{thing['metadata']['name']}"
                unreadable.append(Problem("budget-unreadable", name))
            else:
                found += [made] if made is not None else []
        return found

    tenants = {
        each["metadata"]["name"]: each
        for each in sorted(objects.tenants, key=lambda one: "handed" not in one["spec"])
    }
    own = [each for each in objects.namespaces if each["metadata"]["name"] not in tenants]
    limits = read("Agency", objects.agencies, limit_of)
    grants = read("Tenant", objects.tenants, grant_of)
    asked = read("TenantRequest", objects.requests, lambda each: _asked(each, tenants, today))
    charges = read("Tenant", objects.tenants, charge_of) + read("Namespace", own, _of_namespace)
    codes = [*asking]
    for part in (limits, grants, asked, charges):
        codes += [each.agency for each in part]
    return Account(
        parents=parents_of(codes, book),
        limits=tuple(limits),
        grants=tuple(grants),
        asked=tuple(asked),
        charges=tuple(charges),
        unreadable=tuple(unreadable),
    )


def limit_of(agency: Object) -> Limit:
    """Give what an agency may have, as the operator's ledger counts it."""
    spec = AgencySpec.model_validate(agency["spec"])
    quota = spec.quota.model_dump(include=set(SHARED)) if spec.quota else {}
    money = {f"{MONEY}-{each.year}": each.vnd for each in spec.budgets}
    return Limit(spec.code, {**quota, **money})


def parents_of(codes: Iterable[str], book: AgencyBook) -> Parents:
    """Give the parent of each agency and of all above; a code that nobody knows has none."""
    parents: dict[str, str | None] = {}
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code in parents:
            continue
        try:
            parents[code] = book.get(code).parent
        except ProblemError:
            parents[code] = None
        waiting += [parent] if (parent := parents[code]) else []
    return parents


def _asked(request: Object, tenants: Mapping[str, Object], today: dt.date) -> Grant | None:
    """Give what an open request wants on top of what its tenant has; None if it is settled."""
    given, status = request["spec"], request.get("status") or {}
    first = dt.date.fromisoformat(given["starts"])
    spec = RequestSpec.model_validate(given, context={"today": first})
    seen = status.get("observedGeneration") == request["metadata"].get("generation")
    closed = status.get("phase") in {Phase.REJECTED, Phase.TRANSFERRED}
    if spec.ends < today or (seen and closed):
        return None
    there = tenants.get(spec.name)
    if there is not None and there["spec"]["material"] == material(spec):
        return None
    wanted = amounts_of(spec.quota_effective, monthly_price(spec), spec.starts, spec.ends)
    has = grant_of(there).amounts if there is not None else {}
    more = {what: max(0, amount - has.get(what, 0)) for what, amount in wanted.items()}
    return Grant(spec.name, spec.agency, more)


def charge_of(tenant: Object) -> Charge:
    """Charge at the price that was frozen when the tenant was approved."""
    spec = tenant["spec"]
    return Charge(
        tenant=tenant["metadata"]["name"],
        agency=spec["agency"],
        system=spec["approved"]["system"]["slug"],
        level=spec["level"],
        monthly_vnd=spec["price_vnd"],
        starts=dt.date.fromisoformat(spec["starts"]),
        ends=dt.date.fromisoformat(spec["ends"]),
    )


def _of_namespace(namespace: Object) -> Charge | None:
    """Charge a tenant built from a file at the price of its first day's list, noted on it."""
    meta = namespace["metadata"]
    labels, notes = meta["labels"], meta["annotations"]
    if notes.get(BUDGET_CODE) == OWN_BUDGET:
        return None
    return Charge(
        tenant=meta["name"],
        agency=labels[AGENCY],
        system=labels[SYSTEM],
        level=_whole(labels[LEVEL]),
        monthly_vnd=_whole(notes[PRICE]),
        starts=dt.date.fromisoformat(notes[STARTS]),
        ends=dt.date.fromisoformat(labels[ENDS]),
    )


def _whole(text: str) -> int:
    """Read a number of figures alone: no sign, no blank."""
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)
