"""Environments and requests as the API server prints them: a tenth of the objects' size."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from sen.portal.cluster import Voice
from sen.portal.path import on_desk
from sen.portal.reach import CLOSED_SECONDS, Reach, near_desks
from sen.portal.reading import Thing, items_or_none
from sen.portal.refusal import ServerRefusedError
from stacks.models.agency import Agency

Line = Mapping[str, Any]


FRESH_SECONDS, STALE_SECONDS = 30.0, 120.0  # of what lies on many desks


async def tenant_lines(api: Voice) -> Reach:
    """Give every environment that the person may read; the same for some seconds."""

    async def read() -> Reach:
        try:
            return Reach(await api.whole("tenants"), whole=True, by_agency={})
        except ServerRefusedError:
            return await near_desks(api, "tenants", api.table)

    return await api.memory.recall("tenants", read)


async def request_lines(api: Voice) -> list[dict[str, Any]] | None:
    """Give every request of the platform, if the person may read all of them."""
    try:
        return await api.whole("tenantrequests")
    except ServerRefusedError:
        return None


async def requests_at(api: Voice, chosen: Sequence[Agency]) -> dict[str, list[Thing]]:
    """Give the requests on several desks, by agency; those that are refused are left out."""
    closed = api.closed

    async def read(agency: Agency) -> list[Thing] | None:
        path = on_desk(agency, "tenantrequests")
        if closed.holds(path):
            return None
        async with api.wide:
            items = await items_or_none(api, path)
        if items is None:
            closed.add(path, CLOSED_SECONDS)
        return items

    async def every() -> dict[str, list[Thing]]:
        found = await asyncio.gather(*map(read, chosen))
        pairs = zip(chosen, found, strict=True)
        return {agency.code: items for agency, items in pairs if items is not None}

    key = f"requests/{','.join(each.code for each in chosen)}"
    return await api.memory.recall(key, every, FRESH_SECONDS, STALE_SECONDS)


def counted(lines: Sequence[Line]) -> dict[str, int]:
    """Count lines by their agency."""
    found: dict[str, int] = {}
    for each in lines:
        found[each["Agency"]] = found.get(each["Agency"], 0) + 1
    return found
