"""The report of the operator's benchmark, as Markdown."""

from __future__ import annotations

from tests.bench.operator import Operator
from tests.bench.report import _head, _table


def operator_page(found: Operator, command: str) -> str:
    """Give the page: figures beside their aims, with the load of the machine at their end."""
    soon, queue, idle = found.soon, found.queue, found.idle
    rows = [
        (
            f"| approved → Ready, p50, {len(soon.seconds)} | {soon.part(50):.1f} s | < 10 s "
            f"| {soon.load:.1f} |"
        ),
        f"| approved → Ready, p95 | {soon.part(95):.1f} s | < 30 s | {soon.load:.1f} |",
        (
            f"| {queue.requests} requests at once, {queue.stacks} stacks, two runs at a time "
            f"| {queue.seconds / 60:.1f} min | 500 in < 15 min | {queue.load:.1f} |"
        ),
        (
            f"| memory meanwhile, with all children | {queue.peak_mib:,.0f} MiB | < 2 GiB "
            f"| {queue.load:.1f} |"
        ),
        (
            f"| idle with {idle.tenants:,} tenants ({idle.objects:,} objects watched): processor "
            f"| {idle.cpu:.1%} of a core | < 5 % | {idle.load:.1f} |"
        ),
        f"| memory meanwhile | {idle.mib:,.0f} MiB | | {idle.load:.1f} |",
        f"| from its start until it idles | {idle.started_seconds:.0f} s | | {idle.load:.1f} |",
    ]
    return "\n".join(
        [
            *_head("The operator", command),
            "`sen operator run` as a process of its own, with real runs judged by the policy pack.",
            "Load: of the machine's two cores when the figure was taken; 2 is all they can do.",
            "",
            *_table("| what | figure | aim | load |", rows),
            "",
        ]
    )
