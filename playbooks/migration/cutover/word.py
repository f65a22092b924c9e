"""Why gates are closed, in the reader's language."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources

import yaml

from stacks.problem import language


@functools.cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Read `words.yaml`: key → language → sentence."""
    text = resources.files(__package__).joinpath("words.yaml").read_text("utf-8")
    found: Mapping[str, Mapping[str, str]] = yaml.load(text, yaml.CSafeLoader)
    return found


def say(key: str, **values: object) -> str:
    """Give a sentence with its values filled in."""
    return sentences()[key][language()].format_map(values)
