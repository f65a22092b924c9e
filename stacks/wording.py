"""What packages say to people: each keeps its sentences in a `words.yaml` beside its code."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources

import yaml

from stacks.problem import language


@functools.cache
def sentences(package: str) -> Mapping[str, Mapping[str, str]]:
    """Read a package's `words.yaml`: key → language → sentence."""
    text = resources.files(package).joinpath("words.yaml").read_text("utf-8")
    found: Mapping[str, Mapping[str, str]] = yaml.load(text, yaml.CSafeLoader)
    return found


def say(package: str, key: str, **values: object) -> str:
    """Give a sentence in the reader's language, with its values filled in."""
    return sentences(package)[key][language()].format_map(values)
