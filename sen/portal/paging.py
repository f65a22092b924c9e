"""Long lists, a part at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_ROWS = 50
MOST_DIGITS = 6


@dataclass(frozen=True)
class Part:
    """What one page of a list shows.

    Attributes:
        number: Which part this is, from 1.
        parts: How many there are, at least one.
        total: Rows in all parts.
    """

    rows: Sequence[Any]
    number: int
    parts: int
    total: int


def part(rows: Sequence[Any], asked: str, most: int = MOST_ROWS) -> Part:
    """Give the part that is asked for: the first where that is no number, else the nearest."""
    parts = max(1, -(-len(rows) // most))
    is_number = asked.isascii() and asked.isdecimal() and len(asked) <= MOST_DIGITS
    number = min(max(int(asked) if is_number else 1, 1), parts)
    return Part(rows[(number - 1) * most : number * most], number, parts, len(rows))
