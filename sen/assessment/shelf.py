"""How long a control that was seen stays seen: the interval that the standard gives it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from policies.control import Control, controls
from policies.scope import LEVELS

LONGEST_MONTHS = 12  # where the standard gives no interval: its own longest
# Months in these are how long something is kept, not how often it is looked at.
RETENTION = frozenset({"TCVN14423/LG-07"})

LADDER = re.compile(r"\b\d+m(?:/\d+m)+")
FIRST_FOUR = re.compile(r"\b(\d+)m ×4")
AT_LEVELS = re.compile(r"\bL([1-5])(?:[–-]([1-5]))? (\d+)m\b")
ANYWHERE = re.compile(r"\b(\d+)m\b")


@cache
def shelf_months(control: str, level: int) -> int:
    """Give after how many months what was seen of a control reads stale."""
    known = controls().get(control)
    if known is None or control in RETENTION:
        return LONGEST_MONTHS
    return _intervals(known).get(level, LONGEST_MONTHS)


def _intervals(control: Control) -> Mapping[int, int]:
    """Read `12m/12m/6m/3m/1m`, `12m ×4, L5 6m`, `L4 6m; L5 3m`, `12m`."""
    text = control.parameter.replace("*", "")
    ladder = LADDER.search(text)
    if ladder:
        return _ladder(control, [int(step[:-1]) for step in ladder[0].split("/")])
    found: dict[int, int] = {}
    four, named, alone = FIRST_FOUR.search(text), AT_LEVELS.findall(text), ANYWHERE.search(text)
    if four:
        found |= dict.fromkeys(LEVELS[:4], int(four[1]))
    for first, last, months in named:
        found |= dict.fromkeys(range(int(first), int(last or first) + 1), int(months))
    if alone and not found:
        found = dict.fromkeys(LEVELS, int(alone[1]))
    return found


def _ladder(control: Control, steps: list[int]) -> Mapping[int, int]:
    """Put steps on the levels that ask for the control; the last step holds for those above."""
    levels = LEVELS if len(steps) == len(LEVELS) else sorted(control.levels)
    return {level: steps[min(place, len(steps) - 1)] for place, level in enumerate(levels)}
