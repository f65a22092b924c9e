"""The steps that move a MariaDB database, that switch over, that lead back, and that end it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from playbooks.migration.mariadb import freeze
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb_replica import accounts, events, floats, rows, shape
from playbooks.migration.mariadb_replica.copying import Copy
from playbooks.migration.mariadb_replica.flow import Flow
from playbooks.migration.mariadb_replica.inspect import concerns, neighbours
from playbooks.migration.mariadb_replica.marks import Marks
from playbooks.migration.steps import Pulse, Step
from playbooks.migration.verify import Verdict
from stacks.problem import ProblemError

SECONDS = 10
TRANSACTIONS = 10_000
BEGUN, COPIED, FOLLOWED, TURNED = "begun", "copied", "followed", "turned"
# From where the source follows the target, the first time.
BEHIND_FROM, BEHIND = "behind from", "behind"
_OLD = "old position of "
Facts = Mapping[str, object]


@dataclass(frozen=True)
class MariadbMove:
    """One database on its way from one MariaDB server to another.

    Attributes:
        name: Of the system, in letters, digits and `_`: connections and accounts bear it.
        room: Bytes that the target may take; None without a limit.
        most_lag: Seconds that the target may be behind before the switch.
        lock: Whether writing stops during the first copy, which tables of MyISAM demand.
        queries: The owner's own questions by name; both ends must answer alike.
    """

    name: str
    source: MariadbPlace
    target: MariadbPlace
    room: int | None = None
    most_lag: int = SECONDS
    lock: bool = False
    queries: Mapping[str, str] = field(default_factory=dict)

    @property
    def forth(self) -> Flow:
        return Flow(f"{self.word}_forth", self.source, self.target, self.source.database)

    @property
    def behind(self) -> Flow:
        """Give what flows back after the switch."""
        return Flow(f"{self.word}_back", self.target, self.source, self.source.database)

    @property
    def marks(self) -> Marks:
        return Marks(self.target, self.word)

    @property
    def word(self) -> str:
        """Give what names start with: a server may hold connections of many moves."""
        ends = hashlib.sha256(f"{self.source} {self.target}".encode()).hexdigest()
        return f"sen_{self.name}_{ends[:8]}"

    def fill(self) -> list[Step]:
        """Give the steps that bring everything over while the source is in use."""
        forth = self.forth
        return [
            Step("check", self._check),
            Step("copy", self._copy, stands=lambda: COPIED in self.marks.read()),
            Step("accounts", self._accounts),
            Step("follow", self._follow, stands=self._follows, undo=forth.end),
            Step("exact floats", self._exact),
            Step("catch up", self._catch_up, stands=self._follows),
        ]

    def switch(self) -> list[Step]:
        """Give the steps of the switch; from the first to the last nobody can write."""
        return [
            Step("freeze", self._freeze, stands=self._frozen, undo=self._thaw),
            Step("drain", self._drain, stands=self._drained),
            Step("counters", lambda _: {"counters": shape.advance(self.source, self.target)}),
            Step("accounts at last", self._accounts),
            Step("turn round", self._turn, undo=self._turn_back),
            Step("follow back", self._follow_back, stands=self.behind.flowing),
        ]

    def back(self) -> list[Step]:
        """Give the steps that lead back to the source with all that was written since."""
        return [
            Step("freeze target", self._freeze_target, stands=lambda: freeze.frozen(self.target)),
            Step("drain back", lambda pulse: {"position": self.behind.drain(pulse)}),
            Step("counters back", lambda _: {"counters": shape.advance(self.target, self.source)}),
            Step("turn again", self._turn_again),
            Step("open source", self._open_source),
        ]

    def finish(self) -> list[Step]:
        """Give the steps that end the way back; the source stays, and only reads."""
        return [
            Step("end back", lambda _: self._end(self.behind), final=True),
            Step("end forth", lambda _: self._end(self.forth)),
            Step("forget", self._forget),
        ]

    def verify(self) -> Verdict:
        """Compare both ends; nobody may write meanwhile."""
        checks = [
            *rows.compare(self.source, self.target),
            *shape.compare(self.source, self.target),
            accounts.compare(self.source, self.target),
        ]
        if self.queries:
            checks.append(shape.samples(self.source, self.target, self.queries))
        return Verdict(checks)

    def lag(self) -> int | None:
        """Give the seconds that the target is behind; None where nothing flows forth."""
        return 0 if self._turned() else self.forth.lag()

    def transactions(self) -> int | None:
        """Give how many transactions the target has not applied; None where nothing flows forth."""
        return 0 if self._turned() else self.forth.transactions()

    def check(self) -> int:
        """Look at both ends and give the number of notes.

        Raises:
            ProblemError: Something stands in the way.
        """
        found = concerns(
            self.source,
            self.target,
            ours=BEGUN in self.marks.read(),
            lock=self.lock,
            room=self.room,
            flow=f"{self.word}_",
        )
        if blocking := [each.problem for each in found if each.blocks]:
            raise ProblemError(*blocking)
        return len(found)

    def _check(self, _pulse: Pulse) -> Facts:
        return {"notes": self.check()}

    def _copy(self, pulse: Pulse) -> Facts:
        said = self.marks.read()
        if COPIED not in said:
            self.marks.write(BEGUN)
            position = Copy(self.source, self.target, self.lock).make(pulse)
            events.copy(self.source, self.target)
            self.marks.write(COPIED, position)
        return {"position": self.marks.read()[COPIED]}

    def _accounts(self, _pulse: Pulse) -> Facts:
        return accounts.copy(self.source, self.target)

    def _follow(self, _pulse: Pulse) -> Facts:
        said = self.marks.read()
        if FOLLOWED in said or TURNED in said:
            self.forth.resume()
            return {"connection": self.forth.name}
        self._remember_old(self.forth)
        self.forth.connect(said[COPIED])
        self.marks.write(FOLLOWED)
        return {"connection": self.forth.name}

    def _exact(self, pulse: Pulse) -> Facts:
        return {"rows": 0 if self._turned() else floats.exact(self.source, self.target, pulse)}

    def _follows(self) -> bool:
        return self._turned() or self.forth.flowing()

    def _catch_up(self, pulse: Pulse) -> Facts:
        return {"lag": 0 if self._turned() else self.forth.catch_up(self.most_lag, pulse)}

    def _freeze(self, _pulse: Pulse) -> Facts:
        resting = 0 if self._turned() else events.rest(self.source, self.marks)
        return {"sessions": freeze.freeze(self.source), "events": resting}

    def _frozen(self) -> bool:
        return freeze.frozen(self.source)

    def _thaw(self) -> None:
        events.wake(self.source, self.marks)
        freeze.thaw(self.source)

    def _drain(self, pulse: Pulse) -> Facts:
        return {"position": "" if self._turned() else self.forth.drain(pulse)}

    def _drained(self) -> bool:
        return self._turned() or self.forth.drained()

    def _turn(self, _pulse: Pulse) -> Facts:
        """End the way forth, then begin the way back; where each end was stays remembered there."""
        self.marks.write(TURNED)
        self.forth.end()
        self._begin_back()
        events.wake(self.target, self.marks)
        freeze.thaw(self.target)
        return {"connection": self.behind.name}

    def _begin_back(self) -> None:
        """Let the source follow: the first time from now, later from where it was."""
        said = self.marks.read()
        if BEHIND in said:
            self.behind.connect()
            return
        if BEHIND_FROM not in said:
            self._remember_old(self.behind)
            now = self.target.value("select @@global.gtid_binlog_pos")
            self.marks.write(BEHIND_FROM, str(now or ""))
        self.behind.connect(self.marks.read()[BEHIND_FROM])
        self.marks.write(BEHIND)

    def _turn_back(self) -> None:
        """Let changes flow forth anew from where they ended; nobody may write meanwhile.

        What jobs wrote on the target since it was turned comes back first.
        """
        if self.behind.status() is not None:
            events.rest(self.target, self.marks)
            freeze.freeze(self.target)
            self.behind.drain()
        self.behind.end()
        self.forth.connect()
        self.marks.forget(TURNED)
        if neighbours(self.target):  # they are in use, and what moves is led away from here
            freeze.thaw(self.target)

    def _turn_again(self, _pulse: Pulse) -> Facts:
        """End the way back and let the target follow as before: it may be switched to again."""
        self._turn_back()
        return {"connection": self.forth.name}

    def _follow_back(self, pulse: Pulse) -> Facts:
        return {"lag": self.behind.catch_up(self.most_lag, pulse)}

    def _freeze_target(self, _pulse: Pulse) -> Facts:
        resting = events.rest(self.target, self.marks)
        return {"sessions": freeze.freeze(self.target), "events": resting}

    def _open_source(self, _pulse: Pulse) -> Facts:
        self._thaw()
        return {"open": str(self.source)}

    def _turned(self) -> bool:
        return TURNED in self.marks.read()

    def _remember_old(self, flow: Flow) -> None:
        """Keep where the server was before it followed us: it was somebody's replica once."""
        key = f"{_OLD}{flow.name}"
        if key not in self.marks.read():
            self.marks.write(key, ",".join(flow.applied()))

    def _end(self, flow: Flow) -> Facts:
        flow.end()
        old = self.marks.read().get(f"{_OLD}{flow.name}")
        if old is not None:
            flow.target.with_database("").tell(f"set global gtid_slave_pos = '{old}'")
        return {"ended": flow.name}

    def _forget(self, _pulse: Pulse) -> Facts:
        self.marks.end()
        return {}
