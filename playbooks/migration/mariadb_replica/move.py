"""The steps that move MariaDB databases, that switch over, that lead back, and that end it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from playbooks.migration.disk import small
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.mariadb import freeze
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb_replica import accounts, events, floats, shape
from playbooks.migration.mariadb_replica.copying import Copy
from playbooks.migration.mariadb_replica.ends import Ends, Pair
from playbooks.migration.mariadb_replica.firstcopy import FirstCopy
from playbooks.migration.mariadb_replica.flow import Flow
from playbooks.migration.mariadb_replica.inspect import concerns
from playbooks.migration.mariadb_replica.marks import Marks
from playbooks.migration.mariadb_replica.notes import Notes
from playbooks.migration.mariadb_replica.proof import verify
from playbooks.migration.mariadb_replica.retention import SIZE, size_of
from playbooks.migration.mariadb_replica.turning import TURNED, Turning
from playbooks.migration.steps import Pulse, Step
from playbooks.migration.verify import Verdict
from stacks.problem import Problem, ProblemError

SECONDS = 10
TRANSACTIONS = 10_000
BEGUN, COPIED, FOLLOWED = "begun", "copied", "followed"
Facts = Mapping[str, object]


@dataclass(frozen=True)
class MariadbMove:
    """One database, or several together, on the way from one MariaDB server to another.

    Attributes:
        name: Of the system, in letters, digits and `_`: connections and accounts bear it.
        room: Bytes that the target may take; None without a limit.
        disk: Folder of the target server's data; where none is named, its server is asked.
        most_lag: Seconds that the target may be behind before the switch.
        lock: Whether writing stops during the first copy, which tables of MyISAM demand.
        queries: The owner's own questions by name; both ends must answer alike.
        databases: Those that move together; where there are none, each end names the one.
    """

    name: str
    source: MariadbPlace
    target: MariadbPlace
    room: int | None = None
    most_lag: int = SECONDS
    lock: bool = False
    queries: Mapping[str, str] = field(default_factory=dict)
    databases: tuple[str, ...] = ()
    disk: FilesPlace | None = None

    @property
    def ends(self) -> Ends:
        return Ends(self.source, self.target, self.databases)

    @property
    def forth(self) -> Flow:
        return Flow(f"{self.word}_forth", self.source, self.target, self.ends.databases)

    @property
    def behind(self) -> Flow:
        """Give what flows back after the switch."""
        return Flow(f"{self.word}_back", self.target, self.source, self.ends.databases)

    @property
    def marks(self) -> Marks:
        return Marks(self.target, self.word)

    @property
    def _turning(self) -> Turning:
        return Turning(self.forth, self.behind, self.marks, self.ends.targets)

    @property
    def word(self) -> str:
        """Give what names start with: a server may hold connections of many moves."""
        ends = hashlib.sha256(self.ends.label.encode()).hexdigest()
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
            Step("catch up", self._catch_up, stands=self._caught_up),
        ]

    def switch(self) -> list[Step]:
        """Give the steps of the switch; from the first to the last nobody can write."""
        return [
            Step("freeze", self._freeze, stands=self._frozen, undo=self._thaw),
            Step("drain", self._drain, stands=self._drained),
            Step("counters", lambda _: {"counters": self._advance(self.ends.pairs)}),
            Step("accounts at last", self._accounts),
            Step("turn round", self._turn, undo=self._turning.back),
            Step("follow back", self._follow_back, stands=self.behind.flowing),
        ]

    def back(self) -> list[Step]:
        """Give the steps that lead back to the source with all that was written since."""
        return [
            Step("freeze target", self._freeze_target, stands=lambda: freeze.frozen(self.target)),
            Step("drain back", lambda pulse: {"position": self.behind.drain(pulse)}),
            Step("counters back", self._counters_back),
            Step("turn again", self._turn_again),
            Step("open source", self._open_source),
        ]

    def finish(self) -> list[Step]:
        """Give the steps that end the way back; the source stays, and only reads."""
        return [
            Step("end back", lambda _: self._turning.end(self.behind), final=True),
            Step("end forth", lambda _: self._turning.end(self.forth)),
            Step("forget", self._forget),
        ]

    def verify(self) -> Verdict:
        """Compare both ends; nobody may write meanwhile."""
        return verify(self.ends, self.queries)

    def lag(self) -> int | None:
        """Give the seconds that the target is behind; None where nothing flows forth."""
        return 0 if self._turned() else self.forth.lag()

    def transactions(self) -> int | None:
        """Give how many transactions the target has not applied; None where nothing flows forth."""
        return 0 if self._turned() else self.forth.transactions()

    def check(self) -> list[str]:
        """Look at both ends and give what is worth knowing.

        Raises:
            ProblemError: Something stands in the way.
        """
        found = concerns(
            self.ends,
            ours=BEGUN in self.marks.read(),
            lock=self.lock,
            room=self.room,
            flow=f"{self.word}_",
        )
        blocking = [each.problem for each in found if each.blocks]
        # A target that lacks what is asked for first tells nothing of its disk.
        if blocking := blocking or self._too_small():
            raise ProblemError(*blocking)
        return [each.problem.text() for each in found]

    def _too_small(self) -> list[Problem]:
        there = int(self.target.with_database("").value(SIZE, self.ends.databases))
        return small(self.target, self.disk, size_of(self.ends), there)

    def _check(self, _pulse: Pulse) -> Facts:
        return {"notes": self.check()}

    def _copy(self, pulse: Pulse) -> Facts:
        notes, told = Notes(self.marks), {}
        if COPIED not in self.marks.read():
            self.marks.write(BEGUN)
            remember = partial(self._turning.remember, self.forth)
            copy = Copy(self.ends, self.lock)
            made = FirstCopy(copy, self.forth, notes, remember).make(pulse)
            for source, target in self.ends.pairs:
                events.copy(source, target)
            self.marks.write(COPIED, made.position)
            told = {"kept": made.kept, **({"anew": made.anew} if made.anew else {})}
        notes.forget()
        databases = ", ".join(self.ends.databases)
        return {"position": self.marks.read()[COPIED], "databases": databases, **told}

    def _accounts(self, _pulse: Pulse) -> Facts:
        done = [accounts.copy(*pair) for pair in self.ends.pairs]
        return {key: sum(each[key] for each in done) for key in done[0]}

    def _follow(self, _pulse: Pulse) -> Facts:
        said = self.marks.read()
        if FOLLOWED not in said:
            self._turning.remember(self.forth)
            self.forth.begin(said[COPIED])
            self.marks.write(FOLLOWED)
        if TURNED not in said and not self.forth.flowing():
            self.forth.connect()
        return {"connection": self.forth.name}

    def _exact(self, pulse: Pulse) -> Facts:
        pairs = [] if self._turned() else self.ends.pairs
        return {"rows": sum(floats.exact(*pair, pulse) for pair in pairs)}

    def _follows(self) -> bool:
        return self._turned() or self.forth.flowing()

    def _catch_up(self, pulse: Pulse) -> Facts:
        return {"lag": 0 if self._turned() else self.forth.catch_up(self.most_lag, pulse)}

    def _caught_up(self) -> bool:
        """Say whether all is there that is written now: a flow that was cut may be behind again."""
        return self._turned() or self.forth.drained()

    def _advance(self, pairs: Sequence[Pair]) -> int:
        return sum(shape.advance(old, new) for old, new in pairs)

    def _counters_back(self, _pulse: Pulse) -> Facts:
        return {"counters": self._advance([(new, old) for old, new in self.ends.pairs])}

    def _freeze(self, _pulse: Pulse) -> Facts:
        sources = self.ends.sources
        resting = 0 if self._turned() else events.rest(sources, self.marks)
        return {"sessions": sum(map(freeze.freeze, sources)), "events": resting}

    def _frozen(self) -> bool:
        return freeze.frozen(self.source)

    def _thaw(self) -> None:
        events.wake(self.ends.sources, self.marks)
        freeze.thaw(self.source)

    def _drain(self, pulse: Pulse) -> Facts:
        return {"position": "" if self._turned() else self.forth.drain(pulse)}

    def _drained(self) -> bool:
        return self._turned() or self.forth.drained()

    def _turn(self, _pulse: Pulse) -> Facts:
        self._turning.turn()
        return {"connection": self.behind.name}

    def _turn_again(self, _pulse: Pulse) -> Facts:
        """End the way back and let the target follow as before: it may be switched to again."""
        self._turning.back()
        return {"connection": self.forth.name}

    def _follow_back(self, pulse: Pulse) -> Facts:
        return {"lag": self.behind.catch_up(self.most_lag, pulse)}

    def _freeze_target(self, _pulse: Pulse) -> Facts:
        targets = self.ends.targets
        resting = events.rest(targets, self.marks)
        return {"sessions": sum(map(freeze.freeze, targets)), "events": resting}

    def _open_source(self, _pulse: Pulse) -> Facts:
        self._thaw()
        return {"open": str(self.source)}

    def _turned(self) -> bool:
        return TURNED in self.marks.read()

    def _forget(self, _pulse: Pulse) -> Facts:
        self.marks.end()
        return {}
