"""How long each step took when it was rehearsed: what to expect of it in the move itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from playbooks.migration.order import SystemOrder
from sen.evidence.record import Record

DONE = "migration.done"
# What a rehearsal of a part that is not copied follows by, and what the switch waits for.
FOLLOWED = {"catch up": "last changes", "second pass": "last pass"}
Step = tuple[str, str]


def expected(records: Iterable[Record], wave: str, system: SystemOrder) -> dict[Step, int]:
    """Give milliseconds by phase and step, of the last time that each was rehearsed."""
    name = f"{wave}/{system.system}"
    others = [*(each.name for each in system.mariadb), *(each.name for each in system.files)]
    found: dict[Step, int] = {}
    for record in records:
        took = record.data.get("milliseconds")
        if record.act == DONE and record.about.startswith(f"{name}-") and isinstance(took, int):
            about = record.about.removeprefix(f"{name}-")
            found |= dict.fromkeys(_steps(about, str(record.data["step"]), others), took)
    return found


def _steps(about: str, step: str, others: list[str]) -> Iterator[Step]:
    """Give the steps of the move that a rehearsed one stands for.

    Parts that are not copied leave their name out: they are known where there is one of them.
    """
    kind, _, phase = about.partition(": ")
    if kind == "rehearsal" and phase:
        part, colon, own = step.partition(": ")
        yield phase, f"{part.removesuffix('_try')}{colon}{own}"
    elif len(others) == 1 and about == "fill":
        yield "fill", f"{others[0]}: {step}"
    elif len(others) == 1 and about == "follow" and step in FOLLOWED:
        yield "cut over", f"{others[0]}: {FOLLOWED[step]}"
