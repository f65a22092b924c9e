"""What a plan may not change: a wave whose move has begun, or that a command runs right now."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence

from sen.migration.objects import Object
from sen.migration.running import run_of, running, told
from stacks.models.objects.wave import WavePhase, WaveSpec
from stacks.problem import Problem

OPEN = frozenset({None, WavePhase.PLANNED, WavePhase.REHEARSED})
# People are on the old side again: the systems may be planned into another wave.
BACK = frozenset({WavePhase.ROLLED_BACK, WavePhase.FAILED})
REHEARSAL = "rehearse"
MOST = 10


def is_open(thing: Object | None) -> bool:
    """Say whether nothing of a wave has begun; a first fill that was killed has."""
    if thing is None:
        return True
    run = run_of(thing)
    return _phase(thing) in OPEN and (run is None or run.command == REHEARSAL)


def wrong(
    wanted: Mapping[str, WaveSpec], there: Sequence[Object], plan: str, now: dt.datetime
) -> list[Problem]:
    """Say what stands against writing a plan; every wave that it may not change is named."""
    found = []
    for thing in there:
        name = thing["metadata"]["name"]
        if thing["spec"]["plan"] != plan:
            if name in wanted:
                found.append(Problem("wave-of-other-plan", name, {"plan": thing["spec"]["plan"]}))
        elif changes := _changes(name, thing, wanted, now):
            shown = [*changes[:MOST], *(["…"] if len(changes) > MOST else [])]
            found.append(_problem(name, thing, "; ".join(shown), now))
    return found


def _problem(name: str, thing: Object, changes: str, now: dt.datetime) -> Problem:
    if run := running(thing, now):
        return Problem("wave-plan-running", name, {**told(run), "changes": changes})
    return Problem("wave-plan-begun", name, {"changes": changes})


def _changes(
    name: str, thing: Object, wanted: Mapping[str, WaveSpec], now: dt.datetime
) -> list[str]:
    """Give what a plan would change of a wave that it may not change: `+ a`, `- b`, `c: w2`."""
    free = is_open(thing)
    if free and running(thing, now) is None:
        return []
    old = WaveSpec.model_validate(thing["spec"])
    if name in wanted:
        return list(_differences(old, wanted[name]))
    if free:
        return [f"- {each.id}" for each in old.systems]
    return [] if _phase(thing) in BACK else list(_elsewhere(old, wanted))


def _differences(old: WaveSpec, new: WaveSpec) -> Iterator[str]:
    before, after = ([each.id for each in spec.systems] for spec in (old, new))
    yield from (f"- {each}" for each in before if each not in after)
    yield from (f"+ {each}" for each in after if each not in before)
    if before != after and sorted(before) == sorted(after):
        yield f"{', '.join(before)} → {', '.join(after)}"
    spans = [
        f"{spec.window} {spec.starts.isoformat()}/{spec.ends.isoformat()}" for spec in (old, new)
    ]
    if (old.window, old.starts, old.ends) != (new.window, new.starts, new.ends):
        yield " → ".join(spans)


def _elsewhere(old: WaveSpec, wanted: Mapping[str, WaveSpec]) -> Iterator[str]:
    """Give systems of a wave that is not planned any more, and the waves that now have them."""
    ids = {each.id for each in old.systems}
    placed = itertools.chain.from_iterable(
        ((each.id, other) for each in spec.systems) for other, spec in wanted.items()
    )
    yield from (f"{system}: {other}" for system, other in placed if system in ids)


def _phase(thing: Object) -> str | None:
    found: str | None = (thing.get("status") or {}).get("phase")
    return found
