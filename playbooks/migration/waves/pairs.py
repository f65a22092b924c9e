"""Which two systems can share a window at all, and how much room each one's company has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playbooks.migration.waves.instance import Instance

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Room:
    """Of one measure (GiB, number): what each system takes, in parts of the mean.

    Attributes:
        company: Of each system: what the fullest window that holds it takes, itself included.
        squares: The most that the squares of the windows' loads can sum to.
    """

    sizes: Vector
    company: Vector
    squares: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """What bounds a plan that places all of these systems, each pair looked at alone.

    Attributes:
        joined: Of each pair: what is saved when they share a window.
        never: Pairs that never share one.
        windows: How many windows there are.
    """

    joined: Matrix
    never: Mask
    rooms: tuple[Room, ...]
    windows: int


def pairs_of(inst: Instance) -> Pairs:
    """Give the pairs of all systems that some window can hold."""
    movable = [each for each in range(inst.n) if inst.windows_of[each]]
    place = {each: index for index, each in enumerate(movable)}
    joined = np.zeros((len(movable), len(movable)))
    for one in movable:
        for other, weight in inst.near[one]:
            if other in place:
                joined[place[one], place[other]] = weight
    return Pairs(joined, _never(inst, movable), _rooms(inst, movable), inst.k)


def _never(inst: Instance, movable: Sequence[int]) -> Mask:
    """Find the pairs that an order, a wish, their windows or their size keeps apart."""
    here = np.zeros((inst.n, inst.k))
    for each in movable:
        here[each, list(inst.windows_of[each])] = 1
    apart = np.asarray(here @ here.T == 0) | _too_large(inst, here)
    for each in range(inst.n):
        apart[each, list(inst.apart[each])] = True
        after = list(inst.later[each])
        seen: set[int] = set()
        while after:
            other = after.pop()
            if other not in seen:
                seen.add(other)
                apart[each, other] = apart[other, each] = True
                after += inst.later[other]
    np.fill_diagonal(apart, val=False)
    return apart[np.ix_(movable, movable)]


def _too_large(inst: Instance, here: Matrix) -> Mask:
    gib = np.array(inst.gib, dtype=np.float64)
    room = np.array(inst.gib_room, dtype=np.float64)
    most = np.max(here * room[None, :], axis=1, initial=0)
    return np.asarray(gib[:, None] + gib[None, :] > np.minimum(most[:, None], most[None, :]))


def _rooms(inst: Instance, movable: Sequence[int]) -> tuple[Room, ...]:
    sizes = ([inst.gib[each] for each in movable], [1] * len(movable))
    rooms = (inst.gib_room, inst.count_room)
    return tuple(
        _room(inst, movable, size, room)
        for size, room in zip(sizes, rooms, strict=True)
        if sum(size) > min(room, default=0)
    )


def _room(inst: Instance, movable: Sequence[int], size: list[int], room: Sequence[int]) -> Room:
    whole = sum(size)
    company = [min(whole, max(room[w] for w in inst.windows_of[each])) for each in movable]
    unit, left, squares = whole / len(size), whole, 0.0
    for each in sorted(room, reverse=True):  # unequal loads have the largest squares
        load = min(left, each)
        squares += (load / unit) ** 2
        left -= load
    return Room(np.array(size) / unit, np.array(company) / unit, squares)
