"""Finds what was done to a chain: edits, gaps, insertions, other orders, cuts, other tails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sen.evidence.checkpoint import Checkpoint
from sen.evidence.record import CLOCK, FIRST, Record


class Fault(StrEnum):
    """What is wrong with the first bad record."""

    NOT_A_RECORD = "not-a-record"
    EDITED = "edited"
    OUT_OF_ORDER = "out-of-order"
    NOT_LINKED = "not-linked"
    CLOCK_BACK = "clock-back"
    OTHER_THAN_SIGNED = "other-than-signed"
    CUT_SHORT = "cut-short"


@dataclass(frozen=True)
class Broken:
    """The first bad record.

    Attributes:
        number: Its place in the chain, from 1.
    """

    number: int
    fault: Fault


@dataclass(frozen=True)
class Verdict:
    """What a verification saw.

    Attributes:
        records: How many records were looked at.
        sealed: Up to which record signed checkpoints vouch.
        set_back: Records that were written while the clock stood before the record before.
    """

    records: int
    checkpoints: int
    sealed: int
    set_back: int
    broken: Broken | None

    @property
    def sound(self) -> bool:
        return self.broken is None


def verify(lines: Iterable[bytes], checkpoints: Sequence[Checkpoint] = ()) -> Verdict:
    """Go through a chain and stop at the first bad record.

    What follows the last checkpoint is proven against edits, gaps and other orders only: somebody
    who may write the file could write another tail. So checkpoints are made often.
    """
    signed = {each.sequence: each for each in checkpoints}
    walk = _Walk(signed)
    for line in lines:
        fault = walk.step(line)
        if fault is not None:
            break
    else:
        fault = Fault.CUT_SHORT if max(signed, default=0) > walk.seen else None
        walk.seen += fault is not None
    broken = Broken(walk.seen, fault) if fault else None
    return Verdict(
        records=walk.seen - (broken is not None),
        checkpoints=len(checkpoints),
        sealed=walk.sealed,
        set_back=walk.set_back,
        broken=broken,
    )


class _Walk:
    """Goes from record to record."""

    def __init__(self, signed: Mapping[int, Checkpoint]) -> None:
        self._signed = signed
        self._last, self._at = FIRST, ""
        self.seen = self.sealed = self.set_back = 0

    def step(self, line: bytes) -> Fault | None:
        self.seen += 1
        try:
            record = Record.read(line)
            fault = self._fault(record, line)
        except (ValueError, TypeError, RecursionError):
            return Fault.NOT_A_RECORD
        self._last, self._at = record.hash, record.at
        return fault

    def _fault(self, record: Record, line: bytes) -> Fault | None:
        if record.sequence != self.seen:
            return Fault.OUT_OF_ORDER
        # One form only: what reads alike but is written otherwise is an edit too.
        if not record.is_written(line):
            return Fault.EDITED
        if record.previous != self._last:
            return Fault.NOT_LINKED
        if record.at < self._at:
            return Fault.CLOCK_BACK
        signed = self._signed.get(self.seen)
        if signed and signed.hash != record.hash:
            return Fault.OTHER_THAN_SIGNED
        self.sealed = self.seen if signed else self.sealed
        self.set_back += CLOCK in record.data
        return None
