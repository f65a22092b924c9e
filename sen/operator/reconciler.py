"""Brings requests and tenants together: decides, grants, runs stacks, says how it went."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from sen.evidence import Act
from sen.operator.api import Api
from sen.operator.batch import Batches, Job
from sen.operator.conditions import holds
from sen.operator.plan import Plan, Said, plan
from sen.operator.world import Key, Object, World, key_of
from stacks.models.ledger import Ledger
from stacks.models.objects.status import Phase
from stacks.problem import ProblemError

LOG = logging.getLogger("sen.operator")
Clock = Callable[[], dt.datetime]
# After a failed run: seconds until the next, doubled each time.
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
# What was granted is not asked for again.
NO_LIMITS = Ledger({}, ())


@dataclass(frozen=True)
class Work:
    """What is done outside the API server."""

    build: Callable[[str, Sequence[Object]], None]
    record: Callable[[Act], object]


class Reconciler:
    """Works on what is known; every step may be done again after a crash.

    Args:
        work: Runs the stack of a first-level agency over tenants, and keeps records; both block.
        at_once: How many stacks run at the same time.
    """

    def __init__(self, api: Api, work: Work, clock: Clock, at_once: int = 2) -> None:
        self.world = World()
        self._api, self._work, self._clock = api, work, clock
        self._requests = Batches(self._again_if_it_fails(self._decide, self._ask_request), 8)
        self._stacks = Batches(self._again_if_it_fails(self._run, self._ask_stack), at_once)
        self._granting = asyncio.Lock()
        self._failures: dict[str, int] = {}

    def learn(self, thing: Object, *, gone: bool = False) -> None:
        """Take in an event and ask for what follows from it."""
        self.world.learn(thing, gone=gone)
        if thing["kind"] == "TenantRequest" and not gone:
            self._requests.ask(_text(key_of(thing)))
        elif thing["kind"] == "Approval":
            self._requests.ask(_text((thing["metadata"]["namespace"], thing["spec"]["request"])))
        elif thing["kind"] == "Agency":
            for each in self.world.all("TenantRequest"):
                self._requests.ask(_text(key_of(each)))
        elif thing["kind"] == "Tenant" and not gone and not holds(thing, "Ready"):
            self._stacks.ask(self.world.shard(thing["spec"]["agency"]))

    async def idle(self) -> None:
        await self._requests.idle()
        await self._stacks.idle()

    async def close(self) -> None:
        await self._requests.close()
        await self._stacks.close()

    def _again_if_it_fails(self, job: Job, ask: Callable[[str], None]) -> Job:
        """Try again later what the API server or the disk did not take now."""

        async def tried(key: str) -> None:
            try:
                await job(key)
            except (ProblemError, ApiException, HTTPError, OSError) as error:
                LOG.warning("%s: %s; again in %.0f s", key, error, FIRST_PAUSE)
                asyncio.get_running_loop().call_later(FIRST_PAUSE, ask, key)

        return tried

    def _ask_request(self, name: str) -> None:
        self._requests.ask(name)

    def _ask_stack(self, shard: str) -> None:
        self._stacks.ask(shard)

    async def _decide(self, name: str) -> None:
        """Decide on one request, and put its tenant down if it is approved and granted."""
        key = _key(name)
        request = self.world.get("TenantRequest", key)
        if request is None:
            return
        async with self._granting:  # one grant after the other: the last unit is given once
            ledger = self.world.ledger(request["spec"]["agency"])
            found = plan(request, self.world.approvals(key), ledger, self._clock())
            if found.tenant is not None:
                await self._recorded(key, found)
                made = await asyncio.to_thread(self._api.put_tenant, key[0], found.tenant)
                self.world.learn(made)
                if holds(made, "Ready"):
                    await self._settled(made)
                    return
                self._stacks.ask(self.world.shard(found.tenant.agency))
        await self._written(await asyncio.to_thread(self._api.say, request, found, self._clock()))

    async def _recorded(self, key: Key, found: Plan) -> None:
        """Write down what is about to be granted; what cannot be written down is not done."""
        tenant = found.tenant
        there = tenant and self.world.get("Tenant", (key[0], tenant.namespace))
        if tenant is None or (there and there["spec"]["material"] == tenant.material):
            return
        data = {
            "request": _text(key),
            "material": tenant.material,
            "approved_by": list(found.approved_by),
            "price_vnd": tenant.price_vnd,
            "ends": str(tenant.ends),
        }
        act = Act("tenant.grant", "sen-operator", tenant.namespace, data)
        await asyncio.to_thread(self._work.record, act)

    async def _run(self, shard: str) -> None:
        """Run a stack over all its tenants, and tell each of them how it went."""
        tenants = self.world.tenants_of(shard)
        waiting = [each for each in tenants if not holds(each, "Ready")]
        if not waiting:
            return
        try:
            await asyncio.to_thread(self._work.build, shard, tenants)
        except ProblemError as error:
            await self._failed(shard, waiting, str(error))
            return
        self._failures.pop(shard, None)
        for each in waiting:
            data = {"material": each["spec"]["material"], "stack": shard}
            act = Act("tenant.build", "sen-operator", each["metadata"]["name"], data)
            await asyncio.to_thread(self._work.record, act)
            said = {"Ready": Said("True", "Built"), "Provisioned": Said("True", "Built")}
            await self._tell(each, Phase.READY, said)

    async def _failed(self, shard: str, waiting: Sequence[Object], words: str) -> None:
        """Say why, and try again later; others go on meanwhile."""
        count = self._failures[shard] = self._failures.get(shard, 0) + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (count - 1))
        LOG.warning("stack of %s failed %d times, again in %.0f s", shard, count, pause)
        for each in waiting:
            said = {"Ready": Said("False", "RunFailed", words[-2000:])}
            await self._tell(each, Phase.FAILED, said)
        asyncio.get_running_loop().call_later(pause, self._stacks.ask, shard)

    async def _tell(self, tenant: Object, phase: Phase, said: dict[str, Said]) -> None:
        now = self._clock()
        settle = self._api.settle
        made = await asyncio.to_thread(settle, "tenants", tenant, said, {"phase": phase}, now)
        if made is not None:
            self.world.learn(made)
            await self._settled(made)

    async def _settled(self, tenant: Object) -> None:
        """Let the request say what its tenant says, if it still asks for the same."""
        name = tenant["spec"]["request"]
        request = self.world.get("TenantRequest", (tenant["metadata"]["namespace"], name))
        if request is None:
            return
        found = plan(request, self.world.approvals(key_of(request)), NO_LIMITS, self._clock())
        if found.tenant is None or found.tenant.material != tenant["spec"]["material"]:
            return
        status = tenant["status"]
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
        }
        settle = self._api.settle
        written = await asyncio.to_thread(
            settle, "tenantrequests", request, said, fields, self._clock()
        )
        await self._written(written)

    async def _written(self, request: Object | None) -> None:
        if request is not None:
            self.world.learn(request)


def _text(key: Key) -> str:
    return "/".join(key)


def _key(text: str) -> Key:
    namespace, _, name = text.partition("/")
    return namespace, name
