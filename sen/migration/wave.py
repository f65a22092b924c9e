"""A wave on this platform: its order, its ledger, and the journeys of its systems."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.cutover import Journey
from playbooks.migration.cutover.gates import predicted
from playbooks.migration.cutover.journals import Journals
from playbooks.migration.cutover.word import say
from playbooks.migration.mariadb.move import MariadbToPostgres
from playbooks.migration.order import SystemOrder, WaveOrder, read_order
from playbooks.migration.order.journeys import Asked, journey, parts
from playbooks.migration.order.rehearse import rehearse
from playbooks.migration.order.standard import StandardOrder
from playbooks.migration.steps import Step
from playbooks.migration.steps.pace import Pace
from playbooks.migration.verify import Verdict
from sen import harden
from sen.errors import MissingPartError
from sen.evidence.bucket import LockedBucket
from sen.evidence.place import KEEP, chain_of
from sen.local.buckets import client
from sen.local.files import private_folder
from sen.local.platform import Platform
from sen.migration import agreement, status, text
from sen.migration.account import WaveAccount
from sen.migration.applying import LiveApplying
from sen.migration.begun import REHEARSAL
from sen.migration.deposit import deposit
from sen.migration.expected import expected
from sen.migration.gathering import gathered
from sen.migration.handover.placing import is_half_taken, refuse_handed, settle
from sen.migration.heard import Heard, short_of
from sen.migration.ledger import Ledger
from sen.migration.left import ACT, left
from sen.migration.objects import Waves
from sen.migration.proof import VERIFIED
from sen.migration.running import Turn
from sen.migration.throwaway import TenantSide, sweep
from sen.migration.whereabouts import refuse_without_journals
from sen.tenancy import listing
from stacks.problem import Problem, ProblemError


@dataclass(frozen=True)
class Wave:
    """What a person does with a wave.

    Attributes:
        person: Who does it, as the API server knows them.
    """

    platform: Platform
    order: WaveOrder
    person: str

    @classmethod
    def of(cls, platform: Platform, file: Path, person: str) -> Wave:
        return cls(platform, read_order(file), person)

    @property
    def ledger(self) -> Ledger:
        return Ledger(chain_of(self.platform), self.order)

    @property
    def folder(self) -> Path:
        return private_folder(self.platform.state / "migration")

    def systems(self, only: str | None = None) -> tuple[SystemOrder, ...]:
        """Give the systems in their order, or the one that is named.

        Raises:
            ProblemError: The order names no such system.
        """
        found = tuple(each for each in self.order.systems if only in {None, each.system})
        if not found:
            names = ", ".join(each.system for each in self.order.systems)
            values = {"system": only, "systems": names}
            raise ProblemError(Problem("order-no-system", self.order.wave, values))
        return found

    def journeys(self, only: str | None = None) -> Iterator[tuple[SystemOrder, Journey]]:
        for system in self.systems(only):
            made = journey(self.order, system, self._asked(system))
            yield system, dataclasses.replace(made, expected=self._expected(system))

    @property
    def waves(self) -> Waves:
        """Give the objects of all waves on the platform."""
        return Waves(self.platform.kubeconfig, self.platform.context)

    def running(self, command: str) -> contextlib.AbstractContextManager[None]:
        """Say on the wave's object that this command runs it, as long as it does.

        Raises:
            ElsewhereError: Another machine runs the wave.
            ProblemError: Its move has begun, and its journals are not on this machine.
        """
        if command != REHEARSAL:
            self._settled()
            refuse_without_journals(self.waves, self.order.wave, self.folder)
        with contextlib.suppress(Exception):  # what a killed rehearsal left stops no move
            sweep(self._objects, dt.datetime.now(dt.UTC))
        return Turn(self.waves, self.order, self.folder, self.person, command).held()

    def _settled(self) -> None:
        """End what a killed `journals take` began.

        Raises:
            ProblemError: The wave was handed over to another machine, or a command runs it.
        """
        folder = self.folder / self.order.wave
        if is_half_taken(folder):
            with contextlib.ExitStack() as stack:
                for each in self.order.systems:
                    stack.enter_context(Journals(folder / each.system, self.order.wave).held())
                settle(folder)
        refuse_handed(folder)

    def rehearse(self, system: SystemOrder) -> float:
        """Go the whole way on copies; give the seconds people would have waited."""
        name, heard = f"{self.order.wave}/{system.system}", Heard(self._record)
        every = [self._tenant_side(system), *parts(system, self.folder / name)]
        try:
            waited = rehearse(name, every, heard)
        except ProblemError as error:
            self.ledger.rehearsed(self.person, system.system, None, heard.tenant(error))
            raise
        tenant = heard.tenant()
        self.ledger.rehearsed(self.person, system.system, waited, tenant)
        if short := short_of(tenant):
            sys.stderr.write(f"{short.problem(system.tenant).text()}\n")
        return waited

    def _tenant_side(self, system: SystemOrder) -> TenantSide:
        return TenantSide(self._objects, system, self.order.wave, lambda: dt.datetime.now(dt.UTC))

    @property
    def _objects(self) -> LiveApplying:
        return LiveApplying(self.platform.kubeconfig, self.platform.context)

    def verified(self, system: SystemOrder, verdict: Verdict) -> None:
        """Keep what a comparison found that was asked for outside a switch."""
        self._record(VERIFIED, f"{self.order.wave}/{system.system}", verdict.facts())

    def read_text(self, system: SystemOrder, journey: Journey) -> None:
        """Keep how the old text of the system's databases was read; the report tells it.

        A database that does not answer stops nothing: what was moved stays moved.
        """
        name = f"{self.order.wave}/{system.system}"
        for part in journey.parts:
            with contextlib.suppress(ProblemError):
                if isinstance(part, MariadbToPostgres) and (found := text.seen(part)):
                    self._record(text.ACT, name, found)

    def account(self) -> WaveAccount:
        """Give all that is told of the wave."""
        return gathered(self.order, self.ledger.chain, self.folder, dt.datetime.now(dt.UTC))

    def show_status(self) -> None:
        """Write the wave's object on the platform; whatever keeps it from that stops no move."""
        try:
            status.keep(self.order, self.account(), self.waves)
        except Exception as error:  # noqa: BLE001 - the move goes on without it
            kinds = [each.key for each in getattr(error, "problems", ())]
            if kinds != ["wave-no-kind"]:
                reason = {"reason": type(error).__name__}
                problem = Problem("wave-status-unwritten", self.order.wave, reason)
                sys.stderr.write(f"{problem.text()}\n")

    def deposit(self, file: Path) -> str:
        """Put the archive of the wave into the platform's bucket of evidence; give its address."""
        bucket = LockedBucket(client(self.platform), self.platform.evidence_bucket, KEEP)
        return deposit(bucket, self.order.wave, file, dt.datetime.now(dt.UTC))

    def left(self, only: str | None = None) -> Mapping[str, Sequence[str]]:
        """Give what a finished wave leaves to people, and keep it; nothing stops what is over."""
        thing = None
        with contextlib.suppress(MissingPartError, ProblemError):
            thing = self.waves.get(self.order.wave)
        found = left(self.systems(only), thing)
        self._record(ACT, self.order.wave, found)
        return found

    def prediction(self, system: SystemOrder) -> tuple[float, float] | None:
        """Give the least and the most seconds of downtime to expect; None where not rehearsed."""
        return predicted(self.ledger.rehearsals(system.system), self.order.digest())

    def _expected(self, system: SystemOrder) -> dict[str, float]:
        """Give seconds by step of the switch, from the last rehearsal."""
        known = expected(self.ledger.chain.records(), f"{self.order.wave}/{system.system}")
        return {step: ms / 1000 for (phase, step), ms in known.items() if phase == "cut over"}

    def _asked(self, system: SystemOrder) -> Asked:
        return Asked(
            folder=self.folder,
            record=self._record,
            now=lambda: dt.datetime.now(dt.UTC),
            missing=lambda: self._missing(system),
            rehearsals=self.ledger.rehearsals,
            harden=self._harden,
            agreement=self._agreement,
        )

    def _agreement(self, name: str) -> str | None:
        day = dt.datetime.now(dt.UTC).date()
        return agreement.wrong(self.platform.kubeconfig, self.platform.context, name, day)

    def _harden(self, order: StandardOrder) -> Mapping[str, object]:
        """Play the roles on the hosts of a system, as `sen migrate harden` does."""
        folder = private_folder(self.platform.state / "harden") / self.order.wave
        return harden.bring(order, folder, self._record)

    def _missing(self, system: SystemOrder) -> Sequence[str]:
        """Say whose agreement lacks, and whether the tenant that takes the system does."""
        there = {
            row["namespace"]
            for row in listing.tenants(self.platform.kubeconfig, self.platform.context, None)
        }
        lacking = [] if system.tenant in there else [say("no-tenant", name=system.tenant)]
        return [*self.ledger.missing(self.person), *lacking]

    def _record(self, name: str, about: str, data: Mapping[str, object]) -> None:
        self.ledger.record(self.person, name, about, data)


def tell(step: Step, pace: Pace) -> None:
    """Show how far a step is, on a terminal only."""
    if not sys.stderr.isatty():
        return
    of = f" of {pace.total:,}" if pace.total is not None else ""
    left = f", {pace.remaining:.0f} s to go" if pace.remaining is not None else ""
    sys.stderr.write(f"\r\033[K{step.name}: {pace.done:,}{of}{left}")
