"""Compares the parts of a system at the same time: people wait for it in the switch."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from playbooks.migration.part import Part
from playbooks.migration.verify import Verdict

AT_ONCE = 4


def compared(parts: Sequence[Part]) -> Verdict:
    """Compare both ends of every part; what was found stands in the order of the parts."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        verdicts = list(pool.map(lambda part: part.verify(), parts))
    finally:  # whoever interrupts does not wait for what only reads
        pool.shutdown(wait=False, cancel_futures=True)
    return Verdict([check for each in verdicts for check in each.checks])
