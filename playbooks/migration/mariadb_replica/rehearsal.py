"""A rehearsal: copies into databases to be thrown away, the way to follow, the comparison."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.mariadb_replica import rows, shape
from playbooks.migration.mariadb_replica.copying import Copy
from playbooks.migration.mariadb_replica.crossing import FOREIGN_KEY, VIEW, crossings
from playbooks.migration.mariadb_replica.ends import Ends, Pair
from playbooks.migration.mariadb_replica.flow import Flow
from playbooks.migration.mariadb_replica.gtids import positioned
from playbooks.migration.mariadb_replica.move import Facts, MariadbMove
from playbooks.migration.steps import Pulse, Step

_VIEWS = "select TABLE_NAME from information_schema.VIEWS where TABLE_SCHEMA = database()"


@dataclass
class Rehearsal:
    """One move on trial; the source is read, and gives an account to the trial's connection.

    Attributes:
        name: Of the databases to be thrown away, each with a number.
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
            server.tell(*(f"drop database if exists {quoted(each)}" for each in self._names))

    @property
    def _pairs(self) -> list[Pair]:
        return [
            (source, target.with_database(f"{self.name}_{number}"))
            for number, (source, target) in enumerate(self.move.ends.pairs)
        ]

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(target.database for _, target in self._pairs)

    @property
    def _flow(self) -> Flow:
        """Give a flow that lets databases through which the source does not have."""
        return replace(self.move.forth, name=f"{self.move.word}_try", lets=self._names)

    def _check(self, _pulse: Pulse) -> Facts:
        return {"notes": self.move.check()}

    def _copy(self, pulse: Pulse) -> Facts:
        positions = [self._copied(*pair, pulse) for pair in self._pairs]
        self.position = positions[0]
        return {"position": self.position}

    def _copied(self, source: MariadbPlace, target: MariadbPlace, pulse: Pulse) -> str:
        """Copy one database apart: here it has another name, by which no other one knows it."""
        found = crossings(source, {*self.move.ends.databases} - {source.database})
        views = any(each.kind == VIEW for each in found)
        copy = Copy(Ends(source, target), self.move.lock)
        copy.begin()
        copy.tables(without=[row[0] for row in source.ask(_VIEWS)] if views else [])
        keys = (each for each in found if each.kind == FOREIGN_KEY)
        target.tell(
            *(f"alter table {quoted(k.table)} drop foreign key {quoted(k.name)}" for k in keys)
        )
        return copy.rows(pulse)

    def _connect(self, _pulse: Pulse) -> Facts:
        self._flow.begin(self.position)
        self._flow.connect()
        return {}

    def _drain(self, pulse: Pulse) -> Facts:
        return {"position": self._flow.drain(pulse)}

    def _compare(self, _pulse: Pulse) -> Facts:
        """Compare for the time it takes: people write meanwhile, so that rows may differ."""
        count = 0
        for source, target in self._pairs:
            count += sum(each.looked_at for each in rows.compare(source, target))
            shape.compare(source, target)
        return {"rows": count}
