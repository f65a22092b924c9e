"""How far a person sees: all of a kind, else what lies on desks of their agencies and below."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sen.portal.cluster import Voice
from sen.portal.path import API, on_desk
from sen.portal.reading import own_agencies
from sen.portal.refusal import ServerRefusedError
from stacks.models.agency import Agency, agencies

CLOSED_SECONDS = 900.0  # a desk of many that refused
Read = Callable[[str], Awaitable[list[dict[str, Any]]]]


@dataclass(frozen=True)
class Reach:
    """What was read.

    Attributes:
        by_agency: Agency's code → what lies on its desk; empty where all was read at once.
        whole: Whether this is all of it, over all agencies.
    """

    things: Sequence[Mapping[str, Any]]
    whole: bool
    by_agency: Mapping[str, Sequence[Mapping[str, Any]]]

    def covers(self, code: str) -> bool:
        """Say whether the person reads the desk of an agency."""
        return self.whole or code in self.by_agency


async def reach(api: Voice, plural: str, read: Read | None = None) -> Reach:
    """Read a kind as far as the person may; `read` is `api.items` if nothing else is said."""
    ask = read or api.items
    try:
        return Reach(await ask(f"{API}/{plural}"), whole=True, by_agency={})
    except ServerRefusedError:
        return await near_desks(api, plural, ask)


async def near_desks(api: Voice, plural: str, ask: Read) -> Reach:
    """Read a kind at the desks of the person's agencies and below."""
    found = await _desks(api, plural, near(own_agencies(api.person)), ask)
    things = [each for some in found.values() for each in some]
    return Reach(things, whole=False, by_agency=found)


def near(own: Iterable[Agency]) -> list[Agency]:
    """Give agencies and those right below, each once."""
    every = (each for agency in own for each in (agency, *agencies().children(agency.code)))
    return list({each.code: each for each in every}.values())


async def _desks(
    api: Voice, plural: str, chosen: Sequence[Agency], ask: Read
) -> dict[str, list[dict[str, Any]]]:
    """Read several desks; one that refused is not asked again for a quarter of an hour."""

    async def read(agency: Agency) -> list[dict[str, Any]] | None:
        path = on_desk(agency, plural)
        if api.closed.holds(path):
            return None
        async with api.wide:
            try:
                return await ask(path)
            except ServerRefusedError:
                api.closed.add(path, CLOSED_SECONDS)
                return None

    found = await asyncio.gather(*map(read, chosen))
    pairs = zip(chosen, found, strict=True)
    return {agency.code: things for agency, things in pairs if things is not None}
