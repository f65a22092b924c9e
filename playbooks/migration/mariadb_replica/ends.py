"""The databases that move together: they have one flow, and so one position, for all of them.

A server keeps one position for each GTID domain, whatever connection it came by, and a transaction
may write to several databases: two flows from one server would skip or tear what one keeps whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playbooks.migration.mariadb.place import MariadbPlace

Pair = tuple[MariadbPlace, MariadbPlace]


@dataclass(frozen=True)
class Ends:
    """Two servers, and what moves from one to the other.

    Attributes:
        names: Of the databases; where there are none, each end names the one that moves.
    """

    source: MariadbPlace
    target: MariadbPlace
    names: tuple[str, ...] = ()

    @property
    def databases(self) -> tuple[str, ...]:
        """Give the names on the source, in an order that does not hang on who wrote them down."""
        return tuple(sorted(self.names)) or (self.source.database,)

    @property
    def several(self) -> bool:
        return bool(self.names)

    @property
    def pairs(self) -> Sequence[Pair]:
        """Give both ends of each database."""
        if not self.names:
            return [(self.source, self.target)]
        return [
            (self.source.with_database(each), self.target.with_database(each))
            for each in self.databases
        ]

    @property
    def first(self) -> Pair:
        """Give both ends of the database that was named first."""
        if not self.names:
            return self.source, self.target
        return self.source.with_database(self.names[0]), self.target.with_database(self.names[0])

    @property
    def sources(self) -> Sequence[MariadbPlace]:
        return [source for source, _ in self.pairs]

    @property
    def targets(self) -> Sequence[MariadbPlace]:
        return [target for _, target in self.pairs]

    @property
    def label(self) -> str:
        """Give what names of connections are made from."""
        of = f" {', '.join(self.databases)}" if self.several else ""
        return f"{self.source} {self.target}{of}"
