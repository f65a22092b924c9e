"""One system on its way: filled, switched behind gates, held with a way back, finished."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.cutover.comparing import compared
from playbooks.migration.cutover.endpoint import Endpoint, Side, led_over
from playbooks.migration.cutover.journals import (
    BACK,
    FILL,
    FINISH,
    FORTH,
    OPEN,
    OPEN_OLD,
    Journals,
)
from playbooks.migration.cutover.smoke import SmokeTest, smoke
from playbooks.migration.part import Part, steps_of
from playbooks.migration.steps import Gate, Outcome, Pulse, Run, Step
from playbooks.migration.steps.pace import Pace
from playbooks.migration.steps.run import Record
from playbooks.migration.verify import Verdict
from stacks.problem import Problem, ProblemError

Facts = Mapping[str, object]
# Of an error that nobody foresaw, so much is told.
MOST_SAID = 300
NO_HOLD = dt.timedelta(0)


@dataclass(frozen=True)
class Journey:
    """A system, its parts and the name under which people reach it.

    Attributes:
        name: `<wave>/<system>`; the journals lie under it.
        folder: Of the journals; it must outlive the machine that runs the move.
        gates: Asked before the first step of the switch.
        smoke: Asked of the new side before people are let in, from outside.
        expected: Seconds by step, from the last rehearsal.
    """

    name: str
    parts: Sequence[Part]
    endpoint: Endpoint
    folder: Path
    record: Record
    gates: Sequence[Gate] = ()
    smoke: tuple[SmokeTest, ...] = ()
    expected: Mapping[str, float] = dataclasses.field(default_factory=dict)
    told: Callable[[Step, Pace], None] = lambda _step, _pace: None

    def fill(self, limit: float | None = None) -> Outcome:
        """Bring everything over while the old system is in use; go on where it stopped.

        Args:
            limit: Bytes a second; None for as fast as it goes.

        Raises:
            ProblemError: The switch has begun: filling now would write upon what people changed.
        """
        with self._journals.held():
            self._refuse_while_returning()
            if self._run(FORTH, self.switching()).begun() or led_over(self.endpoint):
                raise self._problem("move-switched")
            return dataclasses.replace(
                self._run(FILL, self._of_parts("fill")), limit=limit
            ).forward()

    def cut_over(self) -> Outcome:
        """Switch; whatever fails before the new side opens leads back by itself, Ctrl-C too.

        Gates are asked before people are kept out, and again before they are let in: what was
        agreed to, and until when, may have changed meanwhile.

        Raises:
            GateClosedError: A gate before the first step is closed; nothing was done.
            ProblemError: A step failed, and everything was taken back; or it was not, because
                taking back failed too or people were let in already, which is said: then the same
                command goes on. Or it is not filled, or people are being led back.
        """
        with self._journals.held():
            self._refuse_while_returning()
            if not self._journals.filled([each.name for each in self._of_parts("fill")]):
                raise self._problem("move-not-filled")
            self._journals.refuse_older(self.endpoint)
            run = self._run(FORTH, self.switching())
            try:
                if self._journals.undoing():
                    with suppress(Exception):  # where there is no way back, it goes on
                        run.back()
                return run.forward()
            except (Exception, KeyboardInterrupt) as error:
                if not run.begun():
                    raise
                self._taken_back(run, error)
                why = [] if isinstance(error, KeyboardInterrupt) else [("reason", said(error))]
                key = "move-taken-back" if why else "move-stopped"
                more = error.problems if isinstance(error, ProblemError) else ()
                raise ProblemError(Problem(key, self.name, dict(why)), *more) from error

    def _taken_back(self, run: Run, cause: BaseException) -> None:
        """Lead back to the old side, unless people may be on the new one: they have written there.

        Raises:
            ProblemError: It stands half-way.
        """
        try:
            if not self._let_in():
                run.back()
                return
            why = said(cause)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a person must hear of it
            why = f"{said(cause)}; {said(error)}"
        raise ProblemError(Problem("move-halfway", self.name, {"reason": why})) from cause

    def _let_in(self) -> bool:
        opened = self._journals.opened() is not None
        return opened or (self._journals.opening() and self.endpoint.side() is Side.NEW)

    def switching(self) -> list[Step]:
        """Give the steps of the switch, in order."""
        close = Step("close", self._point(Side.CLOSED), undo=lambda: self.endpoint.point(Side.OLD))
        opened = Step(OPEN, self._point(Side.NEW), undo=lambda: self.endpoint.point(Side.CLOSED))
        asked = self._journals.opening
        steps = [
            dataclasses.replace(close, gates=tuple(self.gates)),
            *self._of_parts("switch"),
            # Looked at anew by each run: a host that came up again meanwhile may have written.
            Step("verify", self._verified, stands=asked),
            Step("smoke tests", self._smoked, stands=asked),
            dataclasses.replace(opened, gates=() if asked() else tuple(self.gates)),
        ]
        return [dataclasses.replace(each, expected=self.expected.get(each.name)) for each in steps]

    def roll_back(self) -> Outcome:
        """Return to the old side with all that was written on the new one.

        A switch that did not let people in yet is taken back: nothing was written there.

        Raises:
            ProblemError: The move was finished: there is no way back any more; or people are on
                the old side, whose data must not be replaced by what is on the new one.
        """
        with self._journals.held():
            if self._run(FINISH, self._finishing()).begun():
                raise ProblemError(Problem("move-no-return", self.name, {"step": "finish"}))
            if not self._journals.returning():
                self._journals.refuse_older(self.endpoint)
                forth = self._run(FORTH, self.switching())
                if forth.begun() and not self._journals.opening():
                    forth.back()
                    return Outcome({}, {})
                if not forth.begun() or self.endpoint.side() is Side.OLD:
                    raise self._problem("move-not-switched")
            steps = [
                Step("close new", self._point(Side.CLOSED)),
                *self._of_parts("back", reverse=True),
                Step(OPEN_OLD, self._point(Side.OLD)),
            ]
            outcome = self._run(BACK, steps).forward()
            self._journals.put_away()
            return outcome

    def finish(self, hold: dt.timedelta = NO_HOLD) -> Outcome:
        """End the way back; from here on the old system may be wiped.

        Args:
            hold: How long the way back stays open after people were let in.

        Raises:
            ProblemError: People are not on the new side, or not long enough.
        """
        with self._journals.held():
            self._refuse_while_returning()
            opened = self.opened()
            if self.endpoint.side() is not Side.NEW or opened is None:
                raise self._problem("move-not-over")
            if dt.datetime.now(dt.UTC) < opened + hold:
                until = {"until": (opened + hold).isoformat(timespec="minutes")}
                raise ProblemError(Problem("move-held-open", self.name, until))
            return self._run(FINISH, self._finishing()).forward()

    def opened(self) -> dt.datetime | None:
        """Give when people were let in on the new side; None where they are not."""
        return self._journals.opened()

    def verify(self) -> Verdict:
        """Compare both ends of every part."""
        return compared(self.parts)

    def _finishing(self) -> list[Step]:
        return [dataclasses.replace(each, final=True) for each in self._of_parts("finish")]

    def _of_parts(self, series: str, *, reverse: bool = False) -> list[Step]:
        return steps_of(reversed(self.parts) if reverse else self.parts, series)

    def _point(self, side: Side) -> Callable[[Pulse], Facts]:
        def pointed(_pulse: Pulse) -> Facts:
            self.endpoint.point(side)
            return {"side": side}

        return pointed

    def _verified(self, _pulse: Pulse) -> Facts:
        return self._good(self.verify())

    def _smoked(self, _pulse: Pulse) -> Facts:
        return self._good(Verdict([smoke(self.smoke)])) if self.smoke else {"looked_at": 0}

    def _good(self, verdict: Verdict) -> Facts:
        if verdict.good:
            return verdict.facts()
        self.record("migration.differs", f"{self.name}: cut over", verdict.facts())
        wrong = [each.where for check in verdict.checks for each in check.differences[:3]]
        said = {"reason": "; ".join(wrong) or "nothing was looked at"}
        raise ProblemError(Problem("move-differs", self.name, said))

    def _refuse_while_returning(self) -> None:
        if self._journals.returning():
            raise self._problem("move-returning")

    def _problem(self, key: str) -> ProblemError:
        return ProblemError(Problem(key, self.name, {}))

    @property
    def _journals(self) -> Journals:
        return Journals(self.folder / self.name, self.name)

    def _run(self, what: str, steps: Sequence[Step]) -> Run:
        journal = self._journals.of(what)
        return Run(f"{self.name}: {what}", steps, journal, self.record, told=self.told)


def said(error: BaseException) -> str:
    """Say an error in one text; of one that nobody foresaw, its kind comes first."""
    if isinstance(error, ProblemError):
        return str(error)
    return f"{type(error).__name__}: {error}"[:MOST_SAID].removesuffix(": ")
