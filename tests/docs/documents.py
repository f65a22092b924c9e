"""The project's documents, taken apart: their links and their fenced blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sen.paths import PROJECT

FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, and the file that the reader writes it to, if any."""

    language: str
    file: str
    text: str


def documents() -> list[Path]:
    """Give every document that people read."""
    return sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])


def blocks(document: Path) -> list[Block]:
    found = FENCE.finditer(document.read_text("utf-8"))
    split = ((each["info"].partition(" "), each["text"]) for each in found)
    return [Block(language, file, text) for (language, _, file), text in split]


def links(document: Path) -> list[str]:
    """Give the relative links of a document, outside its blocks."""
    prose = CODE.sub("", FENCE.sub("", document.read_text("utf-8")))
    found = (each["target"] for each in LINK.finditer(prose))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def headings(document: Path) -> set[str]:
    """Give the anchors of a document's headings, as GitHub makes them."""
    prose = FENCE.sub("", document.read_text("utf-8"))
    titles = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
