"""Until when makers support what they made; dated data beside this file."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from importlib import resources

import yaml


@functools.cache
def ends() -> Mapping[str, Mapping[str, dt.date]]:
    """Read `support.yaml`: product → beginning of a version → last day."""
    text = resources.files(__package__).joinpath("support.yaml").read_text("utf-8")
    found: Mapping[str, Mapping[str, dt.date]] = yaml.load(text, yaml.CSafeLoader)
    return found


def support_end(product: str, version: str) -> dt.date | None:
    """Give the last day of support; None where this is not known."""
    known = ends().get(product, {})
    parts = version.split(".")
    for length in range(len(parts), 0, -1):
        found = known.get(".".join(parts[:length]))
        if found:
            return found
    return None
