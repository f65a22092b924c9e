"""What the chain of records says about a wave's order: agreements and rehearsals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from playbooks.migration.cutover import Rehearsal
from playbooks.migration.cutover.word import say
from playbooks.migration.order import WaveOrder
from sen.evidence.chain import Chain
from sen.evidence.record import Act, Record
from sen.migration import said
from stacks.problem import Problem, ProblemError

AGREED, WITHDRAWN, REHEARSED = "migration.agree", "migration.withdraw", "migration.rehearse"


@dataclass(frozen=True)
class Ledger:
    """One wave in the chain; what is said of another order of the same wave does not count."""

    chain: Chain
    order: WaveOrder

    def agree(self, person: str, document: str) -> None:
        """Write down that a person agrees to this order, by a document."""
        data = {"order": self.order.digest(), "document": document}
        self.chain.append(Act(AGREED, person, self.order.wave, data))

    def withdraw(self, person: str, reason: str) -> None:
        """Take a person's agreement back, from now on.

        Raises:
            ProblemError: The person has not agreed to this order.
        """
        if person not in self.agreed():
            raise ProblemError(Problem("wave-not-agreed", self.order.wave, {"person": person}))
        data = {"order": self.order.digest(), "reason": reason}
        self.chain.append(Act(WITHDRAWN, person, self.order.wave, data))

    def agreed(self) -> dict[str, str]:
        """Give who agrees to this order now, with the document."""
        found: dict[str, str] = {}
        for record in self._records():
            if record.act == AGREED:
                found[record.by] = said.said(said.AGREED, record).document
            elif record.act == WITHDRAWN:
                found.pop(record.by, None)
        return found

    def missing(self, runner: str) -> list[str]:
        """Say how many people's agreement is missing; who runs the wave does not count."""
        counted = self.agreed().keys() - {runner}
        lacking = self.order.approvals - len(counted)
        if lacking <= 0:
            return []
        return [say("agreements", lacking=lacking, wanted=self.order.approvals)]

    def rehearsed(
        self,
        person: str,
        system: str,
        seconds: float | None,
        tenant: Mapping[str, object] | None = None,
    ) -> None:
        """Write down a rehearsal: seconds None where it did not pass, and how the tenant fared."""
        data = {
            "order": self.order.digest(),
            "system": system,
            "passed": seconds is not None,
            "downtime_ms": round((seconds or 0) * 1000),
            **({"tenant": dict(tenant)} if tenant is not None else {}),
        }
        self.chain.append(Act(REHEARSED, person, self.order.wave, data))

    def rehearsals(self, system: str) -> list[Rehearsal]:
        """Give the rehearsals of a system under this order."""
        return [
            Rehearsal(
                dt.datetime.fromisoformat(record.at),
                data.passed,
                data.downtime_ms / 1000,
                self.order.digest(),
            )
            for record in self._records()
            if record.act == REHEARSED
            and (data := said.said(said.REHEARSED, record)).system == system
        ]

    def record(self, person: str, name: str, about: str, data: Mapping[str, object]) -> None:
        """Write down what a step did."""
        self.chain.append(Act(name, person, about, data))

    def _records(self) -> list[Record]:
        digest = self.order.digest()
        return [
            record
            for record in self.chain.records()
            if record.about == self.order.wave and record.data.get("order") == digest
        ]
