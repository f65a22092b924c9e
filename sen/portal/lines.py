"""Environments and requests as the API server prints them: a tenth of the objects' size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sen.portal.cluster import Voice
from sen.portal.reach import FRESH_SECONDS, STALE_SECONDS, Reach, near_desks, under
from sen.portal.reading import Thing, own_agencies
from sen.portal.refusal import ServerRefusedError
from sen.portal.survey import read_desks
from stacks.models.agency import Agency

Line = Mapping[str, Any]


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
    wanted = [each.code for each in chosen]
    if not wanted:
        return {}
    # Pages ask for different parts of what is below: all of it is read, once for all of them.
    below = under(own_agencies(api.person))
    codes = {each.code for each in below}
    asked, key = (below, "below") if codes >= set(wanted) else (chosen, ",".join(wanted))
    found = await api.memory.recall(
        f"requests/{key}",
        lambda: read_desks(api, "tenantrequests", asked, api.items),
        FRESH_SECONDS,
        STALE_SECONDS,
    )
    return {code: found[code] for code in wanted if code in found}


def counted(lines: Sequence[Line]) -> dict[str, int]:
    """Count lines by their agency."""
    found: dict[str, int] = {}
    for each in lines:
        found[each["Agency"]] = found.get(each["Agency"], 0) + 1
    return found
