"""Listens to the API server and reconciles; killed at any point, it goes on where objects say."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import kopf

from sen.access.cluster import Cluster
from sen.access.sweeping import sweep
from sen.local.platform import Platform
from sen.operator.api import Api
from sen.operator.conditions import holds
from sen.operator.drift import Drift
from sen.operator.events import Events
from sen.operator.guarding import Guard
from sen.operator.health import Health
from sen.operator.life import Life
from sen.operator.local_runner import LocalRunner
from sen.operator.means import means_at
from sen.operator.metrics import Metrics
from sen.operator.minding import LOG, mind
from sen.operator.pulse import EVERY_SECONDS, Pulse
from sen.operator.reconciler import Reconciler
from sen.operator.rest import Rest
from sen.operator.rounds import rounds
from sen.operator.runner import Runner
from sen.operator.runs import Runs
from sen.operator.site import MachineSite, Site
from sen.operator.telling import Teller
from sen.operator.transfer import Transfers
from sen.operator.work import Work
from sen.operator.world import Object
from stacks.models.objects import GROUP, VERSION

# A life goes by days: this is soon enough, and every event of a tenant is looked at besides.
LIVES_SECONDS = 600.0
# kopf closes its connections without waiting; TLS ends them within this time.
LAST_WORDS_SECONDS = 0.25
PLURALS = ("agencies", "tenantrequests", "approvals", "tenants")


def local_runner(site: Site) -> Runner:
    return LocalRunner(site.variables())


@dataclass
class Setting:
    """How an operator works, beside its place.

    Attributes:
        at_once: Stacks that run at the same time.
        runner: Makes what carries out runs, anew for each time that this operator leads.
        health: Is told what to answer while this operator leads.
    """

    at_once: int = 2
    runner: Callable[[Site], Runner] = local_runner
    metrics: Metrics = field(default_factory=Metrics)
    identity: str = "sen-operator"
    health: Health | None = None


async def serve(
    place: Platform | Site,
    at_once: int = 2,
    *,
    ready: asyncio.Event | None = None,
    setting: Setting | None = None,
) -> None:
    """Run the operator until it is cancelled or gets SIGINT or SIGTERM."""
    site: Site = MachineSite(place) if isinstance(place, Platform) else place
    setting, ready = setting or Setting(at_once), ready or asyncio.Event()
    operator = _Operator(site, setting)
    closing = [
        asyncio.create_task(mind(lambda: _close_openings(site))),
        asyncio.create_task(mind(operator.pulse.look, EVERY_SECONDS)),
        asyncio.create_task(operator.guard.run(ready, operator.pulse)),
        asyncio.create_task(_live(operator.reconciler)),
        *map(asyncio.create_task, rounds(site, Rest(site.api()), _now)),
    ]
    try:
        await kopf.operator(
            registry=_registry(site, operator.heard),
            clusterwide=True,
            standalone=True,
            ready_flag=ready,
        )
    finally:
        for each in closing:
            each.cancel()
        await operator.close()
        await asyncio.gather(*closing, return_exceptions=True)
        await asyncio.sleep(LAST_WORDS_SECONDS)


class _Operator:
    """The parts of an operator that leads, and how they are put together."""

    def __init__(self, site: Site, setting: Setting) -> None:
        self._metrics, self._health = setting.metrics, setting.health
        client, chain = site.api(), site.chain()
        self._rest = rest = Rest(client)
        self._events = Events(rest, setting.identity, _now, setting.metrics.event_lost)
        self._runner = setting.runner(site)
        runs = Runs(site, self._runner, chain.append, setting.metrics)
        api = Api(site, self._told, client)
        teller, means = Teller(api, _now), means_at(site, _now)
        life, transfers = Life(teller, means), Transfers(teller, means, api)
        work = Work(runs.build, chain.append, runs.remove, life, runs.last, transfers)
        self.reconciler = Reconciler(api, work, _now, setting.at_once)
        world = self.reconciler.world
        self.drift = Drift(
            rest,
            lambda agency: site.stack(world.shard(agency)),
            chain.append,
            self._events,
            setting.metrics,
            site.audit_log,
        )
        self.guard = Guard(self.drift, site)
        self.pulse = Pulse(rest, lambda kind: sum(1 for _ in world.all(kind)), time.monotonic)
        self._unwatch = setting.metrics.watch(self._phases, self._queues)
        self._ready_apart = self._health.ready if self._health else str
        if self._health:
            self._health.healthy, self._health.ready = self.pulse.dead, self.pulse.unlisted

    def heard(self, thing: Object, *, gone: bool) -> None:
        if thing["kind"] == "Tenant":
            self.drift.learn(thing, gone=gone)
        self.reconciler.learn(thing, gone=gone)

    async def close(self) -> None:
        """Stop deciding before what runs is stopped: nobody calls a stopped run a failure."""
        if self._health:
            self._health.healthy, self._health.ready = str, self._ready_apart
        self._unwatch()
        await self.guard.close()
        await self.reconciler.close()
        await asyncio.to_thread(self._runner.stop)
        self._rest.close()

    def _told(self, thing: Object, before: Sequence[Mapping[str, Any]]) -> None:
        self._events.changed(thing, before)
        if thing["kind"] != "Tenant" or not holds(thing, "Ready"):
            return
        if all(each["type"] != "Ready" or each["status"] != "True" for each in before):
            approved_at = dt.datetime.fromisoformat(thing["spec"]["approved_at"])
            self._metrics.ready((_now() - approved_at).total_seconds())

    def _phases(self) -> list[str]:
        requests = self.reconciler.world.all("TenantRequest")
        return [str((each.get("status") or {}).get("phase", "None")) for each in requests]

    def _queues(self) -> dict[str, int]:
        return {**self.reconciler.queued, "drift": self.guard.waiting}


async def _live(reconciler: Reconciler) -> None:
    """Look, again and again, at which tenants the day brings something."""
    while True:
        await asyncio.sleep(LIVES_SECONDS)
        reconciler.look_at_lives()


def _close_openings(site: Site) -> None:
    """Take back every right for an emergency whose minute has come."""
    cluster = Cluster(site.kubeconfig, site.context)
    for each in sweep(cluster, site.chain(), _now()):
        LOG.info("closed: %s", each)


def _registry(site: Site, learn: Callable[..., None]) -> kopf.OperatorRegistry:
    registry = kopf.OperatorRegistry()

    @kopf.on.login(registry=registry)
    def login(**_: Any) -> kopf.ConnectionInfo:  # noqa: ANN401 - kopf's call
        return site.login()

    @kopf.on.startup(registry=registry)
    def settle(settings: kopf.OperatorSettings, **_: Any) -> None:  # noqa: ANN401
        settings.posting.enabled = False
        settings.scanning.disabled = True

    async def heard(event: Any, **_: Any) -> None:  # noqa: ANN401
        learn(dict(event["object"]), gone=event["type"] == "DELETED")

    for plural in PLURALS:
        kopf.on.event(GROUP, VERSION, plural, registry=registry)(heard)
    return registry


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
