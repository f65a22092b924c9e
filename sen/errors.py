"""How a command ends when it cannot do what was asked: exit codes 1 and 3; 2 is bad input."""

from typing import ClassVar

from stacks.problem import ProblemError


class RefusedError(ProblemError):
    """The input is fine, but the answer is no: findings, a refused change, a person who said no."""

    exit_code: ClassVar[int] = 1


class MissingPartError(ProblemError):
    """A program, a platform or a file that is needed is not there or does not answer."""

    exit_code: ClassVar[int] = 3
