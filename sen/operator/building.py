"""Runs the stacks of first-level agencies, and tells each tenant how it went."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

from sen.evidence import Act
from sen.operator import work as pauses
from sen.operator.conditions import holds
from sen.operator.course import is_closed, is_gone, is_removed, phase_when_built
from sen.operator.handover import is_handed
from sen.operator.passing import Passing
from sen.operator.plan import Said
from sen.operator.settling import Settling
from sen.operator.work import Work
from sen.operator.world import Object, World
from stacks.models.objects.status import Phase
from stacks.problem import ProblemError

LOG = logging.getLogger("sen.operator")
# A tenant's name, its generation, whether it ends.
Wait = tuple[str, int | None, bool]


class Building:
    """Two stacks run side by side unless one takes a tenant from the other.

    Args:
        again: Called with the first-level agency whose stack is to run once more, after a pause.
    """

    def __init__(
        self,
        world: World,
        work: Work,
        passing: Passing,
        settling: Settling,
        again: Callable[[str], None],
    ) -> None:
        self._world, self._work, self._passing = world, work, passing
        self._settling, self._again = settling, again
        self._failures: dict[str, int] = {}
        self._pausing: dict[str, frozenset[Wait]] = {}
        self._shards: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, shard: str) -> None:
        """Run a stack, while no stack that it takes a tenant from runs."""
        taken = (each["spec"].get("taken") for each in self._world.tenants_of(shard))
        others = {self._world.shard(each["agency"]) for each in taken if each}
        async with AsyncExitStack() as held:
            for each in sorted({shard, *others}):
                await held.enter_async_context(self._shards[each])
            await self._ran(shard)

    async def _ran(self, shard: str) -> None:
        """Run a stack over all its tenants, and tell each of them how it went."""
        tenants = self._world.tenants_of(shard)
        waiting = [each for each in tenants if waits_for_run(each)]
        if not waiting or self._pausing.get(shard) == as_asked(waiting):
            return
        try:
            await asyncio.to_thread(self._passing.end_access, waiting)
            await asyncio.to_thread(self._build, shard, tenants)
        except ProblemError as error:
            await self._failed(shard, waiting, str(error))
            return
        self._failures.pop(shard, None)
        self._pausing.pop(shard, None)
        run = self._work.last_run(shard)
        for each in waiting:
            data = {"material": each["spec"]["material"], "stack": shard}
            kind, word, status = "tenant.build", "Built", "True"
            if is_closed(each):
                kind, word, status = "tenant.remove", "Removed", "False"
            act = Act(kind, "sen-operator", each["metadata"]["name"], data)
            await asyncio.to_thread(self._work.record, act)
            said = {"Ready": Said(status, word), "Provisioned": Said(status, word)}
            await self._settling.tell(each, phase_when_built(each), said, run)

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
        pause = min(pauses.LONGEST_PAUSE, pauses.FIRST_PAUSE * 2 ** (count - 1))
        run = self._work.last_run(shard)
        LOG.warning("stack of %s failed %d times, again in %.0f s", shard, count, pause)
        # What is told comes back as an event, which is no reason to run at once.
        self._pausing[shard] = as_asked(waiting)
        for each in waiting:
            said = {"Ready": Said("False", "RunFailed", words[-2000:])}
            await self._settling.tell(each, Phase.FAILED, said, run)
        asyncio.get_running_loop().call_later(pause, self._rested, shard)

    def _rested(self, shard: str) -> None:
        self._pausing.pop(shard, None)
        self._again(shard)


def as_asked(waiting: Sequence[Object]) -> frozenset[Wait]:
    """Give what is waited for; when it is asked for otherwise, a new run may go better."""
    return frozenset(
        (each["metadata"]["name"], each["metadata"].get("generation"), is_closed(each))
        for each in waiting
    )


def waits_for_run(tenant: Object) -> bool:
    """Say whether the stack has still to build it, or to take it out."""
    if is_closed(tenant) or is_handed(tenant):
        return not is_gone(tenant) and not is_removed(tenant)
    return not holds(tenant, "Ready")
