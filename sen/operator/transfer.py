"""Hands a tenant from one agency to another: the offer, the end of old access, what is left.

Each step asks the objects what stands and may be done again: killed anywhere, it goes on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sen.evidence import Act
from sen.operator.exempting import carry
from sen.operator.handover import draft, key_text, offered_to
from sen.operator.plan import Said
from sen.operator.telling import Means, Teller
from sen.tenancy.desk import desk_of
from sen.tenancy.life.elsewhere import AGREEMENT, BINDINGS, WAIVER, agreements, waivers
from stacks.components.manifest import STACK_LABEL
from stacks.models.agency import Agency, agencies
from stacks.models.objects.tenant import TenantSpec
from stacks.problem import Problem

Object = Mapping[str, Any]
OPERATOR = "sen-operator"


class Desks(Protocol):
    """The part of the operator's API that puts a request on a desk."""

    def myself(self) -> str: ...

    def ask(self, namespace: str, name: str, spec: Mapping[str, Any]) -> bool: ...


@dataclass(frozen=True)
class Transfers:
    """The steps of a transfer; its calls block."""

    teller: Teller
    means: Means
    desks: Desks

    def agreements(self, name: str) -> Sequence[str]:
        """Give the sharing agreements that name a tenant and still hold."""
        found = agreements(self.means.objects, name, self.teller.today())
        return sorted(f"{AGREEMENT.name} {key_text(each)}" for each in found)

    def papers(self, name: str) -> Sequence[str]:
        """Give the sharing agreements and waivers that name a tenant and still hold."""
        found = waivers(self.means.objects, name, self.teller.today())
        exempt = [f"{WAIVER.name} {key_text(each)}" for each in found]
        return sorted([*self.agreements(name), *exempt])

    def offer(self, tenant: Object, request: Object, successor: Agency | None) -> Said | None:
        """Put it on the other agency's desk, once; give what is to be said of the offer."""
        code = offered_to(tenant, request, successor)
        if code is None:
            return None
        to, name = agencies().get(code), str(tenant["metadata"]["name"])
        spec = draft(tenant, to, self.desks.myself(), self.teller.today())
        values = {"to": code, "title": to.title, "desk": desk_of(code)}
        if not self.desks.ask(desk_of(code), name, spec):
            return Said("False", "NoDesk", Problem("life-transfer-no-desk", name, values).both())
        data = {"to": code, "request": key_text(request)}
        self.means.once(Act("tenant.offer", OPERATOR, name, data), *data)
        return Said("Unknown", "Offered", Problem("life-transfer-offered", name, values).both())

    def hand(self, tenant: Object, to: TenantSpec, asking: str) -> Object:
        """Write down that it goes, and say so in its object: from here on nobody builds it there.

        Args:
            tenant: Its object on the desk of before.
            to: What it will be.
            asking: The request that takes it over, `desk/name`.
        """
        if to.taken is None:
            raise ValueError(to.namespace)
        on, old = to.taken.on, tenant["spec"]
        data = {
            "from": old["agency"],
            "to": to.agency,
            "on": on.isoformat(),
            "request": asking,
            "before": to.taken.request,
            "material": to.material,
        }
        stay = {"papers": list(self.papers(to.namespace))}
        act = Act("tenant.transfer", OPERATOR, to.namespace, {**data, **stay})
        self.means.once(act, "to", "request", "material")
        if old.get("handed") is not None:
            return tenant
        carry(self.means, tenant, to.agency, on)
        handed = {"to": to.agency, "request": asking, "on": on.isoformat()}
        return self.teller.api.amend(tenant, {"handed": handed, "ends": _last_day(old, data["on"])})

    def end_access(self, tenant: Object) -> int:
        """Take people's rights that nobody builds out of its namespace; give how many there were.

        The stack's own bindings follow from the request; these were made by hand, or for days.
        """
        name, objects = tenant["metadata"]["name"], self.means.objects
        ended = []
        for each in objects.each(BINDINGS[0], name):
            subjects = each.get("subjects") or ()
            kept = [one for one in subjects if one["kind"] == "ServiceAccount"]
            if STACK_LABEL in (each["metadata"].get("labels") or {}) or len(kept) == len(subjects):
                continue
            ended.append(str(each["metadata"]["name"]))
            if kept:
                objects.patch(each, {"subjects": kept})
            else:
                objects.delete(each)
        if ended:
            self.means.record(Act("tenant.access-ends", OPERATOR, name, {"bindings": ended}))
        return len(ended)

    def told(self, tenant: Object, *, built: bool) -> dict[str, Said]:
        """Give what the object that is left says of where its tenant went."""
        handed = tenant["spec"]["handed"]
        values = {key: handed[key] for key in ("to", "request", "on")}
        words = Problem("life-transferred", tenant["metadata"]["name"], values).both()
        said = Said("True", "HandedOver", words) if built else Said("Unknown", "Moving", words)
        return {"Transfer": said, "Ready": Said("False", said.reason, words)}


def _last_day(spec: Mapping[str, Any], on: str) -> str:
    """Give the last day that the agency of before bears; a tenant has two days at least."""
    day = dt.timedelta(days=1)
    last = dt.date.fromisoformat(on) - day
    first = dt.date.fromisoformat(spec["starts"])
    return min(str(spec["ends"]), max(last, first + day).isoformat())
