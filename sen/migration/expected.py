"""How long each step took when it was rehearsed: what to expect of it in the move itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from playbooks.migration.order.rehearse import OF
from sen.evidence.record import Record

DONE = "migration.done"
# Steps of the whole system: what each part took for them adds up.
SHARED = frozenset({"close", "verify", "smoke tests", "open"})
Step = tuple[str, str]


def expected(records: Iterable[Record], name: str) -> dict[Step, int]:
    """Give milliseconds by phase and step, of the last time that each was rehearsed.

    Args:
        records: Of the chain, the oldest first.
        name: `<wave>/<system>`.
    """
    found: dict[Step, dict[str, int]] = defaultdict(dict)
    for record in records:
        took = record.data.get("milliseconds")
        own, rehearsed, about = record.about.partition(OF)
        part, _, phase = about.rpartition(": ")
        if record.act == DONE and own == name and rehearsed and isinstance(took, int):
            step = str(record.data.get("step")).removeprefix(f"{part}_try: ")
            found[phase, step if step in SHARED else f"{part}: {step}"][part] = took
    return {key: sum(parts.values()) for key, parts in found.items()}
