"""How a run went, as one line of JSON: from the process or the pod that did it to the operator."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sen.errors import MissingPartError, RefusedError
from stacks.problem import Problem, ProblemError, messages

ERRORS = {each.__name__: each for each in (ProblemError, RefusedError, MissingPartError)}
# Kubernetes keeps so much of what a container says at its end.
LONGEST_BYTES = 4096
_SHORTEST_WORDS = 200
_COUNT = re.compile(r"^\s+(?:[-+~]*\s*|\d+ changes?\. )(?P<count>\d+) (?P<what>[a-z]+)\s*$")


@dataclass(frozen=True)
class Outcome:
    """How one run went.

    Attributes:
        changes: Objects by what Pulumi did with them: created, updated, deleted, unchanged.
        recovered: A killed run's lock and leavings were in the way, and are gone.
        error: Name of the error that its problems make; empty when it went well.
        problems: Each with key, thing and values, as the catalogue of messages has them.
    """

    run: str
    plan: str
    seconds: float
    changes: Mapping[str, int] = field(default_factory=dict)
    recovered: bool = False
    error: str = ""
    problems: tuple[Mapping[str, Any], ...] = ()

    @property
    def word(self) -> str:
        """Give the result in one word, a small set: it is a label of a metric."""
        if not self.error:
            return "ok"
        key = str(self.problems[0]["key"]) if self.problems else ""
        return {"run-locked": "locked", "run-alive": "locked", "run-interrupted": "stopped"}.get(
            key, "failed"
        )

    def line(self, most_bytes: int | None = None) -> str:
        """Give it as a line; with a limit, long words of problems are cut at their start."""
        line = json.dumps(asdict(self), ensure_ascii=False)
        if most_bytes is None or len(line.encode()) <= most_bytes or not self.problems:
            return line
        longest = max(len(str(v)) for each in self.problems for v in each["values"].values())
        if longest > _SHORTEST_WORDS:
            keep = max(_SHORTEST_WORDS, longest * 2 // 3)
            cut = tuple(_cut(each, keep) for each in self.problems)
        else:
            cut = self.problems[:-1]
        return Outcome(**{**vars(self), "problems": cut}).line(most_bytes)

    def check(self) -> None:
        """Raise what went wrong, as if it had happened here."""
        if self.error:
            given = [Problem(**each) for each in self.problems if each["key"] in messages()]
            raise ERRORS.get(self.error, RefusedError)(*given)

    @classmethod
    def read(cls, line: str) -> Outcome:
        """Read a line.

        Raises:
            ValueError: It is no outcome.
        """
        given = json.loads(line)
        if not isinstance(given, dict) or not {"run", "plan", "seconds"} <= given.keys():
            raise ValueError("not an outcome")
        try:
            return cls(**{**given, "problems": tuple(given.get("problems", ()))})
        except TypeError as error:
            raise ValueError("not an outcome") from error


def failed(run: str, plan: str, seconds: float, error: ProblemError) -> Outcome:
    """Give the outcome of a run that did not succeed; values travel as text."""
    problems = tuple(
        {
            "key": each.key,
            "thing": each.thing,
            "values": {k: str(v) for k, v in each.values.items()},
        }
        for each in error.problems
    )
    kind = next(name for name, made in reversed(ERRORS.items()) if isinstance(error, made))
    return Outcome(run, plan, seconds, error=kind, problems=problems)


def changes_of(said: Iterable[str]) -> dict[str, int]:
    """Read the counts that Pulumi tells at its end, under `Resources:`."""
    found: dict[str, int] = {}
    inside = False
    for line in said:
        if line.rstrip() == "Resources:":
            inside, found = True, {}
        elif inside and (count := _COUNT.match(line)):
            found[count["what"]] = int(count["count"])
        elif inside and not line.strip():
            inside = False
    return found


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items()}


def _cut(problem: Mapping[str, Any], keep: int) -> Mapping[str, Any]:
    values = {
        key: value if len(str(value)) <= keep else f"…{str(value)[-keep:]}"
        for key, value in problem["values"].items()
    }
    return {**problem, "values": values}
