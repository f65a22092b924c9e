"""An endpoint that the owner's own programs switch: a proxy, a name server, a route."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.order.endpoints import ProgramOrder
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
            done = subprocess.run(  # noqa: S603 - the owner's own program, without a shell
                words, capture_output=True, text=True, timeout=SECONDS, check=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            said = {"program": words[0], "reason": type(error).__name__}
            raise ProblemError(Problem("endpoint-failed", self.name, said)) from None
        return done.stdout
