"""The seven parts of a security plan (Decree 331/2026, Art. 29.2), and which shows a control."""

from __future__ import annotations

from collections.abc import Iterable

from policies.catalogue import mapping, plan_parts
from sen.assessment.state import State

OPERATION = "b"


def part_of(control: str) -> str:
    """Give the letter of the part: of several the first that is not operation, which holds all."""
    parts = plan_parts(control)
    return next((part for part in parts if part != OPERATION), OPERATION)


def by_part(states: Iterable[State]) -> dict[str, list[State]]:
    """Sort states by part; every part is there, also an empty one."""
    found: dict[str, list[State]] = {part: [] for part in mapping().parts}
    for each in states:
        found[part_of(each.control.id)].append(each)
    return found
