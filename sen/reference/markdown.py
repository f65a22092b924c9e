"""Markdown out of words and rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GENERATED = "<!-- Written from the code by `make generate`; do not edit. -->"


def page(title: str, *parts: str) -> str:
    """Give a page; empty parts are left out."""
    return "\n\n".join((GENERATED, f"# {title}", *filter(None, parts))) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Give a table; a bar inside a cell would end it."""
    lines = (header, ["---"] * len(header), *rows)
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def code(word: object) -> str:
    return f"`{word}`"


def listed(words: Iterable[object]) -> str:
    return ", ".join(map(code, words))


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")
