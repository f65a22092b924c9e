"""Columns of one table judge each other: a legacy table is in one encoding as a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from playbooks.text.detect import Detector
from playbooks.text.table import BYTE_TABLES
from playbooks.text.verdict import FOREIGN, Verdict

SURE, ENOUGH = 0.9, 0.6  # of a column that tells; of all such columns, to agree
SAME_LETTERS = frozenset({"tcvn3", "tcvn3-h", "tcvn5712-1", "tcvn5712-2", "tcvn5712-3"})
AS_THEY_STAND = frozenset({"ascii", "utf-8"})
Columns = Sequence[Sequence[bytes | None]]


def verdicts_of(columns: Columns, told: str | None = None) -> list[Verdict]:
    """Judge the columns of a table, each by itself and then by the others.

    Args:
        columns: Their values.
        told: What a person says they are in: all but those of ASCII or UTF-8 are.
    """
    found = agreed(columns, [Detector().column(column) for column in columns])
    if told is None:
        return found
    return [
        verdict if verdict.encoding in AS_THEY_STAND else Verdict(told, 1.0, "told")
        for verdict in found
    ]


def agreed(columns: Columns, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Judge those columns that tell little again, by what the sure ones of their table are in.

    What the others are in chooses among tables: it makes no column Vietnamese, and leaves
    Unicode, ASCII and rows of several eras as they are.
    """
    usual = _usual(verdicts)
    if usual is None:
        return list(verdicts)
    return [
        _asked(column, verdict, usual) if _is_open(verdict, usual) else verdict
        for column, verdict in zip(columns, verdicts, strict=True)
    ]


def _usual(verdicts: Sequence[Verdict]) -> str | None:
    """Give the table of most sure columns, None where they do not agree."""
    sure = [each for each in verdicts if each.confidence >= SURE and each.encoding in BYTE_TABLES]
    if not sure:
        return None
    name, count = Counter(verdict.encoding for verdict in sure).most_common(1)[0]
    return name if count >= ENOUGH * len(sure) else None


def _is_open(verdict: Verdict, usual: str) -> bool:
    if verdict.encoding == FOREIGN:
        return verdict.codec == "cp1252"
    is_kin = {verdict.encoding, usual} <= SAME_LETTERS
    is_table = verdict.encoding in BYTE_TABLES and verdict.encoding != usual and not is_kin
    return is_table and verdict.confidence < SURE


def _asked(column: Sequence[bytes | None], verdict: Verdict, usual: str) -> Verdict:
    """Ask again as if the table's encoding had been declared."""
    again = Detector().column(column, usual)
    if again.encoding != usual:
        return verdict
    return replace(again, reason=f"{again.reason}; as the table's other columns")
