"""Takes a tenant one step along its life; killed anywhere, the next step goes on from the objects.

Each step looks at what stands, does one thing and says so; the stack builds what is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sen.evidence import Act
from sen.operator.conditions import holds
from sen.operator.course import (
    condition,
    ended,
    is_closed,
    is_gone,
    life_of,
    said_of,
    state_of,
)
from sen.operator.handing import Handing
from sen.operator.leaving import Leaving
from sen.operator.plan import Said
from sen.operator.telling import GoneError, Means, Teller
from sen.tenancy.life.hook import run_hooks
from sen.tenancy.life.rights import close, open_to
from sen.tenancy.life.suspension import resume, suspend
from stacks.models.life import Course, Due, course
from stacks.models.objects.status import Phase
from stacks.models.state import State
from stacks.problem import Problem

Object = Mapping[str, Any]
OPERATOR = "sen-operator"
SOON_SECONDS = 5.0
# How long the end waits for dumps that still run; then the tenant is suspended all the same.
HOOK_DAYS = 3
# What the hand-over waits for and no event tells of.
AGAIN = frozenset({"SnapshotWaits", "SnapshotLate", "ArchiveWaits"})


@dataclass(frozen=True)
class Outcome:
    """A tenant after a step, None if it is gone; when to look again if no event will say so."""

    tenant: Object | None
    again_seconds: float | None = None


class Life:
    """The life of tenants; its calls block."""

    def __init__(self, teller: Teller, means: Means) -> None:
        self._teller, self._means = teller, means
        self._handing, self._leaving = Handing(teller, means), Leaving(teller, means)

    def due(self, tenant: Object, request: Object | None) -> bool:
        """Say whether a day brings anything for a tenant: most have no step to take."""
        if is_gone(tenant):
            return False
        today = self._teller.today()
        found = course(life_of(tenant, request, today), today)
        quiet = found.due is Due.RUN and state_of(tenant) is State.ACTIVE
        return not quiet or bool(said_of(tenant, found)) or _stopped(tenant)

    def step(self, tenant: Object, request: Object | None) -> Outcome:
        """Do what is due; safe to do again."""
        if is_gone(tenant):
            return Outcome(tenant)
        try:
            if is_closed(tenant):
                done = self._leaving.leave(tenant)
                return Outcome(done, None if is_gone(done) else SOON_SECONDS)
            return self._lived(tenant, request)
        except GoneError:
            return Outcome(None)

    def _lived(self, tenant: Object, request: Object | None) -> Outcome:
        today = self._teller.today()
        found = course(life_of(tenant, request, today), today)
        tenant = self._warned(tenant, found)
        if found.due is Due.KEEP:
            return Outcome(tenant)
        if found.due is Due.OFFBOARD:
            done = self._handing.hand_over(tenant, request, found)
            soon = condition(done, "Ending").get("reason") in AGAIN
            return Outcome(done, SOON_SECONDS if soon else None)
        wanted = State.SUSPENDED if found.due is Due.SUSPEND else State.ACTIVE
        if state_of(tenant) is not wanted:
            return self._turned(tenant, wanted, found)
        if wanted is State.SUSPENDED:
            return self._suspended(tenant, found)
        return Outcome(self._resumed(tenant))

    def _warned(self, tenant: Object, found: Course) -> Object:
        """Tell what is near, and put each warning and each hold into the evidence once."""
        said, name = said_of(tenant, found), tenant["metadata"]["name"]
        if found.due is Due.KEEP and condition(tenant, "LegalHold").get("status") != "True":
            hold = tenant["spec"]["legal_hold"]
            data = {key: str(hold[key]) for key in ("document", "since", "by")}
            self._means.once(Act("tenant.held", OPERATOR, name, data), *data)
        mark = f"{tenant['spec']['ends']}/{found.warning}"
        if found.warning is None or (tenant.get("status") or {}).get("warned") == mark:
            return self._teller.say(tenant, said) if said else tenant
        data = {"ends": tenant["spec"]["ends"], "days": str(found.warning)}
        self._means.once(Act("tenant.warn", OPERATOR, name, data), *data)
        return self._teller.say(tenant, said, warned=mark)

    def _turned(self, tenant: Object, wanted: State, found: Course) -> Outcome:
        """Say what is to be built; dumps run before the end's suspension, while all still runs."""
        name, over = tenant["metadata"]["name"], found.days_left < 0
        if wanted is State.SUSPENDED and over and found.days_left >= -HOOK_DAYS:
            open_to(self._means.objects, name, self._means.myself(), self._teller.today())
            hooks = run_hooks(self._means.objects, name, tenant["spec"]["ends"])
            waiting = [each for each in hooks if each.state == "waiting"]
            if waiting:
                words = Problem("life-hook-runs", name, {"hook": waiting[0].name}).both()
                said = {"Ending": Said("True", "ExportRuns", words)}
                return Outcome(self._teller.say(tenant, said), SOON_SECONDS)
        act = "tenant.suspend" if wanted is State.SUSPENDED else "tenant.resume"
        if over:
            tenant = self._teller.say(tenant, {"Ending": ended(tenant, found)})
        data = {"why": "ended" if over else "asked", "ends": tenant["spec"]["ends"]}
        self._means.record(Act(act, OPERATOR, name, data))
        return Outcome(self._teller.api.amend(tenant, {"state": str(wanted)}))

    def _suspended(self, tenant: Object, found: Course) -> Outcome:
        if holds(tenant, "Suspended"):
            return Outcome(tenant)
        name = tenant["metadata"]["name"]
        if not _stopped(tenant):  # noted first, so that what is stopped halfway is started again
            tenant = self._teller.say(tenant, {"Suspended": Said("Unknown", "Stopping")})
        done = suspend(self._means.objects, name)
        if done.lone:
            data = {"pods": list(done.lone)}
            self._means.record(Act("tenant.stop-pods", OPERATOR, name, data))
        if done.pods or done.lone or not holds(tenant, "Ready"):
            words = Problem("life-pods-leave", name, {"pods": done.pods}).both()
            said = {"Suspended": Said("Unknown", "PodsLeave", words)}
            return Outcome(self._teller.say(tenant, said), SOON_SECONDS)
        over = found.days_left < 0
        words = Problem("life-suspended", name).both()
        said = {"Suspended": Said("True", "Ended" if over else "Asked", words)}
        phase = Phase.ENDING if over else Phase.SUSPENDED
        return Outcome(self._teller.say(tenant, said, phase=phase))

    def _resumed(self, tenant: Object) -> Object:
        """Start again what was stopped, once the stack has opened quota and network."""
        if not _stopped(tenant) or not holds(tenant, "Ready"):
            return tenant
        resume(self._means.objects, tenant["metadata"]["name"])
        close(self._means.objects, tenant["metadata"]["name"])
        said = {"Suspended": Said("False", "Resumed")}
        return self._teller.say(tenant, said, phase=Phase.READY)


def _stopped(tenant: Object) -> bool:
    """Say whether something of it may be stopped."""
    return condition(tenant, "Suspended").get("status") in {"True", "Unknown"}
