"""Lets requests and tenants say on the API server how things went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sen.operator.api import Api
from sen.operator.course import is_closed
from sen.operator.history import with_past
from sen.operator.passing import Passing
from sen.operator.plan import Plan, Said, plan
from sen.operator.work import Clock
from sen.operator.world import Object, World, key_of
from stacks.models.ledger import Ledger
from stacks.models.objects.status import Phase

# What was granted is not asked for again.
NO_LIMITS = Ledger({}, ())


class Settling:
    """Writes status; what the API server answers is learned at once.

    Args:
        live: Called with a tenant whose state has changed: its life goes on from there.
    """

    def __init__(
        self,
        world: World,
        api: Api,
        passing: Passing,
        clock: Clock,
        live: Callable[[Object], None],
    ) -> None:
        self._world, self._api, self._passing = world, api, passing
        self._clock, self._live = clock, live

    async def tell(
        self, tenant: Object, phase: Phase, said: dict[str, Said], run: str | None
    ) -> None:
        """Say how a tenant's stack went, and by which run; its request says the same."""
        now, settle = self._clock(), self._api.settle
        fields = {"phase": phase, **({"last_run": run} if run else {})}
        made = await asyncio.to_thread(settle, "tenants", tenant, said, fields, now)
        if made is not None:
            self._world.learn(made)
            await self.settled(made)
            self._live(made)

    async def decided(self, request: Object, found: Plan) -> None:
        """Let a request say what was found for it."""
        self._learn(await asyncio.to_thread(self._api.say, request, found, self._clock()))

    async def settled(self, tenant: Object) -> None:
        """Let the request say what its tenant says, if it still asks for the same."""
        name = tenant["spec"]["request"]
        request = self._world.get("TenantRequest", (tenant["metadata"]["namespace"], name))
        if request is None:
            return
        approvals, around = (
            self._world.approvals(key_of(request)),
            await self._passing.around(request),
        )
        found = plan(request, approvals, NO_LIMITS, self._clock(), around)
        same = found.tenant is not None and found.tenant.material == tenant["spec"]["material"]
        status = tenant.get("status") or {}
        if not (same or is_closed(tenant)) or "phase" not in status:
            return
        said = {
            **found.conditions,
            **{
                each["type"]: Said(each["status"], each["reason"], each["message"])
                for each in status["conditions"]
            },
        }
        fields = {
            "phase": status["phase"],
            "tenant": tenant["metadata"]["name"],
            "price_vnd": found.price_vnd,
            "waits_for": [],
            "approved_by": list(found.approved_by),
            "history": with_past(request, tenant, found),
        }
        settle = self._api.settle
        written = await asyncio.to_thread(
            settle, "tenantrequests", request, said, fields, self._clock()
        )
        self._learn(written)

    def _learn(self, request: Object | None) -> None:
        if request is not None:
            self._world.learn(request)
