"""Read an earlier plan, as `sen migrate plan --output json` wrote it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from playbooks.migration.waves.graph import Id
from stacks.problem import Problem, ProblemError


def windows_in(content: str, name: str) -> dict[Id, Id]:
    """Give the window of each system in an earlier answer.

    Raises:
        ProblemError: It is no such answer.
    """
    try:
        waves = json.loads(content)["waves"]
        return {system: wave["window"] for wave in waves for system in wave["systems"]}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProblemError(Problem("wave-previous-wrong", name)) from error


def moved(earlier: Mapping[Id, Id], now: Mapping[Id, Id]) -> int:
    """Count the systems of both plans that change their window."""
    return sum(now[each] != window for each, window in earlier.items() if each in now)
