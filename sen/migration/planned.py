"""From a plan of waves to their objects: made, changed, taken away; what has begun stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playbooks.migration.waves.document import document
from playbooks.migration.waves.plan import Plan
from sen.assessment.weight import VIET_NAM
from sen.migration.objects import Object, Waves
from stacks.models.objects.wave import (
    Strength,
    WaveBridge,
    WavePhase,
    WaveSpec,
    WaveSystem,
)
from stacks.problem import Problem, ProblemError

# An order's wave bears the name of the object, and is no longer than this.
MOST_NAME = 63
PLAN_NAME = "[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?"
MOST_WHY, MOST_REASON = 500, 2000
OPEN = frozenset({None, WavePhase.PLANNED, WavePhase.REHEARSED})


@dataclass(frozen=True)
class Change:
    """What is done to one object: `put`, `removed`, or `kept` because it has begun."""

    name: str
    does: str
    window: str
    systems: int


def check_name(plan: str) -> None:
    """Hold the name of a plan to what an object's name may begin with.

    Raises:
        ProblemError: It cannot be one.
    """
    if not re.fullmatch(PLAN_NAME, plan):
        raise ProblemError(Problem("wave-plan-name", plan))


def specs(plan: Plan, name: str) -> dict[str, WaveSpec]:
    """Give the objects of a plan by their names: `<plan>-<window>`."""
    windows = {str(each.id): each.span for each in plan.portfolio.windows}
    placed: Any = document(plan)["placements"]
    reasons = {str(each["id"]): str(each["reason"])[:MOST_REASON] for each in placed}
    found: dict[str, WaveSpec] = {}
    for wave in plan.answer.waves:
        window = str(wave.window)
        found[_named(name, window, found)] = WaveSpec(
            plan=name,
            window=window,
            starts=_zoned(windows[window].start),
            ends=_zoned(windows[window].end),
            systems=tuple(
                WaveSystem(id=str(each), reason=reasons.get(str(each), "")) for each in wave.systems
            ),
            bridges=tuple(_bridges(plan, window)),
        )
    return found


def changes(wanted: Mapping[str, WaveSpec], there: Sequence[Object], plan: str) -> list[Change]:
    """Say what has to be done to the objects that are there; other plans' are left alone."""
    known = {each["metadata"]["name"]: each for each in there if each["spec"]["plan"] == plan}
    found = [
        Change(name, "put" if _open(known.get(name)) else "kept", spec.window, len(spec.systems))
        for name, spec in wanted.items()
    ]
    for name in sorted(known.keys() - wanted.keys()):
        spec = known[name]["spec"]
        does = "removed" if _open(known[name]) else "kept"
        found.append(Change(name, does, spec["window"], len(spec["systems"])))
    return found


def apply(plan: Plan, name: str, waves: Waves) -> list[Change]:
    """Write a plan's waves to the platform, and give what was done.

    Raises:
        MissingPartError: The API server does not answer.
        ProblemError: It does not know the kind yet.
    """
    wanted = specs(plan, name)
    found = changes(wanted, waves.all(), name)
    for each in found:
        if each.does == "put":
            waves.put(each.name, wanted[each.name])
        elif each.does == "removed":
            waves.remove(each.name)
    return found


def _open(thing: Object | None) -> bool:
    """Say whether nothing of a wave has begun."""
    return thing is None or (thing.get("status") or {}).get("phase") in OPEN


def _bridges(plan: Plan, window: str) -> Iterator[WaveBridge]:
    for each in plan.answer.bridges:
        if str(each.open_until) == window:
            yield WaveBridge(
                source=str(each.source),
                target=str(each.target),
                kind=Strength(each.edge.kind.value),
                why=each.edge.why[:MOST_WHY],
            )


def _named(plan: str, window: str, taken: Mapping[str, WaveSpec]) -> str:
    word = re.sub(r"[^a-z0-9]+", "-", window.lower()).strip("-")
    name = f"{plan}-{word or 'window'}"[:MOST_NAME].rstrip("-")
    number = 1
    found = name
    while found in taken:
        number += 1
        end = f"-{number}"
        found = name[: MOST_NAME - len(end)] + end
    return found


def _zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=VIET_NAM)
