"""An owner's program says what it printed, or why it did not succeed."""

from __future__ import annotations

import sys

import pytest

from playbooks.migration.order.endpoints import ProgramOrder
from playbooks.migration.order.program import ProgramEndpoint
from playbooks.migration.program import ProgramFailedError, printed
from stacks.problem import ProblemError

PYTHON = (sys.executable, "-c")
BROKEN = (*PYTHON, "import sys; sys.exit('no such pool')")


def test_what_a_program_prints_is_given():
    assert printed((*PYTHON, "print('new')"), 60) == "new\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (BROKEN, "no such pool"),
        ((*PYTHON, "raise SystemExit(3)"), "exit 3"),
        ((*PYTHON, "input()"), "EOFError"),
        (("no-such-program",), "FileNotFoundError"),
    ],
)
def test_why_a_program_failed_is_told(words, why):
    with pytest.raises(ProgramFailedError, match=why):
        printed(words, 60)


def test_an_endpoint_tells_what_its_program_said():
    order = ProgramOrder(ask=BROKEN, old=BROKEN, closed=BROKEN, new=BROKEN)

    with pytest.raises(ProblemError) as caught:
        ProgramEndpoint("portal", order).side()

    (problem,) = caught.value.problems
    assert (problem.key, problem.values["reason"]) == ("endpoint-failed", "no such pool")
