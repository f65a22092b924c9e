"""What whoever leads looks at from time to time: do tenants keep the rules, waivers, the seal."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any

from kubernetes.client.exceptions import ApiException

from policies.day import today
from policies.waiver import load_register
from sen.operator.compliance import TYPE, judge
from sen.operator.conditions import merged
from sen.operator.course import is_gone
from sen.operator.log import LOG
from sen.operator.means import sealed
from sen.operator.minding import mind
from sen.operator.plan import Said
from sen.operator.rest import CONFLICT, NOT_FOUND, Rest
from sen.operator.site import Site
from sen.waivers.reading import of_kubeconfig
from sen.waivers.sync import sync
from stacks.models.objects import GROUP, VERSION

COMPLIANCE_SECONDS, WAIVERS_SECONDS, SEAL_SECONDS = 60.0, 60.0, 300.0
# To look at all tenants of a country takes minutes: at most a fiftieth of the time goes there.
REST = 50.0
MERGE = "application/merge-patch+json"
Object = Mapping[str, Any]
Clock = Callable[[], dt.datetime]


def rounds(site: Site, rest: Rest, clock: Clock) -> Iterator[Coroutine[Any, Any, None]]:
    """Give what goes on, each by itself, until it is cancelled."""
    yield mind(lambda: send_waivers(site), WAIVERS_SECONDS)
    yield mind(lambda: tell_compliance(site, rest, clock()), COMPLIANCE_SECONDS, REST)
    yield _later(SEAL_SECONDS, mind(lambda: sealed(site, clock), SEAL_SECONDS, REST))


def send_waivers(site: Site) -> int:
    """Let admission learn which waivers hold today, of the file and of objects; give how many.

    Raises:
        MissingPartError: The API server does not answer.
        RefusedError: Our account may not read waivers, or not write their record.
    """
    found = of_kubeconfig(load_register(), site.kubeconfig, site.context)
    for each in found.wrong:
        LOG.warning("%s", each.text())
    return sync(found.register, today(), site.kubeconfig, site.context)


def tell_compliance(site: Site, rest: Rest, now: dt.datetime) -> int:
    """Write into every tenant whether it keeps the rules; give how many had to be told.

    Raises:
        MissingPartError: The API server does not answer.
        RefusedError: Our account may not look.
    """
    judged = ((each, said) for each, said in judge(site, now) if not is_gone(each))
    return sum(_tell(rest, tenant, said, now) for tenant, said in judged)


def _tell(rest: Rest, tenant: Object, said: Said, now: dt.datetime) -> bool:
    """Write one condition, upon the tenant as it is now: who wrote meanwhile wins."""
    if _says(tenant, said):
        return False
    meta = tenant["metadata"]
    path = f"/apis/{GROUP}/{VERSION}/namespaces/{meta['namespace']}/tenants/{meta['name']}"
    try:
        live = rest.ask("GET", path)
        meta, before = live["metadata"], (live.get("status") or {}).get("conditions", ())
        conditions = merged(before, {TYPE: said}, meta["generation"], now)
        version = {"resourceVersion": meta["resourceVersion"]}
        body = {"metadata": version, "status": {"conditions": conditions}}
        rest.ask("PATCH", f"{path}/status", body, content=MERGE)
    except ApiException as error:
        if error.status not in {CONFLICT, NOT_FOUND}:
            raise
        return False
    return True


def _says(tenant: Object, said: Said) -> bool:
    found = (tenant.get("status") or {}).get("conditions", ())
    wanted = (TYPE, said.status, said.reason, said.message, tenant["metadata"]["generation"])
    parts = ("type", "status", "reason", "message", "observedGeneration")
    return any(tuple(each.get(part) for part in parts) == wanted for each in found)


async def _later(seconds: float, work: Coroutine[Any, Any, None]) -> None:
    try:
        await asyncio.sleep(seconds)
        await work
    finally:
        work.close()
