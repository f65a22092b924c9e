"""Which of many desks a person may read, asked so that few calls are made in vain.

Nobody is shown anything for what is found here: it says where asking would be refused. What is
shown was read in the person's own name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from sen.portal.cluster import Voice
from sen.portal.path import on_desk
from sen.portal.reading import rules_at
from sen.portal.refusal import ServerRefusedError
from sen.tenancy.desk import KINDS_AT_DESK
from stacks.models.agency import Agency

CLOSED_SECONDS = 900.0  # a desk of many that refused
FIRST = 4  # desks that are read before it is settled how the others are asked
T = TypeVar("T")


async def read_desks(
    api: Voice, plural: str, chosen: Sequence[Agency], ask: Callable[[str], Awaitable[T]]
) -> dict[str, T]:
    """Read a kind at many desks, a few at a time; those that refuse are left out.

    One that refused is not asked again for a quarter of an hour. Where the first refuse, the
    others are likely to: each is asked once for what may be read there of any kind.
    """
    left = _open(api, plural, chosen)
    first, others = left[:FIRST], left[FIRST:]
    found = await _each(first, lambda agency: _read(api, plural, agency, ask))
    if others and 2 * list(found.values()).count(None) > len(first):
        refused = [each for each in first if found[each.code] is None]
        await _each([*refused, *others], lambda agency: _learn(api, agency))
        others = _open(api, plural, others)
    found |= await _each(others, lambda agency: _read(api, plural, agency, ask))
    return {each.code: read for each in chosen if (read := found.get(each.code)) is not None}


def _open(api: Voice, plural: str, chosen: Sequence[Agency]) -> list[Agency]:
    return [each for each in chosen if not api.closed.holds(on_desk(each, plural))]


async def _each(chosen: Sequence[Agency], do: Callable[[Agency], Awaitable[T]]) -> dict[str, T]:
    done = await asyncio.gather(*map(do, chosen))
    return {agency.code: one for agency, one in zip(chosen, done, strict=True)}


async def _read(
    api: Voice, plural: str, agency: Agency, ask: Callable[[str], Awaitable[T]]
) -> T | None:
    path = on_desk(agency, plural)
    async with api.wide:
        try:
            return await ask(path)
        except ServerRefusedError:
            api.closed.add(path, CLOSED_SECONDS)
            return None


async def _learn(api: Voice, agency: Agency) -> None:
    """Note which kinds would be refused at a desk; nothing where the answer is not all of it."""
    async with api.wide:
        try:
            rules = await rules_at(api, agency)
        except ServerRefusedError:
            return
    for plural in KINDS_AT_DESK if rules.whole else ():
        if not {"list", "*"} & rules.verbs(plural):
            api.closed.add(on_desk(agency, plural), CLOSED_SECONDS)
