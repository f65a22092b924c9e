"""The steps that move a PostgreSQL database, that switch over, that lead back, and that end it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from playbooks.migration.disk import small
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.postgres import copy, freeze, schema
from playbooks.migration.postgres.indexes import build_indexes
from playbooks.migration.postgres.inspect import concerns
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.postgres.replication import Replication
from playbooks.migration.postgres.stream import copy_unlogged
from playbooks.migration.steps import Pulse, Step
from playbooks.migration.steps.pace import MIB
from playbooks.migration.verify import Verdict
from playbooks.migration.verify.postgres import verify
from stacks.problem import ProblemError

# Marks the target from before the way forth ends: its rows are never to be copied again.
TURNED = "turned"
SIZE = "select pg_database_size(current_database())"
Facts = Mapping[str, object]


@dataclass(frozen=True)
class PostgresMove:
    """One database on its way from one server to another.

    Attributes:
        name: Of the system, in letters, digits and `_`: publications and slots bear it.
        room: Bytes that the target may take; None without a limit.
        disk: Folder of the target server's data; where none is named, its server is asked.
        most_lag: Bytes that the target may be behind before the switch.
        jobs: Tables copied at the same time, and indexes built.
        queries: The owner's own questions by name; both ends must answer alike.
    """

    name: str
    source: PostgresPlace
    target: PostgresPlace
    room: int | None = None
    most_lag: int = MIB
    jobs: int = 2
    queries: Mapping[str, str] = field(default_factory=dict)
    disk: FilesPlace | None = None

    @property
    def forth(self) -> Replication:
        return Replication(f"{self._word}_forth", self.source, self.target)

    @property
    def behind(self) -> Replication:
        """Give what flows back after the switch."""
        return Replication(f"{self._word}_back", self.target, self.source)

    @property
    def _word(self) -> str:
        """Give what names start with: a server may hold slots of many databases."""
        ends = hashlib.sha256(f"{self.source} {self.target}".encode()).hexdigest()
        return f"sen_{self.name}_{ends[:8]}"

    def fill(self) -> list[Step]:
        """Give the steps that bring everything over while the source is in use."""
        source, target, forth = self.source, self.target, self.forth
        return [
            Step("check", self._check),
            Step("publish", lambda _: {"whole_rows": len(forth.publish())}, undo=forth.unpublish),
            Step("roles", lambda _: {"roles": schema.copy_roles(source, target)}),
            Step("tables", self._tables),
            Step("copy", self._copy, stands=self._has_copies, undo=forth.unsubscribe),
            Step("subscribe", self._subscribe, stands=self._has_rows, undo=forth.unsubscribe),
            Step("rows", lambda pulse: {"bytes": forth.wait_for_rows(pulse)}),
            Step("indexes", self._indexes),
            Step("catch up", self._catch_up, stands=self._caught_up),
        ]

    def switch(self) -> list[Step]:
        """Give the steps of the switch; from the first to the last nobody can write."""
        forth, behind = self.forth, self.behind
        return [
            Step("freeze", lambda _: {"sessions": freeze.freeze(self.source)}, undo=self._thaw),
            Step("drain", lambda _: {"log": forth.drain()}),
            Step("sequences", lambda _: self._follow(self.source, self.target)),
            Step("turn round", self._turn, undo=self._turn_back),
            Step("follow back", lambda pulse: {"lag": behind.catch_up(self.most_lag, pulse)}),
        ]

    def back(self) -> list[Step]:
        """Give the steps that lead back to the source with all that was written since."""
        behind = self.behind
        return [
            Step("freeze target", lambda _: {"sessions": freeze.freeze(self.target)}),
            Step("drain back", lambda _: {"log": behind.drain()}),
            Step("sequences back", lambda _: self._follow(self.target, self.source)),
            Step("turn again", self._turn_again),
            Step("open source", lambda _: self._opened(self.source)),
        ]

    def finish(self) -> list[Step]:
        """Give the steps that end the way back; the source stays, and only reads."""
        return [
            Step("end back", lambda _: self._end(self.behind), final=True),
            Step("end forth", lambda _: self._end(self.forth)),
        ]

    def verify(self) -> Verdict:
        """Compare both ends; nobody may write meanwhile."""
        return verify(self.source, self.target, self.queries)

    def lag(self) -> int | None:
        """Give the bytes that the target is behind its source; None where nothing flows forth.

        Once the flow was turned round nothing is left to come: then it is 0.
        """
        return 0 if TURNED in schema.marks(self.target) else self.forth.lag()

    def _check(self, _pulse: Pulse) -> Facts:
        found = concerns(self.source, self.target, room=self.room)
        blocking = [each.problem for each in found if each.blocks]
        old, new = (each.value(SIZE) for each in (self.source, self.target))
        blocking += small(self.target, self.disk, old, new)
        if blocking:
            raise ProblemError(*blocking)
        return {"notes": len(found)}

    def _tables(self, _pulse: Pulse) -> Facts:
        if "tables" not in schema.marks(self.target):
            schema.copy_tables(self.source, self.target)
        return {}

    def _has_rows(self) -> bool:
        """Say whether rows flow forth, or have done so: what is there is not copied twice."""
        return self.forth.subscribed() or TURNED in schema.marks(self.target)

    def _has_copies(self) -> bool:
        """Say whether rows were copied; over indexes that are there the servers copy."""
        built = "indexes" in schema.marks(self.target)
        return built or self._has_rows() or copy.stands(self.forth)

    def _copy(self, pulse: Pulse) -> Facts:
        if "indexes" in schema.marks(self.target) or self._has_rows():
            return {}
        return {"tables": copy.copy(self.forth, self.jobs, pulse)}

    def _subscribe(self, _pulse: Pulse) -> Facts:
        """Let changes follow the rows; what is not there is copied by the servers themselves."""
        if TURNED not in schema.marks(self.target):
            tables = copy.copied(self.forth)
            if tables or self.forth.subscribed():
                self.forth.follow(tables)
            else:
                self.forth.subscribe(copy=True)
        return {"subscription": self.forth.name}

    def _indexes(self, _pulse: Pulse) -> Facts:
        if "indexes" not in schema.marks(self.target):
            build_indexes(self.source, self.target, self.jobs)
        return {}

    def _catch_up(self, pulse: Pulse) -> Facts:
        turned = TURNED in schema.marks(self.target)
        return {"lag": 0 if turned else self.forth.catch_up(self.most_lag, pulse)}

    def _caught_up(self) -> bool:
        """Say whether all is there that is written now: a flow that was cut may be behind again."""
        return TURNED in schema.marks(self.target) or self.forth.drained()

    def _follow(self, old: PostgresPlace, new: PostgresPlace) -> Facts:
        return {
            "sequences": freeze.copy_sequences(old, new),
            "large_objects": freeze.copy_large_objects(old, new),
            "unlogged": copy_unlogged(old, new),
        }

    def _turn(self, _pulse: Pulse) -> Facts:
        """End the way forth, then begin the way back: never both, or rows would go round."""
        schema.mark(self.target, TURNED)
        self.forth.unsubscribe()
        self.behind.publish()
        self.behind.subscribe(copy=False)
        freeze.thaw(self.target)
        return {"subscription": self.behind.name}

    def _turn_again(self, _pulse: Pulse) -> Facts:
        """End the way back and let the target follow as before: it may be switched to again."""
        self._turn_back()
        return {"subscription": self.forth.name}

    def _turn_back(self) -> None:
        """Let changes flow forth anew, without rows; nobody may write on either end meanwhile.

        What jobs wrote on the target since it was turned comes back first.
        """
        if self.behind.resume():
            freeze.freeze(self.target)
            self.behind.drain()
        self.behind.unsubscribe()
        self.behind.unpublish()
        self.forth.publish()
        self.forth.subscribe(copy=False)
        schema.unmark(self.target, TURNED)

    def _thaw(self) -> None:
        freeze.thaw(self.source)

    def _end(self, flow: Replication) -> Facts:
        flow.unsubscribe()
        flow.unpublish()
        return {"ended": flow.name}

    def _opened(self, place: PostgresPlace) -> Facts:
        freeze.thaw(place)
        return {"open": str(place)}
