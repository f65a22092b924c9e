"""Portfolios for the tests: from a few words, and hard ones from a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from playbooks.migration.waves.graph import Portfolio
from playbooks.migration.waves.reading import portfolio_from

Graph = dict[str, Any]


def system(name: str, gib: float = 10, **more: object) -> dict[str, object]:
    return {"id": name, "gib": gib, **more}


def edge(source: str, target: str, kind: str = "strong") -> dict[str, object]:
    return {"from": source, "to": target, "kind": kind, "why": "database", "calls_per_day": 40}


def window(number: int, gib: float | None = 100, **more: object) -> dict[str, object]:
    day = f"2027-{number:02d}-10"
    return {"id": f"w{number}", "start": day, "end": day, "gib": gib, **more}


def graph(
    systems: Sequence[Mapping[str, object] | str],
    edges: Sequence[Mapping[str, object]] = (),
    windows: Sequence[Mapping[str, object]] | int = 3,
    freezes: Sequence[Mapping[str, object]] = (),
) -> Graph:
    """Give a graph as in a file; a name is a system of 10 GiB, a number so many windows."""
    made = [window(each + 1) for each in range(windows)] if isinstance(windows, int) else windows
    return {
        "systems": [system(each) if isinstance(each, str) else each for each in systems],
        "edges": list(edges),
        "windows": list(made),
        "freezes": list(freezes),
    }


def portfolio(data: Mapping[str, object]) -> Portfolio:
    return portfolio_from(json.dumps(data), "graph.json")


def random_graph(seed: int, systems: int, windows: int, *, tight: float = 0.8) -> Graph:
    """Give a graph with orders, distances, teams, a freeze and windows of different sizes."""
    draw = random.Random(seed)  # noqa: S311 - a test graph
    names = [f"s{each}" for each in range(systems)]
    made = [
        system(
            name,
            draw.randint(1, 20) / 2,
            team=draw.choice(["a", "b", None]),
            stage=draw.choice(["test", "staging", "production"]),
            before=_some(draw, names[place + 1 :], 0.12),
            not_with=_some(draw, [each for each in names if each != name], 0.05),
        )
        for place, name in enumerate(names)
    ]
    ends = [draw.sample(names, 2) for _ in range(2 * systems)]
    edges = [edge(one, other, draw.choice(["strong", "weak"])) for one, other in ends]
    each = sum(float(one["gib"]) for one in made) / windows / tight
    spans = [_window(draw, number, each, systems, windows) for number in range(1, windows + 1)]
    draw.shuffle(spans)
    freezes = [{"start": "2027-01-09", "end": "2027-01-10"}] if draw.random() < 0.2 else []
    return graph(made, edges, spans, freezes)


def _some(draw: random.Random, names: Sequence[str], chance: float) -> list[str]:
    return [each for each in names if draw.random() < chance]


def _window(
    draw: random.Random, number: int, gib: float, systems: int, windows: int
) -> dict[str, object]:
    teams = draw.choice([None, 1, 2, ["a", "b"], {"a": 2, "b": systems}])
    most = -(-systems // windows) + draw.randint(0, 2)
    return window(number, round(gib * draw.uniform(0.7, 1.3), 1), systems=most, teams=teams)


def unfrozen(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the windows that share no day with a freeze; spans are of whole days."""
    frozen = [(each["start"], each["end"]) for each in data["freezes"]]
    return [
        each
        for each in data["windows"]
        if not any(each["start"] <= end and start <= each["end"] for start, end in frozen)
    ]


def brute_force(data: Mapping[str, Any]) -> tuple[int, int]:
    """Give how many systems stay and the least cost, by trying everything; shares no code."""
    open_ = unfrozen(data)
    best = (len(data["systems"]) + 1, 0)
    systems = {each["id"]: each for each in data["systems"]}
    for choice in product([None, *range(len(open_))], repeat=len(systems)):
        out = sum(each is None for each in choice)
        if out > best[0]:
            continue
        placed = dict(zip(systems, choice, strict=True))
        cost = cost_of(data["edges"], placed)
        if (out, cost) < best and holds(systems, open_, placed):
            best = (out, cost)
    return best


Placed = Mapping[str, int | None]


def cost_of(edges: Sequence[Mapping[str, Any]], placed: Placed) -> int:
    ends = ((placed[each["from"]], placed[each["to"]], each["kind"]) for each in edges)
    return sum(
        10 if kind == "strong" else 1
        for one, other, kind in ends
        if one is not None and other is not None and one != other
    )


def holds(systems: Mapping[str, Any], open_: Sequence[Any], placed: Placed) -> bool:
    starts: Callable[[int], str] = lambda each: str(open_[each]["start"])  # noqa: E731
    for name, slot in placed.items():
        if slot is None:
            if any(placed[each] is not None for each in systems[name].get("before", [])):
                return False
            continue
        if any(placed[each] == slot for each in systems[name].get("not_with") or []):
            return False
        later = [placed[each] for each in systems[name].get("before", [])]
        if any(each is not None and starts(each) <= starts(slot) for each in later):
            return False
    return all(
        _fits([systems[name] for name, slot in placed.items() if slot == number], one)
        for number, one in enumerate(open_)
    )


def _fits(held: Sequence[Mapping[str, Any]], where: Mapping[str, Any]) -> bool:
    gib = sum((Fraction(str(each.get("gib", 0))) for each in held), Fraction(0))
    if where.get("gib") is not None and gib > Fraction(str(where["gib"])):
        return False
    if where.get("systems") is not None and len(held) > where["systems"]:
        return False
    teams = [each["team"] for each in held if each.get("team")]
    limit = where.get("teams")
    if isinstance(limit, int):
        return len(set(teams)) <= limit
    if isinstance(limit, list):
        return set(teams) <= set(limit)
    return limit is None or all(teams.count(each) <= limit.get(each, 0) for each in teams)
