"""Words of made-up columns: names, streets, offices, notes; places are those of the platform."""

from __future__ import annotations

import functools
from pathlib import Path

from stacks.models.census import rows

PLAIN = str.maketrans("’–", "'-")
FORM = "list"


@functools.cache
def _lists() -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for line in Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines()[1:]:
        if line.endswith(":"):
            found.setdefault(line[:-1], []).append([])
            name = line[:-1]
        else:
            found[name][-1] += line.split("|")
    return found


def words(name: str) -> list[str]:
    """Give a list of the file."""
    return _lists()[name][0]


def forms() -> list[list[str]]:
    """Give the closed lists of forms."""
    return _lists()[FORM]


@functools.cache
def places() -> list[tuple[str, str, str]]:
    """Give communes: kind, name, province."""
    provinces = {row["code"]: row["name"] for row in rows("provinces.csv")}
    kinds = {"ward": "Phường", "commune": "Xã"}
    return [
        (
            kinds.get(row["kind"], "Đặc khu"),
            row["name"].translate(PLAIN),
            provinces[row["province"]],
        )
        for row in rows("communes.csv")
    ]


@functools.cache
def old_provinces() -> list[str]:
    """Give the provinces until 2025."""
    return [row["name"] for row in rows("old-provinces.csv")]
