"""The reports' own words, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml

from stacks.problem import Language


def phrase(key: str, language: Language, **values: object) -> str:
    """Give a phrase with its places filled."""
    return _phrases()[key][language.value].format_map(values)


@cache
def _phrases() -> Mapping[str, Mapping[str, str]]:
    file = resources.files("sen.findings") / "phrases.yaml"
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(file.read_text("utf-8"))
    return found
