"""Steps of a move: done once, gone on with after a kill, taken back, never past a closed gate."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.migration.steps import Event, Gate, GateClosedError, Journal, Pulse, Run, Step
from stacks.problem import ProblemError

NOW = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)


class Killed(BaseException):
    """The process dies: nothing after it runs."""


class World:
    """What three steps do, with a point at which the process is killed."""

    def __init__(self, path: Path, *, kill_at: int | None = None, gates: tuple[Gate, ...] = ()):
        self.things: list[str] = []
        self.records: list[tuple[str, str]] = []
        self.acts, self.kill_at, self.gates = 0, kill_at, gates
        self.path = path

    def act(self) -> None:
        if self.acts == self.kill_at:
            raise Killed
        self.acts += 1

    def make(self, name: str):
        def do(pulse):
            self.act()
            if name not in self.things:
                self.things.append(name)
            pulse.beat(1, 1)
            self.act()
            return {"made": name}

        return do

    def take(self, name: str):
        def undo():
            self.act()
            if name in self.things:
                self.things.remove(name)
            self.act()

        return undo

    def record(self, name, about, data):
        self.act()
        self.records.append((name, data["step"]))

    def run(self, final: str | None = None) -> Run:
        names = ("copy", "switch", "finish")
        steps = [
            Step(
                name,
                self.make(name),
                undo=self.take(name),
                gates=self.gates if name == "switch" else (),
                final=name == final,
            )
            for name in names
        ]
        journal = Journal(self.path / "wave.jsonl")
        return Run("wave/portal", steps, journal, self.record, now=lambda: NOW)


def test_steps_are_done_in_order_and_recorded(tmp_path):
    world = World(tmp_path)

    outcome = world.run().forward()

    assert world.things == ["copy", "switch", "finish"]
    assert list(outcome.seconds) == world.things
    assert outcome.facts["copy"]["made"] == "copy"
    assert world.records[:2] == [("migration.begun", "copy"), ("migration.done", "copy")]
    assert len(world.records) == 6


def test_what_is_done_is_not_done_again(tmp_path):
    World(tmp_path).run().forward()
    again = World(tmp_path)

    outcome = again.run().forward()

    assert again.things == []
    assert outcome.seconds == {}
    assert outcome.facts["finish"]["made"] == "finish"


def test_a_step_whose_work_is_gone_is_done_again(tmp_path):
    world = World(tmp_path)
    run = world.run()
    run.forward()
    run.steps = [
        Step(each.name, each.do, stands=lambda n=each.name: n != "switch") for each in run.steps
    ]

    assert list(run.forward().seconds) == ["switch"]


@given(kills=st.lists(st.integers(0, 14), min_size=1, max_size=6))
def test_killed_anywhere_it_goes_on_and_ends_the_same(kills, tmp_path_factory):
    folder, things = tmp_path_factory.mktemp("kill"), []
    for kill_at in kills:
        world = World(folder, kill_at=kill_at)
        world.things = things
        try:
            world.run().forward()
        except Killed:
            continue
    last = World(folder)
    last.things = things

    last.run().forward()

    assert things == ["copy", "switch", "finish"]
    states = {n: e.event for n, e in last.run().journal.state().items()}
    assert states == dict.fromkeys(things, Event.DONE)


@given(forward=st.integers(0, 11), back=st.integers(0, 11))
def test_killed_on_the_way_back_it_goes_back_further(forward, back, tmp_path_factory):
    folder, things = tmp_path_factory.mktemp("back"), []
    for kill_at, way in ((forward, "forward"), (back, "back"), (None, "back")):
        world = World(folder, kill_at=kill_at)
        world.things = things
        try:
            getattr(world.run(), way)()
        except Killed:
            continue

    assert things == []


def test_a_closed_gate_stops_before_the_step_and_says_why(tmp_path):
    reason = ["độ trễ 12 s"]
    gate = Gate("lag", lambda: reason[0] if reason else None)
    world = World(tmp_path, gates=(gate,))

    with pytest.raises(GateClosedError, match="độ trễ 12 s"):
        world.run().forward()

    assert world.things == ["copy"]
    assert ("migration.closed", "switch") in world.records
    reason.clear()
    world.run().forward()
    assert world.things == ["copy", "switch", "finish"]


def test_going_back_takes_the_last_first_and_only_what_was_begun(tmp_path):
    world = World(tmp_path)
    world.run().forward(until="switch")

    assert world.run().back() == ["switch", "copy"]

    assert world.things == []
    assert world.run().back() == []


def test_after_the_point_of_no_return_nothing_is_taken_back(tmp_path):
    world = World(tmp_path)
    world.run(final="finish").forward()

    with pytest.raises(ProblemError, match="finish"):
        world.run(final="finish").back()

    assert world.things == ["copy", "switch", "finish"]


def test_a_failed_step_is_written_down_and_tried_again(tmp_path):
    world = World(tmp_path)
    run = world.run()
    broken = ProblemError()

    def fails(_pulse):
        raise broken

    good = run.steps
    run.steps = [good[0], Step("switch", fails), good[2]]
    with pytest.raises(ProblemError):
        run.forward()
    assert run.journal.state()["switch"].event is Event.FAILED

    run.steps = good
    run.forward()

    assert world.things == ["copy", "switch", "finish"]


def test_what_cannot_be_recorded_is_not_done(tmp_path):
    world = World(tmp_path)
    run = world.run()

    def deaf(_name, _about, _data):
        raise OSError("no chain")

    run.record = deaf
    with pytest.raises(OSError, match="no chain"):
        run.forward()

    assert world.things == []


def test_two_operators_cannot_work_on_one_move(tmp_path):
    run = World(tmp_path).run()

    with run.journal.held(), pytest.raises(ProblemError, match="another process"):
        World(tmp_path).run().forward()


def test_half_a_line_is_cut_off_and_a_broken_one_is_named(tmp_path):
    world = World(tmp_path)
    world.run().forward(until="copy")
    journal = world.run().journal
    with journal.path.open("ab") as out:
        out.write(b'{"step": "swi')

    world.run().forward()

    lines = journal.path.read_bytes().splitlines()
    assert all(json.loads(each) for each in lines)
    journal.path.write_bytes(b'{"step": 1}\n')
    with pytest.raises(ProblemError, match="line 1"):
        journal.entries()


def test_a_pulse_says_rate_and_time_to_go_and_keeps_to_the_limit():
    said, now = [], [0.0]

    def wait(seconds):
        now[0] += seconds

    pulse = Pulse(said.append, limit=100, clock=lambda: now[0], wait=wait)
    pulse.beat(1000, 2000)
    now[0] += 0.5
    pulse.beat(1200, 2000)
    pulse.beat(2000, 2000)

    assert now[0] == pytest.approx(10.0), "1,000 units at 100 a second"
    assert said[-1].rate == pytest.approx(100)
    assert said[0].remaining == pytest.approx(8.0)
    assert said[-1].remaining == 0
