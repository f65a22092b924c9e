"""An endpoint that the owner's own programs switch: a proxy, a name server, a route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.order.endpoints import ProgramOrder
from playbooks.migration.program import ProgramFailedError, printed
from stacks.problem import Problem, ProblemError

SECONDS = 300


@dataclass(frozen=True)
class ProgramEndpoint:
    """Runs a program a side, and believes only what `ask` says afterwards."""

    name: str
    order: ProgramOrder

    def side(self) -> Side:
        said = self._run(self.order.ask).strip()
        try:
            return Side(said)
        except ValueError:
            problem = Problem("endpoint-unknown", self.name, {"said": said[:80]})
            raise ProblemError(problem) from None

    def point(self, side: Side) -> None:
        if self.side() is side:
            return
        self._run(getattr(self.order, side))
        if self.side() is not side:
            raise ProblemError(Problem("endpoint-stays", self.name, {"side": side}))

    def _run(self, words: Sequence[str]) -> str:
        try:
            return printed(words, SECONDS)
        except ProgramFailedError as error:
            said = {"program": words[0], "reason": str(error)}
            raise ProblemError(Problem("endpoint-failed", self.name, said)) from None
