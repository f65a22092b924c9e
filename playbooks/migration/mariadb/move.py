"""The steps that move a MariaDB database to PostgreSQL, switch over, lead back, and end it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from playbooks.migration.disk import small
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.mariadb import (
    catalogue,
    freeze,
    indexes,
    memory,
    schema,
)
from playbooks.migration.mariadb.back import Return
from playbooks.migration.mariadb.bringing import Bringing
from playbooks.migration.mariadb.changed import refuse_changed
from playbooks.migration.mariadb.count import Count
from playbooks.migration.mariadb.following import follow
from playbooks.migration.mariadb.inspect import concerns, size_of
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.raw import drop_raw, remember_raw
from playbooks.migration.mariadb.seen import look_at
from playbooks.migration.mariadb.shape import Options, Plan
from playbooks.migration.postgres import freeze as target_freeze
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.postgres.schema import MARKS, mark, marks
from playbooks.migration.steps import Gate, Pulse, Step
from playbooks.migration.verify import Verdict
from playbooks.migration.verify.mariadb import verify
from playbooks.migration.verify.questions import questions
from stacks.problem import Problem, ProblemError

Facts = Mapping[str, object]
# Kinds of set-aside rows that keep the switch closed until a person has looked.
_CLOSES = frozenset({"refused", "duplicate", "text"})


SIZE = "select pg_database_size(current_database())"


@dataclass(frozen=True)
class MariadbToPostgres:
    """One database on its way from MariaDB or MySQL to PostgreSQL, with old text decoded.

    Attributes:
        name: Of the system, in letters, digits and `_`.
        room: Bytes that the target may take; None without a limit.
        disk: Folder of the target server's data; where none is named, its server is asked.
        queries: The owner's own questions by name; both ends must answer alike.
    """

    name: str
    source: MariadbPlace
    target: PostgresPlace
    options: Options = field(default_factory=Options)
    room: int | None = None
    queries: Mapping[str, str] = field(default_factory=dict)
    disk: FilesPlace | None = None

    def fill(self) -> list[Step]:
        """Give the steps that bring everything over while the source is in use."""
        bringing = self._bringing
        return [
            Step("check", self._check, stands=bringing.placed),
            *bringing.before_rows_change(),
            Step("catch up", self._follow, stands=_never),
            bringing.over_rows(),
            Step("hashes", self._remember, stands=_never),
        ]

    def switch(self) -> list[Step]:
        """Give the steps of the switch; from the first to the last nobody can write."""
        gate = Gate("every row has its place", self.closed)
        return [
            Step("freeze", self._freeze, stands=self._frozen, undo=self._thaw),
            Step("last changes", self._follow),
            Step("keys hold", self._hold, gates=(gate,)),
            Step("remember", self._remember),
            Step("open target", self._open),
        ]

    def back(self) -> list[Step]:
        """Give the steps that lead back to the source with all that was written since."""
        return [
            Step("freeze target", self._freeze_target),
            Step("return", self._return),
            Step("open source", self._open_source),
        ]

    def finish(self) -> list[Step]:
        """Give the steps that end the way back; bytes beside the text stay until `release`."""
        return [Step("forget", self._forget, final=True)]

    def release(self) -> list[Step]:
        """Give the step that drops the bytes that were kept beside the text."""
        return [Step("release", self._release, final=True)]

    def verify(self) -> Verdict:
        """Compare both ends; nobody may write meanwhile."""
        found = verify(self.source, self.target, self.plans(), memory.readings(self.target))
        if not self.queries:
            return found
        return Verdict([*found.checks, questions(self.source, self.target, self.queries)])

    def plans(self) -> list[Plan]:
        """Give how each table is moved; after `look at text`."""
        return self._bringing.plans()

    def closed(self) -> str | None:
        """Say which rows need a person before the switch; None where all have their place."""
        kinds = sorted(_CLOSES - self.options.accepted)
        found = memory.aside(self.target, kinds)
        if not found:
            return None
        named = "; ".join(f"{each.about}: {each.reason}" for each in found[:10])
        return Problem(
            "mariadb-aside", str(self.target), {"count": len(found), "rows": named}
        ).text()

    def _check(self, _pulse: Pulse) -> Facts:
        found = concerns(self.source, self.target, self.options, room=self.room)
        blocking = [each.problem for each in found if each.blocks]
        needed, there = size_of(self.source), self.target.value(SIZE)
        if blocking := blocking + small(self.target, self.disk, needed, there):
            raise ProblemError(*blocking)
        return {"notes": [each.problem.text() for each in found]}

    def _follow(self, pulse: Pulse) -> Facts:
        plans = self.plans()
        refuse_changed(self.source, self.target, plans)
        schema.loosen(self.target, plans)
        facts = follow(
            self.source, self.target, self._bringing.fillings(plans), Count(pulse, None).add
        )
        return {**facts, "aside": len(memory.aside(self.target))}

    def _freeze(self, _pulse: Pulse) -> Facts:
        return {"sessions": freeze.freeze(self.source)}

    def _frozen(self) -> bool:
        return freeze.frozen(self.source)

    def _hold(self, _pulse: Pulse) -> Facts:
        """Look at all keys, and set the counters ahead."""
        plans = self.plans()
        indexes.build(self.target, plans)
        if reason := self.closed():
            raise ProblemError(Problem("mariadb-not-whole", str(self.target), {"reason": reason}))
        held = schema.validate(self.target, plans)
        ahead = {each.name: each.next or 1 for each in catalogue.tables(self.source)}
        return {
            "foreign_keys": held,
            "sequences": schema.advance_sequences(self.target, plans, ahead),
        }

    def _remember(self, _pulse: Pulse) -> Facts:
        """Remember what the target's chunks look like now: what differs later was written there."""
        return {"chunks": sum(look_at(self.target, each) for each in self.plans())}

    def _open(self, _pulse: Pulse) -> Facts:
        target_freeze.thaw(self.target)
        return {"open": str(self.target)}

    def _freeze_target(self, _pulse: Pulse) -> Facts:
        return {"sessions": target_freeze.freeze(self.target)}

    def _return(self, pulse: Pulse) -> Facts:
        readings = memory.readings(self.target)
        count = Count(pulse, None)
        total = {"inserted": 0, "updated": 0, "deleted": 0, "letters": 0}
        for plan in self.plans():
            way = Return(self.source, self.target, plan, readings.get(plan.table.name, {}))
            facts = way.bring(count.add)
            total = {name: total[name] + facts[name] for name in total}
        return total

    def _open_source(self, _pulse: Pulse) -> Facts:
        self._thaw()
        return {"open": str(self.source)}

    def _thaw(self) -> None:
        """Let people write again; the next pass believes no log: something may have been amiss."""
        memory.keep_position(self.target, None)
        freeze.thaw(self.source)

    def _forget(self, _pulse: Pulse) -> Facts:
        if "finished" in marks(self.target):
            return {}
        remember_raw(self.target, self.plans())
        self.target.tell(f"truncate {MARKS}.span")
        mark(self.target, "finished")
        return {"ended": self.name}

    def _release(self, _pulse: Pulse) -> Facts:
        return {"columns": drop_raw(self.target)}

    @property
    def _bringing(self) -> Bringing:
        return Bringing(self.source, self.target, self.options)


def _never() -> bool:
    """Say that a step is to be done again by each run: the source went on."""
    return False
