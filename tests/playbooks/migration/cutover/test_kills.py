"""Whatever is asked of a journey, and wherever it is killed: no confirmed write is ever lost.

A database that replicates and a folder that is copied, both in memory, behave as the real ones do:
what is written on one side comes to the other only as far as a step brings it there.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from playbooks.migration.cutover import Journey
from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.steps import Journal, Step
from playbooks.migration.verify import Check, Difference, Verdict
from stacks.problem import Problem, ProblemError

MOMENTS = st.integers(0, 90)
WORLDS: list[World] = []


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """A process is killed here, not the machine: what was written need not be on the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        put_away = Journal.put_away
        patch.setattr(Journal, "put_away", lambda it: (WORLDS[0].tick(), put_away(it)))
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
                lambda: self.flow == "forth" and self.flows(""),
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


class Scene:
    """A system in use, its journey, and what people were told is written."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="sen-kills-"))
        self.world, self.numbers = World(), itertools.count()
        WORLDS[:] = [self.world]
        self.parts = [Database(self.world, "db"), Folder(self.world, "files")]
        self.place = Place(self.world, self.parts[1])
        self.confirmed: dict[str, set[int]] = {"db": set(), "files": set()}
        self.journey = Journey(
            "w1/portal", self.parts, self.place, self.path, lambda *_: self.world.tick()
        )

    def write(self) -> None:
        """Write as jobs do, past the endpoint: by connections that were open before."""
        for part in self.parts:
            number = next(self.numbers)
            if part.write(number):
                self.confirmed[part.name].add(number)

    def act(self, name: str, moment: int | None = None) -> bool:
        """Give a command that may be killed at a moment; say whether it was."""
        self.world.left = moment
        try:
            getattr(self.journey, name)()
        except Killed:
            return True
        except ProblemError:
            return False
        finally:
            self.world.left = None
        led = {"cut_over": Side.NEW, "roll_back": Side.OLD, "fill": self.place.now}
        assert self.place.now is led[name], f"{name} ended well, and people are elsewhere"
        return False

    def nothing_is_lost(self) -> None:
        for part in self.parts:
            assert self.confirmed[part.name] <= part.old.rows | part.new.rows
            assert not (part.old.open and part.new.open), "two ends that diverge"
            if self.place.now is not Side.CLOSED and (part.old.open or part.new.open):
                serving = part.old if self.place.now is Side.OLD else part.new
                assert serving.open, f"people are led to where {part.name} takes nothing"
                assert self.confirmed[part.name] <= serving.rows

    def end(self) -> None:
        """Bring it to its end, whatever was done before, and look."""
        self.world.broken = False
        for name in ("roll_back", "fill", "cut_over"):
            self.act(name)
        self.nothing_is_lost()
        assert self.place.now is Side.NEW, "it can always be brought to its end"
        shutil.rmtree(self.path)


def lived(acts: Sequence[str], killed: str, moment: int) -> tuple[Scene, bool]:
    """Do acts, the last of which is killed at a moment; people write in between."""
    scene, was = Scene(), False
    for name in acts:
        scene.write()
        was = scene.act(name, moment if name == killed and name is acts[-1] else None)
        scene.nothing_is_lost()
    return scene, was


@pytest.mark.parametrize("then", [("cut_over", "roll_back"), ("roll_back", "fill", "cut_over")])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_killed_at_every_moment_of_every_act(count, then):
    acts = ("fill", "cut_over", "roll_back")[:count]
    for moment in itertools.count():
        scene, killed = lived(acts, acts[-1], moment)
        for name in (*then, *then):
            scene.write()
            scene.act(name)
            scene.nothing_is_lost()
        scene.end()
        if not killed:
            break

    assert moment > 5, "the act has moments"


class Moves(RuleBasedStateMachine):
    """People, an operator, and a mover that may be killed in any act, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = Scene()

    def teardown(self) -> None:
        self.scene.end()

    @rule(broken=st.booleans())
    def endpoint(self, broken: bool) -> None:
        self.scene.world.broken = broken

    @rule()
    def write(self) -> None:
        self.scene.write()

    @rule(name=st.sampled_from(["fill", "cut_over", "roll_back"]), moment=st.none() | MOMENTS)
    def act(self, name: str, moment: int | None) -> None:
        self.scene.act(name, moment)

    @invariant()
    def nothing_is_lost(self) -> None:
        self.scene.nothing_is_lost()


TestMoves = Moves.TestCase
TestMoves.settings = settings(
    max_examples=80, stateful_step_count=20, deadline=None, derandomize=True
)
