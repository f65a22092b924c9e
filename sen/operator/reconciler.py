"""Brings requests and tenants together: decides, grants, runs stacks, says how it went."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from sen.evidence import Act
from sen.operator.api import Api
from sen.operator.batch import Batches, Job
from sen.operator.conditions import holds
from sen.operator.course import is_closed, is_gone, is_removed, phase_when_built
from sen.operator.handover import is_handed
from sen.operator.history import with_past
from sen.operator.life import Life
from sen.operator.passing import Passing
from sen.operator.plan import Plan, Said, plan
from sen.operator.transfer import Transfers
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
    """What is done outside the API server.

    Attributes:
        remove: Runs a stack without some of its tenants: their names, and those that stay.
        life: Takes tenants along their lives; without it they stay as they were built.
        last_run: Gives the id of the last run of a stack, None before the first.
        transfers: Hands tenants from one agency to another; without it they stay where they are.
    """

    build: Callable[[str, Sequence[Object]], None]
    record: Callable[[Act], object]
    remove: Callable[[str, Sequence[str], Sequence[Object]], None] | None = None
    life: Life | None = None
    last_run: Callable[[str], str | None] = lambda _: None
    transfers: Transfers | None = None


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
        self._lives = Batches(self._again_if_it_fails(self._live, self._ask_life), 4)
        self._granting = asyncio.Lock()
        self._failures: dict[str, int] = {}
        self._passing = Passing(self.world, api, work.transfers, clock)
        self._shards: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def learn(self, thing: Object, *, gone: bool = False) -> None:
        """Take in an event and ask for what follows from it."""
        self.world.learn(thing, gone=gone)
        if thing["kind"] == "TenantRequest" and not gone:
            self._requests.ask(_text(key_of(thing)))
            self._ask_lives_of(thing)
            self._ask_other_side(thing)
        elif thing["kind"] == "Approval":
            self._requests.ask(_text((thing["metadata"]["namespace"], thing["spec"]["request"])))
        elif thing["kind"] == "Agency":
            for each in self.world.all("TenantRequest"):
                self._requests.ask(_text(key_of(each)))
        elif thing["kind"] == "Tenant" and not gone:
            if _waits_for_run(thing):
                self._stacks.ask(self.world.shard(thing["spec"]["agency"]))
            if self._work.life is not None and not is_gone(thing):
                self._lives.ask(_text(key_of(thing)))
            self._ask_other_side(thing)

    def _ask_other_side(self, thing: Object) -> None:
        for key in self._passing.other_side(thing):
            self._requests.ask(key)

    def look_at_lives(self) -> int:
        """Ask for every tenant to which the day brings something; give how many."""
        life = self._work.life
        if life is None:
            return 0
        for key in self._passing.waiting():
            self._requests.ask(key)
        due = [
            each for each in self.world.all("Tenant") if life.due(each, self.world.request_of(each))
        ]
        for each in due:
            self._lives.ask(_text(key_of(each)))
        return len(due)

    @property
    def queued(self) -> dict[str, int]:
        """Give how much waits, by queue."""
        return {"requests": self._requests.waiting, "stacks": self._stacks.waiting}

    async def idle(self) -> None:
        """Wait until nothing is asked for; one thing may have asked for another."""
        parts = (self._requests, self._stacks, self._lives)
        while any(each.busy for each in parts):
            for each in parts:
                await each.idle()

    async def close(self) -> None:
        await self._lives.close()
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

    def _ask_life(self, name: str) -> None:
        self._lives.ask(name)

    def _ask_lives_of(self, request: Object) -> None:
        if self._work.life is not None:
            tenant = self.world.built_by(request)
            if tenant is not None:
                self._lives.ask(_text(key_of(tenant)))

    async def _live(self, name: str) -> None:
        """Take one tenant one step along its life."""
        key, life = _key(name), self._work.life
        tenant = self.world.get("Tenant", key)
        if tenant is None or life is None:
            return
        done = await asyncio.to_thread(life.step, tenant, self.world.request_of(tenant))
        if done.tenant is not None and done.tenant != tenant:
            self.learn(done.tenant)
            await self._settled(done.tenant)
        if done.again_seconds is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(done.again_seconds, self._lives.ask, name)

    async def _decide(self, name: str) -> None:
        """Decide on one request, and offer its tenant to whom it is to go."""
        key = _key(name)
        request = self.world.get("TenantRequest", key)
        if request is None:
            return
        tenant = self.world.built_by(request)
        if tenant is not None and is_handed(tenant):
            await self._passing.left(request, tenant)
            return
        await self._decided(key, request)
        await self._passing.offered(key)

    async def _decided(self, key: Key, request: Object) -> None:
        """Decide, and put the tenant down if it is approved and granted."""
        async with self._granting:  # one grant after the other: the last unit is given once
            ledger = self.world.ledger(request["spec"]["agency"])
            around = await self._passing.around(request)
            if around.tenant is not None and is_closed(around.tenant):
                await self._settled(around.tenant)
                return
            found = plan(request, self.world.approvals(key), ledger, self._clock(), around)
            if found.tenant is not None:
                await self._recorded(key, found)
                await self._passing.handed(key, found)
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
        """Run a stack, while no stack that it takes a tenant from runs."""
        taken = (each["spec"].get("taken") for each in self.world.tenants_of(shard))
        others = {self.world.shard(each["agency"]) for each in taken if each}
        async with AsyncExitStack() as held:
            for each in sorted({shard, *others}):
                await held.enter_async_context(self._shards[each])
            await self._ran(shard)

    async def _ran(self, shard: str) -> None:
        """Run a stack over all its tenants, and tell each of them how it went."""
        tenants = self.world.tenants_of(shard)
        waiting = [each for each in tenants if _waits_for_run(each)]
        if not waiting:
            return
        try:
            await asyncio.to_thread(self._passing.end_access, waiting)
            await asyncio.to_thread(self._build, shard, tenants)
        except ProblemError as error:
            await self._failed(shard, waiting, str(error))
            return
        self._failures.pop(shard, None)
        for each in waiting:
            data = {"material": each["spec"]["material"], "stack": shard}
            kind, word, status = "tenant.build", "Built", "True"
            if is_closed(each):
                kind, word, status = "tenant.remove", "Removed", "False"
            act = Act(kind, "sen-operator", each["metadata"]["name"], data)
            await asyncio.to_thread(self._work.record, act)
            said = {"Ready": Said(status, word), "Provisioned": Said(status, word)}
            await self._tell(each, phase_when_built(each), said)

    def _build(self, shard: str, tenants: Sequence[Object]) -> None:
        """Run the stack over the tenants that stay, without those whose removal has begun."""
        staying = [each for each in tenants if not is_closed(each)]
        if len(staying) == len(tenants):
            self._work.build(shard, tenants)
        elif self._work.remove is not None:
            leaving = [each["metadata"]["name"] for each in tenants if is_closed(each)]
            self._work.remove(shard, leaving, staying)

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
        run = self._work.last_run(self.world.shard(tenant["spec"]["agency"]))
        fields = {"phase": phase, **({"last_run": run} if run else {})}
        made = await asyncio.to_thread(settle, "tenants", tenant, said, fields, now)
        if made is not None:
            self.world.learn(made)
            await self._settled(made)
            if self._work.life is not None:
                self._lives.ask(_text(key_of(made)))

    async def _settled(self, tenant: Object) -> None:
        """Let the request say what its tenant says, if it still asks for the same."""
        name = tenant["spec"]["request"]
        request = self.world.get("TenantRequest", (tenant["metadata"]["namespace"], name))
        if request is None:
            return
        approvals, around = (
            self.world.approvals(key_of(request)),
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
        await self._written(written)

    async def _written(self, request: Object | None) -> None:
        if request is not None:
            self.world.learn(request)


def _waits_for_run(tenant: Object) -> bool:
    """Say whether the stack has still to build it, or to take it out."""
    if is_closed(tenant) or is_handed(tenant):
        return not is_gone(tenant) and not is_removed(tenant)
    return not holds(tenant, "Ready")


def _text(key: Key) -> str:
    return "/".join(key)


def _key(text: str) -> Key:
    namespace, _, name = text.partition("/")
    return namespace, name
