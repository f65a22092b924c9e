"""Decides on requests, and puts the tenants down that are approved and granted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sen.evidence import Act
from sen.operator.api import Api
from sen.operator.conditions import holds
from sen.operator.course import is_closed
from sen.operator.handover import is_handed
from sen.operator.passing import Passing
from sen.operator.plan import Plan, plan
from sen.operator.settling import Settling
from sen.operator.work import Clock, Work
from sen.operator.world import Key, Object, World, joined, parted


class Deciding:
    """Every decision may be made again after a crash: what was granted is granted still.

    Args:
        build: Called with the first-level agency whose stack has something new to build.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of an operator
        self,
        world: World,
        api: Api,
        work: Work,
        passing: Passing,
        settling: Settling,
        clock: Clock,
        build: Callable[[str], None],
    ) -> None:
        self._world, self._api, self._work, self._passing = world, api, work, passing
        self._settling, self._clock, self._build = settling, clock, build
        self._granting = asyncio.Lock()

    async def decide(self, name: str) -> None:
        """Decide on one request, and offer its tenant to whom it is to go."""
        key = parted(name)
        request = self._world.get("TenantRequest", key)
        if request is None:
            return
        tenant = self._world.built_by(request)
        if tenant is not None and is_handed(tenant):
            await self._passing.left(request, tenant)
            return
        await self._decided(key, request)
        await self._passing.offered(key)

    async def _decided(self, key: Key, request: Object) -> None:
        """Decide, and put the tenant down if it is approved and granted."""
        async with self._granting:  # one grant after the other: the last unit is given once
            ledger = self._world.ledger(request["spec"]["agency"])
            around = await self._passing.around(request)
            if around.tenant is not None and is_closed(around.tenant):
                await self._settling.settled(around.tenant)
                return
            found = plan(request, self._world.approvals(key), ledger, self._clock(), around)
            if found.tenant is not None:
                await self._recorded(key, found)
                await self._passing.handed(key, found)
                made = await asyncio.to_thread(self._api.put_tenant, key[0], found.tenant)
                self._world.learn(made)
                if holds(made, "Ready"):
                    await self._settling.settled(made)
                    return
                self._build(self._world.shard(found.tenant.agency))
        await self._settling.decided(request, found)

    async def _recorded(self, key: Key, found: Plan) -> None:
        """Write down what is about to be granted; what cannot be written down is not done."""
        tenant = found.tenant
        there = tenant and self._world.get("Tenant", (key[0], tenant.namespace))
        if tenant is None or (there and there["spec"]["material"] == tenant.material):
            return
        data = {
            "request": joined(key),
            "material": tenant.material,
            "approved_by": list(found.approved_by),
            "price_vnd": tenant.price_vnd,
            "ends": str(tenant.ends),
        }
        act = Act("tenant.grant", "sen-operator", tenant.namespace, data)
        await asyncio.to_thread(self._work.record, act)
