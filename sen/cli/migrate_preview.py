"""What a switch would do: its gates as they are now, its steps with the seconds expected."""

from __future__ import annotations

from collections.abc import Iterator

from playbooks.migration.cutover import Journey
from playbooks.migration.steps import Gate
from sen.migration.wave import Wave
from stacks.problem import ProblemError


def preview(wave: Wave, only: str | None) -> tuple[list[dict[str, object]], bool]:
    """Give gates and steps of the systems, and whether every gate is open; nothing is done."""
    rows = [
        {"system": each.system, **row}
        for each, journey in wave.journeys(only)
        for row in _rows(journey, wave.order.hold_days)
    ]
    return rows, all(row["says"] in {"open", ""} for row in rows if row["kind"] == "gate")


def _rows(journey: Journey, hold_days: int) -> Iterator[dict[str, object]]:
    for gate in journey.gates:
        yield _row("gate", gate.called, says=why(gate) or "open")
    for step in journey.switching():
        yield _row("step", step.name, step.expected)
    yield _row("end", "finish", says=f"no way back from here; {hold_days} days later at the least")


def _row(kind: str, name: str, expected: float | None = None, says: str = "") -> dict[str, object]:
    seconds = None if expected is None else round(expected, 2)
    return {"kind": kind, "name": name, "expected_s": seconds, "says": says}


def why(gate: Gate) -> str:
    """Say why a gate is closed; one that cannot be asked is."""
    try:
        return gate.closed() or ""
    except ProblemError as error:
        return str(error)
