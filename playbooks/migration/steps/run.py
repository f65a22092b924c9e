"""Runs the steps of a move: from where it stopped, gate by gate, and back if it must."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from playbooks.migration.steps.journal import Entry, Event, Journal
from playbooks.migration.steps.pace import Pace, Pulse
from playbooks.migration.steps.step import Step
from stacks.problem import Problem, ProblemError

Record = Callable[[str, str, Mapping[str, object]], None]


class GateClosedError(ProblemError):
    """A gate is closed: nothing of the step was done."""


@dataclass(frozen=True)
class Outcome:
    """What a run did.

    Attributes:
        seconds: By step; only of those that this run did.
        facts: By step, as the step gave them; also of those done by earlier runs.
    """

    seconds: Mapping[str, float]
    facts: Mapping[str, Mapping[str, object]]


@dataclass
class Run:
    """A move in progress.

    Attributes:
        name: Of the move: `<wave>/<system>`.
        record: Keeps an act in the evidence chain: name, about, data.
        told: Is given the step and its pace.
        limit: Units a second, for steps that heed it.
    """

    name: str
    steps: Sequence[Step]
    journal: Journal
    record: Record
    told: Callable[[Step, Pace], None] = lambda _step, _pace: None
    limit: float | None = None
    now: Callable[[], dt.datetime] = field(default=lambda: dt.datetime.now(dt.UTC))
    clock: Callable[[], float] = time.monotonic

    def forward(self, until: str | None = None) -> Outcome:
        """Do what is not done yet, in order; stops after the step `until` where one is named.

        Raises:
            GateClosedError: A gate is closed; steps before it stay done.
            ProblemError: A step failed, another process works on this move, or the journal is not
                of these steps.
        """
        with self.journal.held():
            seconds: dict[str, float] = {}
            before = self.journal.state()
            for step in self.steps:
                if not _done(step, before):
                    seconds[step.name] = self._do(step, begun=_begun(step, before))
                if step.name == until:
                    break
            last = self.journal.state()
            return Outcome(seconds, {n: e.data for n, e in last.items() if e.event is Event.DONE})

    def back(self) -> Sequence[str]:
        """Take back what was begun, the last first; give the names of the steps taken back.

        Raises:
            ProblemError: The point of no return was passed; nothing was taken back.
        """
        with self.journal.held():
            begun = self._begun()
            for step in begun:
                if step.final:
                    raise ProblemError(Problem("move-no-return", self.name, {"step": step.name}))
            return [step.name for step in reversed(begun) if self._undo(step)]

    def begun(self) -> bool:
        return bool(self._begun())

    def _begun(self) -> list[Step]:
        state = self.journal.state()
        return [step for step in self.steps if _begun(step, state)]

    def _do(self, step: Step, *, begun: bool) -> float:
        for gate in step.gates:
            if reason := gate.closed():
                if not begun:  # else it would seem that there is nothing to take back
                    self._write(step, Event.CLOSED, {"gate": gate.name, "reason": reason})
                said = {"gate": gate.called, "step": step.name, "reason": reason}
                raise GateClosedError(Problem("move-gate-closed", self.name, said))
        self._write(step, Event.BEGUN, {})
        pulse = Pulse(lambda pace: self.told(step, pace), self.limit, clock=self.clock)
        started = self.clock()
        try:
            facts = dict(step.do(pulse))
        except (Exception, KeyboardInterrupt) as error:
            self._write(step, Event.FAILED, {"reason": str(error) or type(error).__name__})
            raise
        seconds = self.clock() - started
        self._write(step, Event.DONE, {**facts, "milliseconds": round(seconds * 1000)})
        return seconds

    def _undo(self, step: Step) -> bool:
        self._write(step, Event.UNDOING, {})
        if step.undo is not None:
            step.undo()
        self._write(step, Event.UNDONE, {})
        return step.undo is not None

    def _write(self, step: Step, event: Event, data: Mapping[str, object]) -> None:
        """Tell the chain first: what cannot be recorded is not done."""
        self.record(f"migration.{event}", self.name, {"step": step.name, **data})
        at = self.now().isoformat(timespec="milliseconds")
        self.journal.write(Entry(step.name, event, at, data))


def _begun(step: Step, state: Mapping[str, Entry]) -> bool:
    entry = state.get(step.name)
    return entry is not None and entry.event not in {Event.CLOSED, Event.UNDONE}


def _done(step: Step, state: Mapping[str, Entry]) -> bool:
    entry = state.get(step.name)
    if entry is None or entry.event is not Event.DONE:
        return False
    return step.stands is None or step.stands()
