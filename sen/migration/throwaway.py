"""Tries the namespace side of a move in a namespace like the tenant's, which is thrown away."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from playbooks.migration.order import SystemOrder
from playbooks.migration.order.endpoints import ServiceOrder
from playbooks.migration.part import Bystander
from playbooks.migration.steps import Pulse, Step
from playbooks.migration.steps.step import Facts
from sen.local.patience import wait_until
from sen.migration import likeness, standin
from sen.migration.applying import REFUSED, Applying
from sen.migration.asked import unlike
from sen.migration.likeness import ACCOUNT, BOUNDS, NAMESPACE, POLICY, QUOTA, SERVICE
from sen.migration.room import lacking, storage_left, unopened
from sen.tenancy.life.objects import Object, Objects
from stacks.problem import Problem, ProblemError

# No part of an order can have a name with a dash.
PART, STEP = "tenant-side", "tenant"
LIFE = dt.timedelta(hours=1)
PATIENCE_SECONDS = 10.0
# What the API server says of a new namespace until its quota is counted, and known to the rules.
_NOT_YET = ("status unknown for quota", "no params found for policy binding")


def sweep(objects: Objects, now: dt.datetime, ours: tuple[str, str] = ("", "")) -> int:
    """Remove namespaces whose hour is over, and those of the wave and system `ours`."""
    found = [
        each
        for each in objects.each(NAMESPACE)
        if likeness.OF in (each["metadata"].get("labels") or {})
        and likeness.is_left(each, *ours, now)
    ]
    for each in found:
        objects.delete(each)
    return len(found)


@dataclass(frozen=True)
class TenantSide(Bystander):
    """What a move needs in its tenant's namespace, as a part of the rehearsal alone.

    A move puts no workload there: it leads a Service. So a small job stands for what runs there.

    Attributes:
        wave: Owner of the namespace that is made.
        patience: Seconds for the cluster to count the quota of a new namespace.
    """

    objects: Applying
    system: SystemOrder
    wave: str
    now: Callable[[], dt.datetime]
    patience: float = PATIENCE_SECONDS
    name: str = PART

    def fill(self) -> list[Step]:
        return []

    def rehearsal(self) -> list[Step]:
        """Give one step; what it makes is gone after it, whether it passed or not."""
        return [Step(STEP, self._tried)]

    def _tried(self, _pulse: Pulse) -> Facts:
        tenant = self.objects.get(NAMESPACE, self.system.tenant)
        if tenant is None:
            values = {"system": self.system.system}
            raise ProblemError(Problem("tenant-side-none", self.system.tenant, values))
        swept = self._sweep()
        quotas = self.objects.each(QUOTA, self.system.tenant)
        self._room(quotas)
        mark, until = f"try{uuid.uuid4().hex[:5]}", self.now() + LIFE
        home = likeness.namespace_like(tenant, mark, self.wave, self.system.system, until)
        self.objects.apply(home)
        try:
            more = {
                "storage_left": storage_left(quotas),
                "unlike": unlike(self.objects, self.system.tenant),
            }
            return {"swept": swept, **more, **self._within(home["metadata"]["name"])}
        finally:
            self.objects.delete(home)

    def _sweep(self) -> int:
        """Remove what a rehearsal left that was killed."""
        return sweep(self.objects, self.now(), (self.wave, self.system.system))

    def _within(self, home: str) -> dict[str, object]:
        bounds = {kind: self.objects.each(kind, self.system.tenant) for kind in BOUNDS}
        left_out = [
            said
            for things in bounds.values()
            for each in things
            if (said := self._unlike(likeness.copied(each, home)))
        ]
        accounts = [each["metadata"]["name"] for each in bounds[ACCOUNT]]
        tried = self._try(home, "workload" if "workload" in accounts else "default")
        return {
            "namespace": home,
            "copied": sum(map(len, bounds.values())) - len(left_out),
            "left_out": left_out,
            "tried": tried,
            "flows_closed": unopened(bounds[POLICY], self.system.flows),
        }

    def _unlike(self, thing: Object) -> str | None:
        """Copy one of the bounds; give why it was refused: a waiver for the tenant's holds there.

        What lacks then is judged by what is tried.
        """
        try:
            self.objects.apply(thing)
        except ProblemError as error:
            if [each.key for each in error.problems] != [REFUSED]:
                raise
            return f"{error.problems[0].thing}: {error.problems[0].values['why']}"
        return None

    def _try(self, home: str, account: str) -> list[str]:
        """Let the API server judge the job, its pod, and the Service as it leads to each side."""
        made = standin.job(home, account)
        self._judged(made)
        self._judged(standin.pod(made), look=True)  # kept, it would wait for an image
        tried = [made, standin.pod(made)]
        if service := self._service():
            for each in likeness.led(service, home):
                self._judged(each)
            tried.append(service)
        return [f"{each['kind']}/{each['metadata']['name']}" for each in tried]

    def _judged(self, thing: Object, *, look: bool = False) -> None:
        """Let the API server judge, once the cluster has taken note of the new quota."""

        def counted() -> bool:
            try:
                self.objects.apply(thing, look=look)
            except ProblemError as error:
                why = str(error.problems[0].values.get("why"))
                if not any(each in why for each in _NOT_YET):
                    raise
                return False
            return True

        if not wait_until(counted, self.patience):
            self.objects.apply(thing, look=look)  # and it says why

    def _service(self) -> Object | None:
        """Give the Service that leads people; that one is there, the endpoint asks."""
        order = self.system.endpoint
        if not isinstance(order, ServiceOrder):
            return None
        return self.objects.get(SERVICE, order.service, self.system.tenant)

    def _room(self, quotas: list[Object]) -> None:
        """Look whether the tenant's own quotas have room: the copy's count nothing yet.

        Raises:
            ProblemError: They have too little of something.
        """
        need = standin.needs(standin.pod(standin.job(self.system.tenant, "default")))
        problems = [
            Problem(
                "tenant-side-full",
                self.system.tenant,
                {"resource": name, "needed": need[name], "used": used, "most": most},
            )
            for name, used, most in lacking(quotas, need)
        ]
        if problems:
            raise ProblemError(*problems)
