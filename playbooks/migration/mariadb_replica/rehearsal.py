"""A rehearsal: the copy into a database to be thrown away, the way to follow, the comparison."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.mariadb_replica import rows, shape
from playbooks.migration.mariadb_replica.copying import Copy
from playbooks.migration.mariadb_replica.flow import Flow, positioned
from playbooks.migration.mariadb_replica.move import Facts, MariadbMove
from playbooks.migration.steps import Pulse, Step


@dataclass
class Rehearsal:
    """One move on trial; the source is read, and gives an account to the trial's connection.

    Attributes:
        position: From which the copy would be followed.
    """

    move: MariadbMove
    name: str
    position: str = ""

    def fill(self) -> list[Step]:
        """Give the steps that make the copy."""
        return [Step("check", self._check), Step("copy", self._copy)]

    def switch(self) -> list[Step]:
        """Give what the switch waits for: a connection that stands, what it brings, all compared.

        A target that follows already is left alone: positions are one for the whole server.
        """
        way = [Step("turn round", self._connect), Step("drain", self._drain)]
        return [*([] if self.move.forth.status() else way), Step("verify", self._compare)]

    @contextmanager
    def made(self) -> Iterator[None]:
        """Let nothing of the trial stay, whatever happens."""
        server = self.move.target.with_database("")
        old = ",".join(self._flow.applied())
        try:
            yield
        finally:
            if self._flow.status() is not None:
                self._flow.end()
                server.tell(positioned(server, old))
            server.tell(f"drop database if exists {quoted(self.name)}")

    @property
    def _trial(self) -> Copy:
        target = self.move.target.with_database(self.name)
        return Copy(self.move.source, target, self.move.lock)

    @property
    def _flow(self) -> Flow:
        """Give a flow that lets a database through which the source does not have."""
        return replace(self.move.forth, name=f"{self.move.word}_try", lets=self.name)

    def _check(self, _pulse: Pulse) -> Facts:
        return {"notes": self.move.check()}

    def _copy(self, pulse: Pulse) -> Facts:
        copy = self._trial
        copy.begin()
        copy.tables()
        self.position = copy.rows(pulse)
        return {"position": self.position}

    def _connect(self, _pulse: Pulse) -> Facts:
        self._flow.begin(self.position)
        self._flow.connect()
        return {}

    def _drain(self, pulse: Pulse) -> Facts:
        return {"position": self._flow.drain(pulse)}

    def _compare(self, _pulse: Pulse) -> Facts:
        """Compare for the time it takes: people write meanwhile, so that rows may differ."""
        checks = rows.compare(self.move.source, self._trial.target)
        shape.compare(self.move.source, self._trial.target)
        return {"rows": sum(each.looked_at for each in checks)}
