"""Waves: ours beside a greedy plan, METIS alone, and the proven optimum or bound."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from playbooks.migration.waves.construct import construct
from playbooks.migration.waves.effort import Effort, seconds_for
from playbooks.migration.waves.graph import Portfolio
from playbooks.migration.waves.instance import Instance, instance_of
from playbooks.migration.waves.parts import parts
from playbooks.migration.waves.plan import Plan, plan_of
from playbooks.migration.waves.reading import portfolio_from
from playbooks.migration.waves.state import State

PAGE = "benchmark-waves.md"
_SHAPES = ((8, 16, 3), (24, 50, 4), (60, 150, 6), (200, 600, 12), (1000, 5000, 30))
_LARGEST = (10_000, 100_000, 60)


@dataclass(frozen=True)
class Row:
    """One portfolio; each plan as (systems without a window, cost)."""

    shape: tuple[int, int, int]
    greedy: tuple[int, int]
    metis: tuple[int, int]
    ours: tuple[int, int]
    bound: int
    moved: int
    seconds: float


def portfolio_of(systems: int, edges: int, windows: int, seed: int = 1) -> str:
    """Give a graph of clusters as JSON: windows nine tenths full, some orders."""
    draw = random.Random(seed)  # noqa: S311 - a portfolio, no secret
    names = [f"s{each}" for each in range(systems)]
    sizes = [draw.randint(5, 100) for _ in names]
    ends = [_ends(draw, systems, windows) for _ in range(edges)]
    rows: list[dict[str, Any]] = [
        {"id": name, "gib": gib, "before": []} for name, gib in zip(names, sizes, strict=True)
    ]
    for _ in range(systems // 8):
        one, other = sorted(draw.sample(range(systems), 2))
        rows[one]["before"].append(names[other])
    held, gib = int(systems / windows / 0.9) + 1, int(sum(sizes) / windows / 0.9) + 1
    days = [f"{2027 + each // 12}-{each % 12 + 1:02d}-10" for each in range(windows)]
    spans = [
        {"id": f"w{n}", "start": day, "end": day, "gib": gib, "systems": held}
        for n, day in enumerate(days)
    ]
    kinds = [draw.choice(["strong", "weak"]) for _ in ends]
    pairs = [
        {"from": names[one], "to": names[other], "kind": kind}
        for (one, other), kind in zip(ends, kinds, strict=True)
    ]
    return json.dumps({"systems": rows, "edges": pairs, "windows": spans})


def _ends(draw: random.Random, systems: int, clusters: int) -> tuple[int, int]:
    one = draw.randrange(systems)
    if draw.random() < 0.3:
        return one, draw.randrange(systems)
    inside = range(one % clusters, systems, clusters)
    return one, draw.choice(inside)


def measured(shape: tuple[int, int, int]) -> Row:
    """Plan one portfolio in every way; `moved` after its last system is taken away."""
    found = portfolio_from(portfolio_of(*shape), "bench")
    inst = instance_of(found)
    started = time.process_time()
    plan = plan_of(found, Effort(seconds_for(inst.n), clock=time.process_time))
    seconds = time.process_time() - started
    return Row(
        shape,
        _worth(inst, construct(inst)),
        _worth(inst, construct(inst, parts(inst))),
        _worth(inst, plan.slots),
        plan.answer.bound,
        _moved(found, plan) if inst.n <= 60 else -1,
        seconds,
    )


def _worth(inst: Instance, slots: Sequence[int]) -> tuple[int, int]:
    return State(inst, slots).worth


def _moved(found: Portfolio, plan: Plan) -> int:
    """Count who moves when one system of the graph doubles its size."""
    earlier = {each: wave.window for wave in plan.answer.waves for each in wave.systems}
    first = replace(found.systems[0], gib=found.systems[0].gib * 2)
    changed = replace(found, systems=(first, *found.systems[1:]))
    now = plan_of(
        changed, Effort(seconds_for(len(found.systems)), previous=earlier, clock=time.process_time)
    )
    placed = {each: wave.window for wave in now.answer.waves for each in wave.systems}
    return sum(placed.get(each) != window for each, window in earlier.items())


def report(command: str) -> str:
    """Measure all sizes, the largest last, and give the page."""
    load = [os.getloadavg()[0]]
    rows = [measured(shape) for shape in (*_SHAPES, _LARGEST)]
    load.append(os.getloadavg()[0])
    cores = os.cpu_count()
    columns = (
        "systems, edges, windows",
        "greedy",
        "METIS, made to fit",
        "ours",
        "bound",
        "moved",
        "s",
    )
    head = f"| {' | '.join(columns)} |"
    lines = [head, "|---|--:|--:|--:|--:|--:|--:|", *map(_line, rows)]
    return f"""# Benchmark: waves

`{command}`. Cost: 10 a cut strong edge, 1 a cut weak one; in brackets systems without a window.
Windows are nine tenths full. Bound: no plan costs less. Moved: how many systems change their window
when one doubles its size and the earlier plan is given; a dash where that was not measured.

The last column is processor time, without reading the file, and so is what the search was given:
then a busy machine finds the same. {cores} cores; {load[0]:.0f} programs wanted to run at first,
{load[1]:.0f} at last.

{chr(10).join(lines)}
"""


def _line(row: Row) -> str:
    plans = " | ".join(
        f"{cost:,}" + (f" ({out})" if out else "")
        for out, cost in (row.greedy, row.metis, row.ours)
    )
    shape = ", ".join(f"{each:,}" for each in row.shape)
    bound = f"{row.bound:,}" + (" (optimal)" if row.bound >= row.ours[1] else "")
    moved = row.moved if row.moved >= 0 else "-"
    return f"| {shape} | {plans} | {bound} | {moved} | {row.seconds:.1f} |"
