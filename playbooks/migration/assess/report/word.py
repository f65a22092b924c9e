"""Words of the pages, in both languages."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from html import escape
from importlib import resources

import yaml


@functools.cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Read `words.yaml`: key → language → word."""
    text = resources.files(__package__).joinpath("words.yaml").read_text("utf-8")
    found: Mapping[str, Mapping[str, str]] = yaml.load(text, yaml.CSafeLoader)
    return found


def both(key: str) -> str:
    """Give a word as HTML, Vietnamese first, English second."""
    return pair(words()[key]["vi"], words()[key]["en"])


def pair(vi: str, en: str) -> str:
    return f'{escape(vi)} <span lang="en">{escape(en)}</span>'


def plain(key: str) -> str:
    """Give a word as text: `vi / en`."""
    return f"{words()[key]['vi']} / {words()[key]['en']}"
