"""Environments and requests as the API server prints them: a tenth of the objects' size."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from sen.portal.cluster import Voice
from sen.portal.path import API, on_desk
from sen.portal.reach import Reach, reach
from sen.portal.reading import AT_ONCE, Thing, items_or_none
from sen.portal.refusal import ServerRefusedError
from stacks.models.agency import Agency

Line = Mapping[str, Any]


async def tenant_lines(api: Voice) -> Reach:
    """Give every environment that the person may read; the same for some seconds."""
    return await api.memory.recall("tenants", lambda: reach(api, "tenants", api.table))


async def request_lines(api: Voice) -> list[dict[str, Any]] | None:
    """Give every request of the platform, if the person may read all of them."""

    async def read() -> list[dict[str, Any]] | None:
        path = f"{API}/tenantrequests"
        if api.closed.holds(path):
            return None
        try:
            return await api.table(path)
        except ServerRefusedError:
            api.closed.add(path)
            return None

    return await api.memory.recall("requests", read)


async def requests_at(api: Voice, chosen: Sequence[Agency]) -> dict[str, list[Thing]]:
    """Give the requests on several desks, by agency; those that are refused are left out.

    A desk is not asked again by the same person for some seconds, one that refused for a minute.
    """
    turn, closed = asyncio.Semaphore(AT_ONCE), api.closed

    async def read(agency: Agency) -> list[Thing] | None:
        path = on_desk(agency, "tenantrequests")
        if closed.holds(path):
            return None
        async with turn:
            items = await items_or_none(api, path)
        if items is None:
            closed.add(path)
        return items

    async def known(agency: Agency) -> list[Thing] | None:
        return await api.memory.recall(f"requests/{agency.code}", lambda: read(agency))

    found = await asyncio.gather(*map(known, chosen))
    return {
        agency.code: items for agency, items in zip(chosen, found, strict=True) if items is not None
    }


def counted(lines: Sequence[Line]) -> dict[str, int]:
    """Count lines by their agency."""
    found: dict[str, int] = {}
    for each in lines:
        found[each["Agency"]] = found.get(each["Agency"], 0) + 1
    return found
