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
from sen.migration.begun import is_open, wrong
from sen.migration.objects import Object, Waves
from stacks.models.objects.wave import (
    Strength,
    WaveBridge,
    WaveSpec,
    WaveSystem,
)
from stacks.problem import Problem, ProblemError

# An order's wave bears the name of the object, and is no longer than this.
MOST_NAME = 63
PLAN_NAME = "[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?"
MOST_WHY, MOST_REASON = 500, 2000
# Each lost try is a command that began or told something meanwhile; what began is judged anew.
TRIES = 5


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
        Change(name, "put" if is_open(known.get(name)) else "kept", spec.window, len(spec.systems))
        for name, spec in wanted.items()
    ]
    for name in sorted(known.keys() - wanted.keys()):
        spec = known[name]["spec"]
        does = "removed" if is_open(known[name]) else "kept"
        found.append(Change(name, does, spec["window"], len(spec["systems"])))
    return found


def apply(plan: Plan, name: str, waves: Waves) -> list[Change]:
    """Write a plan's waves to the platform, and give what was done: all of it, or nothing.

    Raises:
        MissingPartError: The API server does not answer.
        ProblemError: It does not know the kind yet; or the plan would change a wave that has
            begun, or that a command runs.
    """
    wanted = specs(plan, name)
    before: dict[str, Object | None] = {}
    done: dict[str, Change] = {}
    for _ in range(TRIES):
        there, now = waves.dated()
        known = {each["metadata"]["name"]: each for each in there}
        if found := wrong(wanted, there, name, now):
            _take_back(before, waves)
            raise ProblemError(*found)
        for each in changes(wanted, there, name):
            if not _done(each, known.get(each.name), wanted, waves):
                break
            before.setdefault(each.name, known.get(each.name))
            done[each.name] = each
        else:
            return list(done.values())
    _take_back(before, waves)
    raise ProblemError(Problem("wave-plan-unsteady", name))


def _done(
    change: Change, there: Object | None, wanted: Mapping[str, WaveSpec], waves: Waves
) -> bool:
    """Write one change; False where the object is no longer the one that was judged."""
    version = str(there["metadata"]["resourceVersion"]) if there else None
    if change.does == "put":
        return waves.put(change.name, wanted[change.name], version)
    return change.does == "kept" or waves.remove(change.name, version)


def _take_back(before: Mapping[str, Object | None], waves: Waves) -> None:
    """Leave every wave as it was before this plan."""
    for name, thing in before.items():
        if thing is None:
            waves.remove(name)
        else:
            waves.put(name, WaveSpec.model_validate(thing["spec"]))


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
