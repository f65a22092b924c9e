"""Takes a tenant across from one agency's desk to another's, as objects say: asked for by key."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from sen.operator.api import Api
from sen.operator.course import condition
from sen.operator.handover import Offer, is_handed, key_text, taken_over
from sen.operator.plan import Around, Plan, Said
from sen.operator.transfer import Transfers
from sen.operator.world import Key, World, key_of
from stacks.models.agency import Agency
from stacks.models.objects.request import RequestSpec
from stacks.models.objects.status import Phase
from stacks.models.objects.tenant import Taken
from stacks.problem import Problem

Object = Mapping[str, Any]
Clock = Callable[[], dt.datetime]


class Passing:
    """What a reconciler does where two desks have to do with one tenant.

    Args:
        transfers: Without it tenants stay where they are.
    """

    def __init__(self, world: World, api: Api, transfers: Transfers | None, clock: Clock) -> None:
        self._world, self._api, self._transfers, self._clock = world, api, transfers, clock
        self._takers: dict[str, Key] = {}

    def other_side(self, thing: Object) -> Iterator[str]:
        """Give the requests on the other desk, `desk/name`, that a change may let go on."""
        spec = thing["spec"]
        if thing["kind"] == "TenantRequest" and spec.get("takes"):
            self._takers[spec["takes"]] = key_of(thing)
            return
        tenant = thing if thing["kind"] == "Tenant" else self._world.built_by(thing)
        if tenant is None:
            return
        taker, taken = self._takers.get(tenant["metadata"]["name"]), tenant["spec"].get("taken")
        if taker is not None and taker[0] != tenant["metadata"]["namespace"]:
            yield "/".join(taker)
        if taken is not None:
            yield taken["request"]

    def waiting(self) -> list[str]:
        """Give the requests that take a tenant over: a day may bring them on."""
        return ["/".join(each) for each in self._takers.values()]

    async def around(self, request: Object) -> Around:
        """Give what else is known when a request is decided on."""
        tenant, successor = self._world.built_by(request), self._successor(request)
        if not request["spec"].get("takes"):
            return Around(tenant, successor)
        if tenant is not None and (taken := tenant["spec"].get("taken")) is not None:
            return Around(tenant, successor, Taken.model_validate(taken))
        return Around(None, successor, await asyncio.to_thread(self._taken, request))

    def end_access(self, tenants: Sequence[Object]) -> None:
        """End what people of another agency may do in tenants that are about to be taken over."""
        for each in tenants:
            new = each["spec"].get("taken") and not condition(each, "Provisioned")
            if new and self._transfers is not None:
                self._transfers.end_access(each)

    async def handed(self, key: Key, found: Plan) -> None:
        """Let the agency of before know, before its tenant is another's."""
        to, transfers = found.tenant, self._transfers
        if to is None or to.taken is None or transfers is None:
            return
        if self._world.get("Tenant", (key[0], to.namespace)) is not None:
            return
        asking = "/".join(key)
        for each in self._world.tenants_named(to.namespace):
            if not is_handed(each) or each["spec"]["handed"]["request"] == asking:
                self._world.learn(await asyncio.to_thread(transfers.hand, each, to, asking))

    async def offered(self, key: Key) -> None:
        """Put a tenant on the desk of whom it is offered to; say so on its own."""
        request, transfers = self._world.get("TenantRequest", key), self._transfers
        if request is None or transfers is None:
            return
        said, tenant = None, self._world.built_by(request)
        if tenant is not None and request["spec"].get("transfer_to"):
            successor = self._successor(request)
            said = await asyncio.to_thread(transfers.offer, tenant, request, successor)
        elif condition(request, "Transfer").get("status") == "Unknown":
            said = Said("False", "Withdrawn")
        if said is not None:
            await self._settle("tenantrequests", request, {"Transfer": said}, {})

    async def left(self, request: Object, tenant: Object) -> None:
        """Let a tenant that is handed over, and its request, say where it went."""
        if self._transfers is None:
            return
        desk = tenant["spec"]["handed"]["request"].partition("/")[0]
        there = self._world.get("Tenant", (desk, tenant["metadata"]["name"]))
        built = there is not None and condition(there, "Provisioned").get("status") == "True"
        said = self._transfers.told(tenant, built=built)
        fields = {"phase": Phase.TRANSFERRED if built else Phase.PROVISIONING}
        await self._settle("tenants", tenant, said, fields)
        await self._settle("tenantrequests", request, said, {**fields, "waits_for": []})

    def _successor(self, request: Object) -> Agency | None:
        today = self._clock().astimezone().date()
        return self._world.successor(request["spec"]["agency"], today)

    def _taken(self, request: Object) -> Taken | Problem:
        """Say what a request takes over, as things stand, or why it cannot."""
        name = str(request["spec"]["takes"])
        try:
            spec = RequestSpec.model_validate(request["spec"], context={"today": None})
        except ValidationError:  # the plan itself says what is wrong
            return Problem("life-transfer-unknown", name)
        today = self._clock().astimezone().date()
        return taken_over(spec, key_text(request), self._offer(request, name), today)

    def _offer(self, request: Object, name: str) -> Offer:
        """Give the tenant on another desk, as far as this request may have it."""
        asking, there = key_text(request), self._world.tenants_named(name)
        home = request["metadata"]["namespace"]
        others = [each for each in there if each["metadata"]["namespace"] != home]
        for tenant in others:
            if not is_handed(tenant) or tenant["spec"]["handed"]["request"] == asking:
                break
        else:
            return Offer()
        before = self._world.request_of(tenant)
        successor = self._successor(before) if before is not None else None
        papers = self._transfers.agreements(name) if self._transfers else ()
        return Offer(tenant, before, successor, papers, came_back=len(others) < len(there))

    async def _settle(
        self, plural: str, thing: Object, said: Mapping[str, Said], fields: Mapping[str, object]
    ) -> None:
        settle, now = self._api.settle, self._clock()
        made = await asyncio.to_thread(settle, plural, thing, said, fields, now)
        if made is not None:
            self._world.learn(made)
