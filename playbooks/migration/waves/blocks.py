"""Partitions by KaHIP: blocks of equal load between which little is cut.

Sanders and Schulz, "Think Locally, Act Globally: Highly Balanced Graph Partitioning" (SEA 2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, chain

from playbooks.migration.waves.instance import Instance
from playbooks.migration.waves.parts import in_order, load, windows_for

# Up to so many systems a strong try takes a tenth of a second; beyond so many, a minute.
_FEW, _MANY = 400, 2_000
_WHOLE = 10_000_000  # the solver counts in 32 bits
_LEAST_SLACK, _MOST_SLACK = 0.02, 0.2
# Names of KaHIP's modes: the "social" ones suit graphs with few busy nodes, as ours are.
FAST_SOCIAL, ECO, STRONG, STRONG_SOCIAL = 3, 1, 2, 5


@dataclass(frozen=True, slots=True)
class Try:
    """One partition to be made.

    Attributes:
        more: Blocks beyond the fewest that hold everything; there are never more than windows.
    """

    mode: int
    seed: int
    more: int


def tries(inst: Instance, seconds: float) -> list[Try]:
    """Give what is worth trying for a portfolio of this size and so much effort, the best first."""
    if inst.n > _MANY:
        return [Try(FAST_SOCIAL, 1, 0)]
    modes = (ECO, STRONG_SOCIAL, STRONG) if inst.n <= _FEW else (ECO, FAST_SOCIAL)
    steps = [(seed, mode, more) for seed in (1, 2, 3) for mode in modes for more in (0, inst.k, 1)]
    most = 3 + int(seconds)
    return [Try(mode, seed, more) for seed, mode, more in steps[:most]]


def blocks(inst: Instance, wanted: Try) -> list[int]:
    """Give each system a window, as a wish for `construct`: neither order nor room is kept."""
    import kahip  # noqa: PLC0415 - only where it is used

    loads = [load(inst, each) for each in range(inst.n)]
    chosen, sizes = windows_for(inst, sum(loads), wanted.more)
    if len(chosen) < 2 or inst.n < 2 * len(chosen):  # noqa: PLR2004 - nothing to part
        return [chosen[0] if chosen else inst.k] * inst.n
    flat = list(chain.from_iterable(inst.near))
    _, found = kahip.kaffpa(
        [1 + each * _WHOLE // sum(loads) for each in loads],
        [0, *accumulate(len(each) for each in inst.near)],
        [weight for _, weight in flat],
        [other for other, _ in flat],
        len(chosen),
        min(max(sum(sizes) / max(sum(loads), 1) - 1, _LEAST_SLACK), _MOST_SLACK),
        True,  # noqa: FBT003 - without words on the terminal
        wanted.seed,
        wanted.mode,
    )
    return in_order(inst, list(found), chosen)
