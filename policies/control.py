"""The controls that rules may name, as `policies/catalogue/*.csv` lists them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from policies.yaml_file import HERE

CATALOGUE = HERE / "catalogue"
STANDARD = "TCVN14423"


@dataclass(frozen=True)
class Control:
    """One control; titles are ours, clause numbers are the standard's."""

    id: str
    title_vi: str
    title_en: str


@cache
def controls() -> dict[str, Control]:
    """Give every control by its id: `TCVN14423/AC-13`, `D331/CL-1`."""
    standard = {f"{STANDARD}/{row['id']}": row for row in _rows("tcvn-14423-2026.csv")}
    decrees = {row["id"].replace("-", "/", 1): row for row in _rows("decrees-2026.csv")}
    return {
        name: Control(name, row["title_vi"], row["title_en"])
        for name, row in {**standard, **decrees}.items()
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (CATALOGUE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
