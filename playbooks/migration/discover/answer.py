"""Takes a host's answer apart: sections by their marks, parts within them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MARK = re.compile(r"^(==[0-9a-f]{8,}==) begin who$", re.MULTILINE)


@dataclass
class Section:
    """What one section printed.

    Attributes:
        parts: Name → lines; what stands before the first part is under "".
        late: It was ended by its time limit.
        cut: It was ended by its limit of bytes.
    """

    parts: dict[str, list[str]] = field(default_factory=lambda: {"": []})
    late: bool = False
    cut: bool = True

    def lines(self, part: str = "") -> list[str]:
        return self.parts.get(part, [])

    def pairs(self, part: str = "") -> dict[str, str]:
        """Give `key<tab>value` lines; the first of a key holds."""
        found: dict[str, str] = {}
        for line in self.lines(part):
            key, tab, value = line.partition("\t")
            if tab:
                found.setdefault(key, value.strip())
        return found

    def rows(self, part: str = "", least: int = 2) -> Iterator[list[str]]:
        """Give the lines with at least so many fields between tabs."""
        split = (line.split("\t") for line in self.lines(part))
        yield from (row for row in split if len(row) >= least)


@dataclass(frozen=True)
class Answer:
    """All that a host printed.

    Attributes:
        done: It came to its end.
    """

    sections: Mapping[str, Section]
    done: bool

    def __getitem__(self, name: str) -> Section:
        return self.sections.get(name) or Section(cut=False)


def mark_of(text: str) -> str | None:
    """Find the mark of an answer that was kept in a file."""
    found = MARK.search(text)
    return found[1] if found else None


class _Reader:
    """Takes lines one by one; what stands outside a section is a talkative shell's."""

    def __init__(self) -> None:
        self.sections: dict[str, Section] = {}
        self.done = False
        self._section: Section | None = None
        self._lines: list[str] = []

    def take(self, line: str) -> None:
        if line and self._section is not None:
            self._lines.append(line)

    def act(self, act: str, name: str) -> None:
        if act == "begin":
            self._section = self.sections[name] = Section()
            self._lines = self._section.parts[""]
        elif act == "done":
            self.done = True
        elif self._section is not None:
            self._within(self._section, act, name)

    def _within(self, section: Section, act: str, name: str) -> None:
        if act == "part":
            self._lines = section.parts.setdefault(name, [])
        elif act == "late":
            section.late = True
        elif act == "whole":
            section.cut = False
        elif act == "end":
            self._section = None


def parse(text: str, mark: str) -> Answer | None:
    """Take an answer apart; None where it holds no section."""
    reader = _Reader()
    for line in text.split("\n"):
        if line.startswith(f"{mark} "):
            act, _, name = line[len(mark) + 1 :].strip().partition(" ")
            reader.act(act, name)
        else:
            reader.take(line.rstrip("\r"))
    return Answer(reader.sections, reader.done) if reader.sections else None
