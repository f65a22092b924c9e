"""What was proven of a system: comparisons, old text, journals that stand in the chain."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from sen.evidence.record import Record
from sen.migration import text
from sen.migration.course import PHASES, journals, moment
from sen.migration.finding import Compared, Text, Verification
from sen.migration.said import said

DIFFERS, VERIFIED, DONE = "migration.differs", "migration.verify", "migration.done"
SMOKE = "smoke tests"
_CHECKS = TypeAdapter(tuple[Compared, ...])


def verifications(
    name: str, records: Sequence[Record]
) -> tuple[tuple[Verification, ...], tuple[Verification, ...]]:
    """Give comparisons of both ends, and questions from outside, each in the order of time."""
    ends: list[Verification] = []
    outside: list[Verification] = []
    for each in records:
        in_switch = each.about == f"{name}: cut over" and each.act in {DONE, DIFFERS}
        by_hand = each.about == name and each.act == VERIFIED
        if (in_switch or by_hand) and "checks" in each.data:
            checks = said(_CHECKS, each, each.data["checks"])
            one = Verification(moment(each.at), each.sequence, by_hand, checks)
            (outside if checks and checks[0].name == SMOKE else ends).append(one)
    return tuple(ends), tuple(outside)


def texts(name: str, records: Sequence[Record]) -> list[Text]:
    """Give the last word on each database."""
    told = [text.told(each) for each in records if each.about == name and each.act == text.ACT]
    return list({each.part: each for each in told}.values())


def unproven(name: str, folder: Path, records: Sequence[Record]) -> int:
    """Count the entries of the journals that do not stand in the chain."""
    chain = Counter((each.about, each.act, _form(each.data)) for each in records)
    written = Counter(
        (f"{name}: {phase}", f"migration.{entry.event}", _form({"step": entry.step, **entry.data}))
        for phase in PHASES
        for journal in journals(folder, phase)
        for entry in journal.entries()
    )
    return (written - chain).total()


def _form(data: Mapping[str, object]) -> str:
    return json.dumps(data, sort_keys=True)
