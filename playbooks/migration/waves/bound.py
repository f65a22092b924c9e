"""A bound on the cost of every plan, from the semidefinite relaxation, within so much work."""

from __future__ import annotations

import math
from collections.abc import Callable

from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.pairs import pairs_of
from playbooks.migration.waves.relaxation import Relaxation

_WARM, _CUT_EVERY, _SEARCH_EVERY, _LOOK_EVERY = 60, 5, 20, 10
_STALLED_AFTER, _STALLED = 100, 0.001
_CLOSE = 1e-4  # far more than rounding can do


def lower_bound(inst: Instance, cost: int, seconds: float, late: Callable[[], bool]) -> int:
    """Give what every plan that places all movable systems costs at least, up to `cost`.

    `late` ends it early; what was found until then holds too.
    """
    pairs = pairs_of(inst)
    if not pairs.joined.any():
        return 0
    relaxation, best, before = Relaxation(pairs), 0.0, 0.0
    for turn in range(1, _turns(len(pairs.joined), seconds) + 1):
        relaxation.step()
        if turn >= _WARM and turn % _CUT_EVERY == 0:
            relaxation.cut(search=turn % _SEARCH_EVERY == 0)
        if turn % _LOOK_EVERY:
            continue
        best = max(best, relaxation.bound())
        if late() or math.ceil(best - _CLOSE) >= cost:
            break
        if turn % _STALLED_AFTER == 0:
            if turn > 2 * _STALLED_AFTER and best - before < _STALLED * cost:
                break
            before = best
    return min(cost, math.ceil(best - _CLOSE))


def _turns(size: int, seconds: float) -> int:
    """Give the turns that take so long on a free core."""
    return int(seconds / (3e-4 + 2e-7 * size * size))
