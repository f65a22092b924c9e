"""Brings tables that are whole already from where they are to a later position, and no other one.

Each transaction is applied together with its position: whenever this ends, it goes on from there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from playbooks.migration.mariadb_replica.flow import Flow, Status
from playbooks.migration.mariadb_replica.gtids import reaches, written
from playbooks.migration.mariadb_replica.notes import Noted, Notes
from playbooks.migration.mariadb_replica.patience import Patience
from playbooks.migration.steps import Pulse
from stacks.problem import ProblemError

# A pass that took less leaves little to be done while the next dump waits.
SECONDS_A_PASS = 5.0
_REASONS = {
    "follow-lost": "the source's log no longer reaches back",
    "follow-refused": "the target refuses a change of the source",
}


class NotKeptError(Exception):
    """What was copied before does not count; it is copied anew."""


@dataclass(frozen=True)
class Replay:
    """Some tables on their way from one position to another.

    Attributes:
        flow: Of all that moves; nothing flows by it yet.
        noted: What is whole, and where.
    """

    flow: Flow
    notes: Notes
    noted: Noted

    def begin(self) -> None:
        """Say that the tables are on their way; from now on the server knows where they are.

        Raises:
            NotKeptError: The server may be anywhere, or another flow has its position.
        """
        names = {row["Connection_name"] for row in self.flow.connections()}
        if names - {self.flow.name}:
            raise NotKeptError("another flow has the target's position")
        if not self.noted.replaying:
            self.flow.begin(self.noted.position)
            self.flow.name_it()
        elif not names:
            raise NotKeptError("the target's position was taken away")
        self.notes.write(replace(self.noted, replaying=True))

    def near(self, pulse: Pulse) -> None:
        """Bring them to where the source is now, or nearly so."""
        seconds = SECONDS_A_PASS
        while seconds >= SECONDS_A_PASS:
            begun = time.monotonic()
            self.to(written(self.flow.source), pulse)
            seconds = time.monotonic() - begun

    def to(self, position: str, pulse: Pulse) -> None:
        """Bring them to a position.

        Raises:
            NotKeptError: The source's log no longer leads there, or the target refuses it.
            ProblemError: The servers do not reach each other.
        """
        if not reaches(position, self.noted.position):
            raise NotKeptError("the source's log was begun anew")
        only = tuple(f"{database}.{table}" for database, table in sorted(self.noted.tables))
        try:
            _followed(replace(self.flow, only=only, until=position), replace(pulse))
        except ProblemError as error:
            reason = _REASONS.get(error.problems[0].key)
            if reason is None:
                raise
            raise NotKeptError(reason) from None


@dataclass(frozen=True)
class _Ending:
    """A flow that ends by itself: what has come no longer does."""

    flow: Flow

    def status(self) -> Status:
        found = self.flow.status() or {}
        return {**found, "Slave_IO_Running": "Yes"} if self.flow.has_come(found) else found

    def connect(self) -> None:
        self.flow.connect()

    def failed(self, key: str, code: int) -> ProblemError:
        return self.flow.failed(key, code)


def _followed(flow: Flow, pulse: Pulse) -> None:
    """Follow to the flow's end; the pulse is told transactions."""
    flow.connect()
    patience, waited, first = Patience(), _Ending(flow), 0
    while not flow.reached():
        left = flow.left()
        patience.heed(waited, left)
        first = max(first, left)
        pulse.beat(first - left, first)
    flow.stop()
