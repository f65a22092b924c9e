"""The controls that rules may name, as `policies/catalogue/*.csv` lists them."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from policies.scope import LEVELS
from policies.yaml_file import HERE

CATALOGUE = HERE / "catalogue"
STANDARD = "TCVN14423"
OLD_STANDARD = "TCVN11930"
ABSENT = frozenset({"", "–", "not listed"})
RANGE = re.compile(r"([1-5])[–-]([1-5])")


class Automation(StrEnum):
    """How a control can be shown: by the platform, partly, or by people's evidence."""

    PLATFORM = "P"
    PARTLY = "M"
    EVIDENCE = "E"


@dataclass(frozen=True)
class Control:
    """One control; titles are ours, clause numbers are the standard's.

    Attributes:
        instrument: `TCVN14423`, `D331`, ...: the part of the id before the slash.
        family: `AC`, `NW`, ... of the standard, `T-NET`, ... of the old one; empty for decrees
            and laws.
        clauses: Clause by level; a level at which the control is not asked for is missing.
            The clause ids are not verified against the purchased standard.
        parameter: Values by level, in words, as the source has them.
    """

    id: str
    title_vi: str
    title_en: str
    instrument: str
    family: str
    clauses: Mapping[int, str]
    parameter: str
    automation: Automation

    @property
    def levels(self) -> frozenset[int]:
        return frozenset(self.clauses)


@cache
def controls() -> dict[str, Control]:
    """Give the controls that rules may name, by id: `TCVN14423/AC-13`, `D331/CL-1`."""
    standard = (_of_standard(row) for row in _rows("tcvn-14423-2026.csv"))
    decrees = (_of_decree(row) for row in _rows("decrees-2026.csv"))
    return {each.id: each for each in (*standard, *decrees)}


@cache
def old_controls() -> dict[str, Control]:
    """Give the groups of requirements of the superseded standard: `TCVN11930/T-NET-LOG`.

    Rules do not name them; `policies.catalogue.equivalents` leads from one standard to the other.
    """
    rows = (_of_old_standard(row) for row in _rows("tcvn-11930-2017.csv"))
    return {each.id: each for each in rows}


def _of_old_standard(row: Mapping[str, str]) -> Control:
    return Control(
        id=f"{OLD_STANDARD}/{row['id']}",
        title_vi=row["title_vi"],
        title_en=row["title_en"].removeprefix("– ").capitalize(),
        instrument=OLD_STANDARD,
        family="-".join(row["id"].split("-")[:2]),
        clauses=_clauses(row),
        parameter="",
        automation=Automation(row["automation"]),
    )


def _of_standard(row: Mapping[str, str]) -> Control:
    return Control(
        id=f"{STANDARD}/{row['id']}",
        title_vi=row["title_vi"],
        title_en=row["title_en"],
        instrument=STANDARD,
        family=row["family"],
        clauses=_clauses(row),
        parameter=row["parameter"],
        automation=Automation(row["automation"]),
    )


def _clauses(row: Mapping[str, str]) -> dict[int, str]:
    every = {level: row[f"clause_l{level}"] for level in LEVELS}
    return {level: each for level, each in every.items() if each not in ABSENT}


def _of_decree(row: Mapping[str, str]) -> Control:
    name = row["id"].replace("-", "/", 1)
    return Control(
        id=name,
        title_vi=row["title_vi"],
        title_en=row["title_en"],
        instrument=name.partition("/")[0],
        family="",
        clauses=dict.fromkeys(_levels(row["levels"]), row["clause"]),
        parameter=row["parameter"],
        automation=Automation(row["automation"]),
    )


def _levels(text: str) -> tuple[int, ...]:
    """Read `3,4 / 5` and `1–5`; words such as `service` mean every level."""
    first_and_last = RANGE.fullmatch(text)
    if first_and_last:
        return tuple(range(int(first_and_last[1]), int(first_and_last[2]) + 1))
    return tuple(int(each) for each in re.findall(r"[1-5]", text)) or LEVELS


def _rows(name: str) -> list[dict[str, str]]:
    with (CATALOGUE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
