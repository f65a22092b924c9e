"""Brings requests and tenants together: what changes asks for the work that follows from it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from sen.operator import work as pauses
from sen.operator.api import Api
from sen.operator.batch import Batches, Job
from sen.operator.building import Building, waits_for_run
from sen.operator.course import is_gone
from sen.operator.deciding import Deciding
from sen.operator.passing import Passing
from sen.operator.settling import Settling
from sen.operator.work import Clock, Work
from sen.operator.world import Object, World, joined, key_of, parted
from stacks.problem import ProblemError

LOG = logging.getLogger("sen.operator")


class Reconciler:
    """Works on what is known; every step may be done again after a crash.

    Args:
        work: Runs the stack of a first-level agency over tenants, and keeps records; both block.
        at_once: How many stacks run at the same time.
    """

    def __init__(self, api: Api, work: Work, clock: Clock, at_once: int = 2) -> None:
        self.world = World()
        self._work = work
        passing = self._passing = Passing(self.world, api, work.transfers, clock)
        self._settling = Settling(self.world, api, passing, clock, self._ask_life_of)
        building = Building(self.world, work, passing, self._settling, self._ask_stack)
        parts = (self.world, api, work, passing, self._settling, clock)
        deciding = Deciding(*parts, self._ask_stack)
        self._requests = Batches(self._again_if_it_fails(deciding.decide, self._ask_request), 8)
        self._stacks = Batches(self._again_if_it_fails(building.run, self._ask_stack), at_once)
        self._lives = Batches(self._again_if_it_fails(self._live, self._ask_life), 4)

    def learn(self, thing: Object, *, gone: bool = False) -> None:
        """Take in an event and ask for what follows from it."""
        self.world.learn(thing, gone=gone)
        if thing["kind"] == "TenantRequest" and not gone:
            self._requests.ask(joined(key_of(thing)))
            self._ask_lives_of(thing)
            self._ask_other_side(thing)
        elif thing["kind"] == "Approval":
            self._requests.ask(joined((thing["metadata"]["namespace"], thing["spec"]["request"])))
        elif thing["kind"] == "Agency":
            for each in self.world.all("TenantRequest"):
                self._requests.ask(joined(key_of(each)))
        elif thing["kind"] == "Tenant" and not gone:
            if waits_for_run(thing):
                self._stacks.ask(self.world.shard(thing["spec"]["agency"]))
            if not is_gone(thing):
                self._ask_life_of(thing)
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
            self._lives.ask(joined(key_of(each)))
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
                LOG.warning("%s: %s; again in %.0f s", key, error, pauses.FIRST_PAUSE)
                asyncio.get_running_loop().call_later(pauses.FIRST_PAUSE, ask, key)

        return tried

    def _ask_request(self, name: str) -> None:
        self._requests.ask(name)

    def _ask_stack(self, shard: str) -> None:
        self._stacks.ask(shard)

    def _ask_life(self, name: str) -> None:
        self._lives.ask(name)

    def _ask_lives_of(self, request: Object) -> None:
        tenant = self.world.built_by(request)
        if tenant is not None:
            self._ask_life_of(tenant)

    def _ask_life_of(self, tenant: Object) -> None:
        if self._work.life is not None:
            self._lives.ask(joined(key_of(tenant)))

    async def _live(self, name: str) -> None:
        """Take one tenant one step along its life."""
        key, life = parted(name), self._work.life
        tenant = self.world.get("Tenant", key)
        if tenant is None or life is None:
            return
        done = await asyncio.to_thread(life.step, tenant, self.world.request_of(tenant))
        if done.tenant is not None and done.tenant != tenant:
            self.learn(done.tenant)
            await self._settling.settled(done.tenant)
        if done.again_seconds is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(done.again_seconds, self._lives.ask, name)
