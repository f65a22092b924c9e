"""What was written down about a thing, as its own people may read it: events, what was approved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from sen.portal.cluster import Voice
from sen.portal.reading import Thing, items_or_none
from sen.portal.timeline import Step, of_request, ordered, timeline
from sen.portal.words import N_, day, dong
from stacks.problem import Language, half

MOST_EVENTS = 500


async def events_of(api: Voice, namespace: str, *names: str) -> list[Thing]:
    """Give the events about things in a namespace, about all without names; none if refused."""
    path = f"/api/v1/namespaces/{namespace}/events"
    queries = [{"fieldSelector": f"involvedObject.name={name}"} for name in names] or [{}]
    limit = str(MOST_EVENTS)
    found = await asyncio.gather(
        *(items_or_none(api, path, limit=limit, **each) for each in queries)
    )
    return [event for items in found for event in items or ()]


def of_events(events: Iterable[Thing], lang: Language) -> Iterator[Step]:
    """Give a step an event; its words are those of the reader's language."""
    for each in events:
        when = each.get("lastTimestamp") or each.get("eventTime") or each.get("firstTimestamp")
        about = each.get("involvedObject") or {}
        said = half(str(each.get("message") or each.get("reason") or ""), lang)
        tone = "bad" if each.get("type") == "Warning" else ""
        thing = f"{about.get('kind', '')} {about.get('name', '')}".strip()
        yield Step(str(when or ""), "", said, thing, tone=tone)


def of_past(request: Thing) -> Iterator[Step]:
    """Give a step for each state of a request that was approved before."""
    for each in (request.get("status") or {}).get("history") or ():
        detail = f"{each.get('says', '')} · {day(each['ends'])} · {dong(each['price_vnd'])}"
        who = ", ".join(each.get("by") or ())
        yield Step(each["at"], who, N_("Approved as it was then"), detail.strip(" ·"))


def of_one(
    request: Thing, approvals: Iterable[Thing], digest: str | None, extra: Iterable[Step] = ()
) -> tuple[Step, ...]:
    """Give all that is known of a request, the newest first."""
    own = of_request(list(approvals), request["metadata"]["name"])
    return ordered([*timeline(request, own, digest), *of_past(request), *extra])
