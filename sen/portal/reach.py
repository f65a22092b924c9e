"""How far a person sees: all of a kind, else what lies on desks of their agencies and below."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sen.portal.cluster import Voice
from sen.portal.path import API
from sen.portal.reading import own_agencies
from sen.portal.refusal import ServerRefusedError
from sen.portal.survey import read_desks
from stacks.models.agency import Agency, agencies

FRESH_SECONDS, STALE_SECONDS = 30.0, 120.0  # of what lies on many desks
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


async def reach(api: Voice, plural: str) -> Reach:
    """Read a kind as far as the person may; the same for some seconds, if it is many desks."""
    try:
        return Reach(await api.items(f"{API}/{plural}"), whole=True, by_agency={})
    except ServerRefusedError:
        return await api.memory.recall(
            f"near/{plural}",
            lambda: near_desks(api, plural, api.items),
            FRESH_SECONDS,
            STALE_SECONDS,
        )


async def near_desks(api: Voice, plural: str, ask: Read) -> Reach:
    """Read a kind at the desks of the person's agencies and below."""
    found = await read_desks(api, plural, near(own_agencies(api.person)), ask)
    things = [each for some in found.values() for each in some]
    return Reach(things, whole=False, by_agency=found)


def under(own: Collection[Agency]) -> list[Agency]:
    """Give the agencies right below, without those given."""
    return [each for each in near(own) if each not in own]


def near(own: Iterable[Agency]) -> list[Agency]:
    """Give agencies and those right below, each once."""
    every = (each for agency in own for each in (agency, *agencies().children(agency.code)))
    return list({each.code: each for each in every}.values())
