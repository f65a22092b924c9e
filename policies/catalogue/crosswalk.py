"""From the old standard to the new one and back, and to the chapters of Decree 331/2026."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from policies.catalogue.instrument import FOLDER
from policies.control import OLD_STANDARD, STANDARD
from policies.text import Closed, Text
from policies.yaml_file import read


class Certainty(StrEnum):
    """How well a group of the old standard fits controls of the new one.

    Attributes:
        SAME: Both speak of the same.
        PART: The new controls cover a part of it, or more.
    """

    SAME = "same"
    PART = "part"


class Place(Closed):
    """Where a control stands in Decree 331: points of Art. 30.3, 30.4, and of Art. 29.2."""

    groups: tuple[str, ...]
    parts: tuple[str, ...]


class Succession(Closed):
    """What became of a group of the old standard; ids without their instrument."""

    to: tuple[str, ...]
    certainty: Certainty
    reason: Text


class Mapping(Closed):
    parts: dict[str, Text]
    groups: dict[str, Text]
    placed: dict[str, Place]
    old: dict[str, Succession]


@cache
def mapping() -> Mapping:
    """Read `mapping.yaml`."""
    return Mapping.model_validate(read(FOLDER / "mapping.yaml"))


def equivalents(control_id: str) -> tuple[str, ...]:
    """Give the controls of the other standard that speak of the same, wholly or partly."""
    instrument, _, name = control_id.partition("/")
    if instrument == OLD_STANDARD:
        found = mapping().old.get(name)
        return tuple(f"{STANDARD}/{each}" for each in found.to) if found else ()
    if instrument != STANDARD:
        return ()
    return tuple(f"{OLD_STANDARD}/{old}" for old, each in mapping().old.items() if name in each.to)


def succession(old_control: str) -> Succession | None:
    """Give what became of a group of the old standard, how surely, and why."""
    return mapping().old.get(old_control.removeprefix(f"{OLD_STANDARD}/"))


def plan_parts(control_id: str) -> tuple[str, ...]:
    """Give the points of Decree 331 Art. 29.2 (`a` to `g`) whose part speaks of a control."""
    return _merged(control_id, "parts", tuple(mapping().parts))


def measures(control_id: str) -> tuple[str, ...]:
    """Give the points of Decree 331 Art. 30.3 and 30.4 that a control belongs to."""
    return _merged(control_id, "groups", tuple(mapping().groups))


def _merged(control_id: str, field: str, order: tuple[str, ...]) -> tuple[str, ...]:
    """Give the points of a control; a group of the old standard stands where its heirs stand."""
    heirs = equivalents(control_id) if control_id.startswith(f"{OLD_STANDARD}/") else (control_id,)
    found = {point for each in heirs for point in getattr(_place(each), field)}
    return tuple(point for point in order if point in found)


def _place(control_id: str) -> Place:
    placed = mapping().placed
    family = control_id.rpartition("-")[0]
    return placed.get(control_id) or placed.get(family) or Place(groups=(), parts=())
