"""Turns the direction of a flow round, and back: never both ways, and nothing between is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playbooks.migration.mariadb import freeze
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb_replica import events
from playbooks.migration.mariadb_replica.flow import Flow
from playbooks.migration.mariadb_replica.gtids import positioned
from playbooks.migration.mariadb_replica.inspect import neighbours
from playbooks.migration.mariadb_replica.marks import Marks

TURNED = "turned"
BEHIND = "behind"
_OLD = "old position of "


@dataclass(frozen=True)
class Turning:
    """Two flows between the same servers; each end remembers where it was in the other's log.

    Attributes:
        targets: The databases that move, on the target.
    """

    forth: Flow
    behind: Flow
    marks: Marks
    targets: Sequence[MariadbPlace]

    def turn(self) -> None:
        """End the way forth, then begin the way back, and let the target be written."""
        self.marks.write(TURNED)
        self.forth.end()
        self._begin_back()
        events.wake(self.targets, self.marks)
        freeze.thaw(self.forth.target)

    def back(self) -> None:
        """Let changes flow forth anew from where they ended; nobody may write meanwhile.

        What jobs wrote on the target since it was turned comes back first.
        """
        target = self.forth.target
        if self.behind.status() is not None:
            events.rest(self.targets, self.marks)
            for each in self.targets:
                freeze.freeze(each)
            self.behind.drain()
        self.behind.end()
        self.forth.connect()
        self.marks.forget(TURNED)
        # They are in use, and what moves is led away from here.
        if neighbours(target, self.forth.lets):
            freeze.thaw(target)

    def remember(self, flow: Flow) -> None:
        """Keep where the server was before it followed us: it was somebody's replica once."""
        key = f"{_OLD}{flow.name}"
        if key not in self.marks.read():
            self.marks.write(key, ",".join(flow.applied()))

    def end(self, flow: Flow) -> Mapping[str, object]:
        """End a flow for good; its server is where it was before."""
        flow.end()
        old = self.marks.read().get(f"{_OLD}{flow.name}")
        if old is not None:
            flow.target.with_database("").tell(positioned(flow.target, old))
        return {"ended": flow.name}

    def _begin_back(self) -> None:
        """Let the source follow: the first time from now, later from where it was."""
        if BEHIND not in self.marks.read():
            self.remember(self.behind)
            now = self.forth.target.value("select @@global.gtid_binlog_pos")
            self.behind.begin(str(now or ""))
            self.marks.write(BEHIND)
        self.behind.connect()
