"""Listens to the API server and reconciles; killed at any point, it goes on where objects say."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import kopf

from sen.access.cluster import Cluster
from sen.access.sweeping import sweep
from sen.evidence.place import chain_of
from sen.local.authority import CLUSTER, certificate_file, key_file
from sen.local.platform import Platform
from sen.operator.api import Api
from sen.operator.minding import LOG, mind
from sen.operator.reconciler import Reconciler, Work
from sen.operator.shard import build
from stacks.models.objects import GROUP, VERSION

PLURALS = ("agencies", "tenantrequests", "approvals", "tenants")


async def serve(
    platform: Platform, at_once: int = 2, *, ready: asyncio.Event | None = None
) -> None:
    """Run the operator until it is cancelled or gets SIGINT or SIGTERM."""
    work = Work(
        build=lambda shard, tenants: build(platform, shard, tenants),
        record=chain_of(platform).append,
    )
    reconciler = Reconciler(Api(platform), work, _now, at_once)
    closing = asyncio.create_task(mind(lambda: _close_openings(platform)))
    try:
        await kopf.operator(
            registry=_registry(platform, reconciler),
            clusterwide=True,
            standalone=True,
            ready_flag=ready,
        )
    finally:
        closing.cancel()
        await reconciler.close()


def _close_openings(platform: Platform) -> None:
    """Take back every right for an emergency whose minute has come."""
    cluster = Cluster(platform.kubeconfig, platform.context)
    for each in sweep(cluster, chain_of(platform), _now()):
        LOG.info("closed: %s", each)


def _registry(platform: Platform, reconciler: Reconciler) -> kopf.OperatorRegistry:
    registry = kopf.OperatorRegistry()

    @kopf.on.login(registry=registry)
    def login(**_: Any) -> kopf.ConnectionInfo:  # noqa: ANN401 - kopf's call
        return kopf.ConnectionInfo(
            server=platform.server,
            ca_path=str(certificate_file(platform.pki, CLUSTER)),
            certificate_path=str(certificate_file(platform.pki, "admin")),
            private_key_path=str(key_file(platform.pki, "admin")),
        )

    @kopf.on.startup(registry=registry)
    def settle(settings: kopf.OperatorSettings, **_: Any) -> None:  # noqa: ANN401
        settings.posting.enabled = False
        settings.scanning.disabled = True

    async def heard(event: Any, **_: Any) -> None:  # noqa: ANN401
        thing = dict(event["object"])
        reconciler.learn(thing, gone=event["type"] == "DELETED")

    for plural in PLURALS:
        kopf.on.event(GROUP, VERSION, plural, registry=registry)(heard)
    return registry


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
