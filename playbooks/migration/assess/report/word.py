"""Words of the pages, in both languages."""

from __future__ import annotations

import functools
from html import escape

from stacks import wording

words = functools.partial(wording.sentences, __package__)


def both(key: str) -> str:
    """Give a word as HTML, Vietnamese first, English second."""
    return pair(words()[key]["vi"], words()[key]["en"])


def pair(vi: str, en: str) -> str:
    return f'{escape(vi)} <span lang="en">{escape(en)}</span>'


def plain(key: str) -> str:
    """Give a word as text: `vi / en`."""
    return f"{words()[key]['vi']} / {words()[key]['en']}"
