"""Where a system stands, from what was done last."""

from __future__ import annotations

from collections.abc import Sequence

from sen.migration.account import Phase, Result, Standing

IS_OVER = frozenset({Standing.HELD, Standing.FINISHED})


def standing_of(course: Sequence[Phase], *, rehearsed: bool) -> Standing:
    begun = [each for each in course if any(d.result is not Result.CLOSED for d in each.doings)]
    if not begun:
        return Standing.REHEARSED if rehearsed else Standing.PLANNED
    last = begun[-1]
    if last.name == "cut over":
        if last.did("open"):
            return Standing.HELD
        return Standing.TAKEN_BACK if last.undone else Standing.SWITCHING
    if last.name == "roll back":
        return Standing.ROLLED_BACK if last.did("open old") else Standing.RETURNING
    return Standing.FILLED if last.name == "fill" else Standing.FINISHED
