"""Migration waves as far as a person may read them, and of each what is theirs."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sen.portal.cluster import Voice
from sen.portal.lines import tenant_lines
from sen.portal.path import API, RULES_REVIEW, label
from sen.portal.reading import Thing, one_or_none, own_agencies
from sen.portal.refusal import ServerRefusedError
from sen.portal.words import N_
from stacks.models.objects import GROUP
from stacks.models.objects.wave import WavePhase, WaveRun
from stacks.models.spelling import fold

LEAST = 12  # so that a night in a year is still seen
PLURAL, HOME = "migrationwaves", "sen-system"
PHASES: Mapping[str, str] = {
    WavePhase.PLANNED: N_("Planned"),
    WavePhase.REHEARSED: N_("Rehearsed"),
    WavePhase.MOVING: N_("Is moving"),
    WavePhase.HELD: N_("Moved, the old side is kept"),
    WavePhase.ROLLED_BACK: N_("Taken back"),
    WavePhase.FINISHED: N_("Finished"),
    WavePhase.FAILED: N_("Failed"),
}
TONES: Mapping[str, str] = {
    WavePhase.FINISHED: "ready",
    WavePhase.HELD: "ready",
    WavePhase.FAILED: "failed",
    WavePhase.ROLLED_BACK: "failed",
}
STEPS: Mapping[str, str] = {
    "Rehearsed": N_("Rehearsed"),
    "Approved": N_("Agreed to"),
    "CutOver": N_("Switched over"),
    "Verified": N_("Verified"),
    "RolledBack": N_("Taken back"),
    "Finished": N_("Finished"),
}


@dataclass(frozen=True)
class Wave:
    """A wave, as somebody sees it.

    Attributes:
        systems: Those of the person's agencies; all of them for whoever reads all waves.
        others: How many systems of other agencies move in the same window.
        bridges: Flows that stay open until the wave has moved and touch one of `systems`.
        run: The command that moves it, or was killed while it did.
        left: Where the window begins on the time line of all waves, in thousandths; `width` too.
    """

    name: str
    plan: str
    window: str
    starts: dt.datetime
    ends: dt.datetime
    phase: str
    moved: int
    systems: Sequence[Mapping[str, Any]]
    others: int
    bridges: Sequence[Mapping[str, Any]]
    note: str
    conditions: Sequence[Mapping[str, Any]]
    run: WaveRun | None = None
    left: int = 0
    width: int = 0

    @property
    def tone(self) -> str:
        return TONES.get(self.phase, "")

    def fits(self, words: str) -> bool:
        ids = " ".join(f"{each['id']} {each.get('tenant') or ''}" for each in self.systems)
        text = fold(f"{self.name} {self.plan} {self.window} {ids}")
        return all(word in text for word in fold(words).split())


async def waves(api: Voice) -> list[Wave]:
    """Give the waves that the person may read, the first first; the same for some seconds."""
    return await api.memory.recall("waves", lambda: _read(api))


async def _read(api: Voice) -> list[Wave]:
    path = f"{API}/namespaces/{HOME}/{PLURAL}"
    try:
        every = [_seen(each, None) for each in await api.items(path)]
    except ServerRefusedError:
        mine, names = await asyncio.gather(_own(api), _named(api))
        found = await asyncio.gather(*(one_or_none(api, f"{path}/{each}") for each in names))
        every = [_seen(each, mine) for each in found if each is not None]
    return placed(sorted(every, key=lambda wave: (wave.starts, wave.name)))


async def _named(api: Voice) -> list[str]:
    """Ask the API server which waves the person may read one by one."""
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": HOME},
    }
    rules = (await api.review(RULES_REVIEW, body))["status"]["resourceRules"]
    names = {
        name
        for rule in rules
        if GROUP in (rule.get("apiGroups") or ())
        and PLURAL in (rule.get("resources") or ())
        and "get" in rule["verbs"]
        for name in rule.get("resourceNames") or ()
    }
    return sorted(map(label, names))


async def _own(api: Voice) -> Own:
    lines = await tenant_lines(api)
    prefixes = (each.code.lower().replace(".", "-") for each in own_agencies(api.person))
    return Own(frozenset(str(each["Name"]) for each in lines.things), tuple(prefixes))


@dataclass(frozen=True)
class Own:
    """What is a person's: environments that they read, and those named after their agencies."""

    names: Collection[str]
    prefixes: tuple[str, ...]

    def has(self, system: Mapping[str, Any]) -> bool:
        tenant = str(system.get("tenant") or "")
        return tenant in self.names or any(tenant.startswith(f"{p}-") for p in self.prefixes)


def _seen(thing: Thing, own: Own | None) -> Wave:
    """Give a wave as somebody sees it; None: all of it."""
    spec, status = thing["spec"], thing.get("status") or {}
    systems = [each for each in spec["systems"] if own is None or own.has(each)]
    ids = {each["id"] for each in systems}
    return Wave(
        name=thing["metadata"]["name"],
        plan=spec["plan"],
        window=spec["window"],
        starts=dt.datetime.fromisoformat(spec["starts"]),
        ends=dt.datetime.fromisoformat(spec["ends"]),
        phase=status.get("phase") or WavePhase.PLANNED,
        moved=status.get("moved") or 0,
        systems=systems,
        others=len(spec["systems"]) - len(systems),
        bridges=[
            each
            for each in spec.get("bridges") or ()
            if own is None or {each["source"], each["target"]} & ids
        ],
        note=spec.get("note") or "",
        conditions=status.get("conditions") or (),
        run=WaveRun.model_validate(status["run"]) if status.get("run") else None,
    )


def placed(found: Iterable[Wave]) -> list[Wave]:
    """Give waves with their places on one time line."""
    every = list(found)
    if not every:
        return []
    first, last = min(each.starts for each in every), max(each.ends for each in every)
    whole = max((last - first).total_seconds(), 1.0)

    def at(moment: dt.datetime) -> int:
        return round((moment - first).total_seconds() / whole * 1000)

    return [
        replace(each, left=at(each.starts), width=max(at(each.ends) - at(each.starts), LEAST))
        for each in every
    ]
