"""The report of the portal's benchmark, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.portal import COPIES, THINK_SECONDS, Load, Measured
from tests.bench.portal_country import Filled
from tests.bench.report import _head, _table

_TITLES = {
    "home": "first page: one agency",
    "under": "its part: agencies under it",
    "environments": "list of environments",
    "search": "search",
    "environment": "one environment",
    "request": "one request",
    "inbox": "to decide",
    "overview": "overview of the country",
    "audit": "records",
    "reports": "reports",
    "all": "**all**",
}
_TIMES = "| page | answers | errors | p50 ms | p95 ms | p99 ms |"
_ALONE = "| page | answers | errors | p50 ms | p95 ms | portal, CPU ms | API server, CPU ms |"
_FLOOR = "| load | what | answers/s | p50 ms | p95 ms | p95 to bare API |"


def portal_page(found: Measured, command: str) -> str:
    """Give the page: figures beside the aim, with the load of the machine at their end."""
    return "\n".join(
        [
            *_head("The portal", command),
            *_place(found.filled),
            "",
            f"## {found.people} people with thinking times",
            f"{THINK_SECONDS:g} s between two pages in the mean. Aim: p95 under 200 ms.",
            "",
            *_load(found.thinking),
            "",
            f"## {found.people} people without a pause",
            "Each opens the next page as soon as one is there: what two cores can do at most.",
            "",
            *_load(found.fast),
            "",
            "## The same people at the bare API server",
            "Each lists the requests on their own desk in their own name: the floor of a page that",
            "reads what it shows.",
            "",
            *_table(_FLOOR, _floor(found)),
            "",
            "## Each page by itself",
            "One person, one page after the other: what it costs, caches included.",
            "",
            *_table(_ALONE, _alone(found)),
            "",
        ]
    )


def _place(filled: Filled) -> tuple[str, ...]:
    return (
        f"`sen portal run`, {COPIES} copies as the chart asks for, before an API server with",
        f"{filled.agencies:,} open desks: {filled.tenants:,} environments, {filled.requests:,}",
        f"requests, {filled.approvals:,} approvals ({filled.objects:,} objects). The copies, the",
        "API server, etcd and the load (a process of its own: HTTP/1.1 by asyncio)",
        "share the two cores. One in ten of the people is of the platform, three of provinces and",
        "central bodies, six of communes; half of them ask, half decide.",
    )


def _load(load: Load) -> Iterator[str]:
    pages = load.all.count
    yield from _table(
        _TIMES,
        [
            f"| {title} | {each.count:,} | {each.errors} | {each.p50:.0f} | {each.p95:.0f} "
            f"| {each.p99:.0f} |"
            for page, title in _TITLES.items()
            if (each := load.by_page.get(page))
        ],
    )
    yield ""
    yield (
        f"{load.per_second:.1f} pages a second; a page took {load.spent.portal / pages * 1000:.1f} "
        f"ms of processor time in the portal and {load.spent.api / pages * 1000:.1f} ms in the API "
        f"server. Largest copy afterwards: {load.mib:,.0f} MiB. "
        f"Load of the machine at the end: {load.load:.1f}."
    )


def _floor(found: Measured) -> Iterator[str]:
    pairs = (
        ("with thinking times", found.thinking, found.bare_thinking),
        ("without a pause", found.fast, found.bare_fast),
    )
    for name, portal, bare in pairs:
        ratio = portal.all.p95 / bare.all.p95
        for what, each, told in (("portal", portal, f"{ratio:.1f}"), ("bare API", bare, "1")):
            times = each.all
            yield (
                f"| {name} | {what} | {each.per_second:.1f} | {times.p50:.1f} | {times.p95:.1f} "
                f"| {told} |"
            )


def _alone(found: Measured) -> Iterator[str]:
    for page, title in _TITLES.items():
        load = found.alone.get(page)
        if load is None or not load.all.count:
            continue
        count = load.all.count
        yield (
            f"| {title} | {count} | {load.all.errors} | {load.all.p50:.1f} | {load.all.p95:.1f} "
            f"| {load.spent.portal / count * 1000:.1f} | {load.spent.api / count * 1000:.1f} |"
        )
