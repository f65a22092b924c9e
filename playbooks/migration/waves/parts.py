"""A partition by METIS as a first guess where systems are many."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain

import numpy as np

from playbooks.migration.waves.instance import NO_LIMIT, Instance

_SLACK = 1.04
_SEED = 7


def parts(inst: Instance) -> list[int]:
    """Give each system a window: METIS' parts, as large as the windows, in the order's direction.

    Neither order nor exact room is kept: `construct` takes this as a wish.
    """
    import pymetis  # noqa: PLC0415 - only where it is used

    weights = [load(inst, each) for each in range(inst.n)]
    chosen, sizes = windows_for(inst, sum(weights))
    if len(chosen) < 2 or inst.n < 2 * len(chosen):  # noqa: PLR2004 - nothing to part
        return [chosen[0] if chosen else inst.k] * inst.n  # and METIS would complain on the output
    starts = np.array([0, *accumulate(len(each) for each in inst.near)])
    flat = list(chain.from_iterable(inst.near))
    adjacent = np.array([other for other, _ in flat], dtype=np.int64)
    _, found = pymetis.part_graph(
        len(chosen),
        pymetis.CSRAdjacency(starts, adjacent),
        vweights=weights,
        eweights=np.array([weight for _, weight in flat], dtype=np.int64),
        tpwgts=[each / sum(sizes) for each in sizes],
        options=pymetis.Options(seed=_SEED, ufactor=20),
    )
    return in_order(inst, list(found), chosen)


def load(inst: Instance, system: int) -> int:
    """Give what a system takes of all windows, in parts of ten million: the scarcer of two."""
    gib, count = _total(inst.gib_room), _total(inst.count_room)
    return 1 + int(max(1e7 * inst.gib[system] / gib, 1e7 / count)) if gib and count else 1


def _total(rooms: Sequence[int]) -> float:
    return float("inf") if NO_LIMIT in rooms else float(sum(rooms))


def windows_for(inst: Instance, whole: int, more: int = 0) -> tuple[list[int], list[float]]:
    """Give the fewest windows that hold so much, and `more` of them; and how much each holds."""
    gib, count = _total(inst.gib_room), _total(inst.count_room)
    sizes = [
        max(1.0, 1e7 * min(g / gib if gib else 1, c / count if count else 1))
        if NO_LIMIT not in (g, c)
        else 1e7
        for g, c in zip(inst.gib_room, inst.count_room, strict=True)
    ]
    largest = sorted(range(inst.k), key=lambda each: (-sizes[each], each))
    held = accumulate(sizes[each] for each in largest)
    fewest = next((n for n, sum_ in enumerate(held, 1) if sum_ >= whole * _SLACK), inst.k)
    number = inst.k if any(inst.later) else min(fewest + more, inst.k)
    chosen = sorted(largest[:number])
    return chosen, [sizes[each] for each in chosen]


def in_order(inst: Instance, found: Sequence[int], chosen: Sequence[int]) -> list[int]:
    """Give early windows to the parts whose systems come early in the order."""
    if not any(inst.later):
        return [chosen[part] for part in found]
    early: list[list[int]] = [[] for _ in chosen]
    for system, part in enumerate(found):
        windows = inst.windows_of[system]
        if windows:
            early[part].append(windows[0] + windows[-1])
    means = [sum(each) / len(each) if each else 0.0 for each in early]
    order = sorted(range(len(chosen)), key=lambda part: (means[part], part))
    window_of = {part: chosen[place] for place, part in enumerate(order)}
    return [window_of[part] for part in found]
