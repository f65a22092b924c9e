"""The report of the benchmarks, as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import date

import psutil

from tests.bench.country import Country
from tests.bench.gates import Timed
from tests.bench.knobs import Knob
from tests.bench.pack import Pack
from tests.bench.rules import Rate
from tests.bench.tenants import Size

_CREATE = (
    "| tenants | objects | `pulumi up` s | objects/s | kubectl s | objects/s | ratio | bare API s |"
)
_AGAIN = (
    "| tenants | `pulumi preview` s | `pulumi up` s | kubectl s | ratio of `up` | peak MiB pulumi "
    "| kubectl | state MiB |"
)


def tenants_page(sizes: Sequence[Size], settings: Sequence[Knob], rate: Rate, command: str) -> str:
    """Give the page of the sizes; a ratio under 1 means that ours is faster."""
    gate = (
        f"{rate.rules} rules on {rate.objects:,} Deployments of three containers: "
        f"{rate.evaluations:,} evaluations in {rate.seconds:.1f} s, "
        f"**{rate.per_second:,.0f} a second** on one core."
    )
    lines = [
        *_head("Benchmarks", command),
        "## Making tenants",
        "The same objects by both, each on a fresh platform with the admission policies.",
        "Ratio: ours to kubectl's; under 1 ours is faster. Bare API: sixteen connections at once.",
        "",
        *_table(_CREATE, map(_create, sizes)),
        "",
        "## Again, with nothing to change",
        "",
        *_table(_AGAIN, map(_again, sizes)),
        "",
        f"## What the settings are worth, {settings[0].tenants} tenants",
        "",
        *_table("| setting | `pulumi up` s | peak MiB |", map(_knob, settings)),
        "",
        "## The plan gate",
        gate,
        "",
        "The whole country is on [a page of its own](benchmark-country.md).",
        "",
    ]
    return "\n".join(lines)


def gates_page(timed: Sequence[Timed], pack: Pack, command: str) -> str:
    """Give the page of the files gate; a ratio over 1 means that ours is faster."""
    ours = [each for each in timed if each.tool.name.startswith("sen")]
    sizes = [size for size, _ in ours[0].runs]
    head = "| tool | rules |" + "".join(f" {size:,} documents, s | MiB |" for size in sizes)
    head += " growth | µs a workload and rule |"
    head += "".join(f" ratio to {each.tool.name} |" for each in ours)
    return "\n".join(
        [
            *_head("The files gate", command),
            "Ten kinds in turn, four of ten hold pods. Whole processes, start-up counted.",
            "µs a workload and rule: what one more costs, from the difference of the sizes.",
            "Ratio: the tool's µs to ours; over 1 ours is faster. With ten rules reading the",
            "manifests weighs most, with all rules judging them does.",
            "",
            *_table(head, (_gate(each, ours) for each in timed)),
            "",
            "## The policy pack",
            _pack(pack),
            "",
        ]
    )


def _pack(pack: Pack) -> str:
    return (
        f"`pulumi preview` of {pack.resources:,} resources that are all new: {pack.bare:.1f} s "
        f"without the pack, {pack.judged:.1f} s judged by {pack.rules} rules: "
        f"**{pack.added:.1f} s more**."
    )


def _gate(timed: Timed, ours: Sequence[Timed]) -> str:
    runs = "".join(f" {m.seconds:.1f} | {m.peak_mib:.0f} |" for _, m in timed.runs)
    one = timed.per_workload_and_rule
    ratios = "".join(f" {one / each.per_workload_and_rule:.1f} |" for each in ours)
    return (
        f"| {timed.tool.name} | {timed.tool.rules} |{runs} {timed.growth:.1f} |"
        f" {one:,.0f} |{ratios}"
    )


def country_page(country: Country, command: str) -> str:
    """Give the page of the whole country."""
    ours = (
        f"{country.tenants:,} tenants ({country.objects:,} objects) in {country.stacks} stacks, "
        f"two at a time, judged by the policy pack: **{country.seconds / 60:.1f} minutes**. "
        f"The slowest stack, `{country.slowest.stack}`, took {country.slowest.seconds:.0f} s."
    )
    bare = f"The same objects by bare requests, sixteen at once: {country.raw / 60:.1f} minutes."
    return "\n".join([*_head("The whole country", command), ours, "", bare, ""])


def _head(title: str, command: str) -> list[str]:
    return [
        f"# {title}",
        f"Written by `{command}` on {date.today().isoformat()}.",
        f"Machine: {machine()}. Everything runs on it: engine, API server, etcd, S3.",
        "",
    ]


def machine() -> str:
    """Give what the figures depend on, and nothing that names the machine."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}"


def _create(size: Size) -> str:
    ours, peer = size.ours.seconds, size.kubectl.seconds
    return (
        f"| {size.tenants:,} | {size.objects:,} | {ours:.1f} | {size.objects / ours:.0f} "
        f"| {peer:.1f} | {size.objects / peer:.0f} | **{ours / peer:.2f}** | {size.raw:.1f} |"
    )


def _again(size: Size) -> str:
    ours, peer = size.ours_again.seconds, size.kubectl_again.seconds
    return (
        f"| {size.tenants:,} | {size.preview.seconds:.1f} | {ours:.1f} | {peer:.1f} "
        f"| **{ours / peer:.2f}** | {size.ours.peak_mib:,.0f} | {size.kubectl.peak_mib:,.0f} "
        f"| {size.state_mib:.1f} |"
    )


def _knob(knob: Knob) -> str:
    return f"| {knob.name} | {knob.seconds:.1f} | {knob.peak_mib:,.0f} |"


def _table(head: str, rows: Iterable[str]) -> list[str]:
    return [head, "|" + "--:|" * (head.count("|") - 1), *rows]
