"""The last that may be given up, once the way back has ended: old bytes beside converted text."""

from __future__ import annotations

from playbooks.migration.cutover.journals import FINISH, Journals
from playbooks.migration.cutover.journey import Journey
from playbooks.migration.part import Releasing, steps_of
from playbooks.migration.steps import Event, Outcome, Run
from stacks.problem import Problem, ProblemError

RELEASE = "release"


def release(journey: Journey) -> Outcome:
    """Drop what parts kept beside; the old system is not asked, it may be gone.

    Raises:
        ProblemError: The move is not finished, or another process works on it.
    """
    journals = Journals(journey.folder / journey.name, journey.name)
    with journals.held():
        state = journals.of(FINISH).state()
        wanted = [step.name for step in steps_of(journey.parts, "finish")]
        if any(name not in state or state[name].event is not Event.DONE for name in wanted):
            raise ProblemError(Problem("move-not-finished", journey.name))
        parts = [each for each in journey.parts if isinstance(each, Releasing)]
        steps, name = steps_of(parts, "release"), f"{journey.name}: {RELEASE}"
        return Run(name, steps, journals.of(RELEASE), journey.record, told=journey.told).forward()
