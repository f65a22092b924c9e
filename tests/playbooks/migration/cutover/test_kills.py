"""Whatever is asked of a journey, and wherever it is killed: no confirmed write is ever lost.

A database that replicates and a folder that is copied, both in memory, behave as the real ones do:
what is written on one side comes to the other only as far as a step brings it there.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from playbooks.migration.cutover import Journey
from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.steps import Step
from playbooks.migration.verify import Check, Difference, Verdict
from stacks.problem import Problem, ProblemError

MOMENTS = st.integers(0, 70)


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """A process is killed here, not the machine: what was written need not be on the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


class Killed(BaseException):
    """As kill -9: nothing that is written in Python hears of it."""


@dataclass
class World:
    """Counts down to the kill; every act that others can see is a moment for it."""

    left: int | None = None
    broken: bool = False

    def tick(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed

    def does(self, *acts: Callable[[], object]) -> Callable[[object], dict[str, object]]:
        def do(_pulse: object = None) -> dict[str, object]:
            for each in acts:
                self.tick()
                each()
            self.tick()
            return {}

        return do

    def undoes(self, *acts: Callable[[], object]) -> Callable[[], None]:
        do = self.does(*acts)
        return lambda: (do(), None)[1]


@dataclass
class End:
    rows: set[int] = field(default_factory=set)
    open: bool = True


@dataclass
class Part:
    """What both kinds of parts have: two ends, of which at most one takes writes."""

    world: World
    name: str = "part"
    old: End = field(default_factory=End)
    new: End = field(default_factory=lambda: End(open=False))

    def step(
        self, name: str, *acts: Callable[[], object], undo: tuple[Callable[[], object], ...] = ()
    ) -> Step:
        return Step(name, self.world.does(*acts), undo=self.world.undoes(*undo) if undo else None)

    def set(self, end: End, is_open: bool) -> Callable[[], None]:
        return lambda: setattr(end, "open", is_open)

    def verify(self) -> Verdict:
        self.world.tick()
        wrong = sorted(self.old.rows ^ self.new.rows)
        return Verdict([Check.of("rows", 9, [Difference(f"hàng {n}", "missing") for n in wrong])])


@dataclass
class Database(Part):
    """A flow carries what is written while it is there; what is not drained goes with it."""

    flow: str = ""
    waiting: set[int] = field(default_factory=set)
    turned: bool = False

    def write(self, number: int) -> bool:
        end = self.old if self.old.open else self.new
        if end.open:
            end.rows.add(number)
            if self.flow == ("forth" if end is self.old else "back"):
                self.waiting.add(number)
        return end.open

    def fill(self) -> list[Step]:
        return [
            self.step("subscribe", self.copy),
            self.step("catch up", lambda: self.drain("forth")),
        ]

    def switch(self) -> list[Step]:
        return [
            self.step("freeze", self.set(self.old, False), undo=(self.set(self.old, True),)),
            self.step("drain", lambda: self.drain("forth")),
            self.step(
                "turn round",
                lambda: setattr(self, "turned", True),
                lambda: self.flows(""),
                lambda: self.flows("back"),
                self.set(self.new, True),
                undo=self.turning(),
            ),
        ]

    def back(self) -> list[Step]:
        return [
            self.step("freeze target", self.set(self.new, False)),
            self.step("drain back", lambda: self.drain("back")),
            self.step("turn again", *self.turning()),
            self.step("open source", self.set(self.old, True)),
        ]

    def turning(self) -> tuple[Callable[[], object], ...]:
        return (
            self.set(self.new, False),
            lambda: self.flow == "back" and self.drain("back"),
            lambda: self.flows("" if self.flow == "back" else self.flow),
            lambda: self.flows("forth"),
            lambda: setattr(self, "turned", False),
        )

    def finish(self) -> list[Step]:
        return [self.step("end back", lambda: self.flows(""))]

    def copy(self) -> None:
        if not self.flow and not self.turned:
            assert not self.new.rows - self.old.rows, "rows would be there twice"
            self.new.rows = set(self.old.rows)
            self.flow = "forth"

    def flows(self, flow: str) -> None:
        if flow != self.flow:
            self.flow, self.waiting = flow, set()

    def drain(self, flow: str) -> None:
        if self.flow != flow and not (flow == "forth" and self.turned):
            raise ProblemError(
                Problem("replication-stalled", self.name, {"source": "", "seconds": 0})
            )
        if self.flow == flow:
            (self.new if flow == "forth" else self.old).rows.update(self.waiting)
            self.waiting = set()


@dataclass
class Folder(Part):
    """A pass makes one end what the other is, and takes away what that lacks."""

    def write(self, number: int) -> bool:
        end = self.old if self.old.open else self.new
        if end.open:
            end.rows.add(number)
        return end.open

    def fill(self) -> list[Step]:
        return [self.step("first pass", self.forth)]

    def switch(self) -> list[Step]:
        return [
            self.step("stop", self.set(self.old, False), undo=(self.set(self.old, True),)),
            self.step("last pass", self.forth),
        ]

    def back(self) -> list[Step]:
        return [
            self.step("stop new", self.set(self.new, False)),
            self.step("pass back", lambda: setattr(self.old, "rows", set(self.new.rows))),
            self.step("start old", self.set(self.old, True)),
        ]

    def finish(self) -> list[Step]:
        return [self.step("tidy")]

    def forth(self) -> None:
        self.new.rows = set(self.old.rows)


@dataclass
class Place:
    """An endpoint; people write on the side that it shows, and the folder's new end opens so."""

    world: World
    folder: Folder
    now: Side = Side.OLD

    def side(self) -> Side:
        return self.now

    def point(self, side: Side) -> None:
        self.world.tick()
        if self.world.broken:
            raise ProblemError(Problem("endpoint-failed", "x", {"program": "x", "reason": "x"}))
        self.now = side
        self.folder.new.open = side is Side.NEW
        self.world.tick()


class Moves(RuleBasedStateMachine):
    """People, an operator, and a mover that may be killed in any act, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.path = Path(tempfile.mkdtemp(prefix="sen-kills-"))
        self.world, self.numbers = World(), itertools.count()
        self.parts = [Database(self.world, "db"), Folder(self.world, "files")]
        self.place = Place(self.world, self.parts[1])
        self.confirmed: dict[str, set[int]] = {"db": set(), "files": set()}
        self.journey = Journey(
            "w1/portal", self.parts, self.place, self.path, lambda *_: self.world.tick()
        )

    def teardown(self) -> None:
        self.world.left, self.world.broken = None, False
        for act in (self.journey.roll_back, self.journey.fill, self.journey.cut_over):
            self.act(act, None)
        self.nothing_is_lost()
        assert self.place.now is Side.NEW, "it can always be brought to its end"
        shutil.rmtree(self.path)

    @rule(broken=st.booleans())
    def endpoint(self, broken: bool) -> None:
        self.world.broken = broken

    @rule()
    def people_write(self) -> None:
        if self.place.now is not Side.CLOSED:
            self.jobs_write()

    @rule()
    def jobs_write(self) -> None:
        """Some write past the endpoint: connections that were open, jobs on the hosts."""
        for part in self.parts:
            number = next(self.numbers)
            if part.write(number):
                self.confirmed[part.name].add(number)

    @rule(moment=st.none() | MOMENTS)
    def fill(self, moment: int | None) -> None:
        self.act(self.journey.fill, moment)

    @rule(moment=st.none() | MOMENTS)
    def cut_over(self, moment: int | None) -> None:
        self.act(self.journey.cut_over, moment)

    @rule(moment=st.none() | MOMENTS)
    def roll_back(self, moment: int | None) -> None:
        self.act(self.journey.roll_back, moment)

    def act(self, act: Callable[[], object], moment: int | None) -> None:
        self.world.left = moment
        try:
            act()
        except (Killed, ProblemError):
            pass
        finally:
            self.world.left = None

    @invariant()
    def nothing_is_lost(self) -> None:
        for part in self.parts:
            both = part.old.rows | part.new.rows
            assert self.confirmed[part.name] <= both
            assert not (part.old.open and part.new.open), "two ends that diverge"
            if self.place.now is not Side.CLOSED and (part.old.open or part.new.open):
                serving = part.old if self.place.now is Side.OLD else part.new
                assert serving.open, f"people are led to where {part.name} takes nothing"
                assert self.confirmed[part.name] <= serving.rows


TestMoves = Moves.TestCase
TestMoves.settings = settings(
    max_examples=150, stateful_step_count=25, deadline=None, derandomize=True
)
