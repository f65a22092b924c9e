"""What is wrong, which rule says so, what to do: in Vietnamese and English, one catalogue."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources
from typing import ClassVar

import yaml


class Language(StrEnum):
    VI = "vi"
    EN = "en"


def language() -> Language:
    """Give the reader's language: SEN_LANG, else the locale's, else English."""
    for variable in ("SEN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = os.environ.get(variable, "")
        if wanted:
            return Language.VI if wanted.lower().startswith("vi") else Language.EN
    return Language.EN


@dataclass(frozen=True)
class Problem:
    """One thing that breaks one rule.

    Attributes:
        key: Id of the message in `stacks/messages/*.yaml`.
        thing: What is wrong, as the reader knows it: a file and a field, an agency, a tool.
        values: What the message's placeholders stand for; never a secret.
    """

    key: str
    thing: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: Language | None = None) -> str:
        """Give `thing: rule; remedy` in the reader's language."""
        message = messages()[self.key][lang or language()]
        values = {"thing": self.thing, **self.values}
        rule, remedy = (message[part].format_map(values) for part in ("rule", "remedy"))
        return f"{self.thing}: {rule}; {remedy}"

    def both(self) -> str:
        """Give it in both languages, for what everybody reads: `Vietnamese / English`."""
        return both(self)


APART = " / "


def both(*problems: Problem) -> str:
    """Give problems in both languages, first all in Vietnamese."""
    return APART.join("; ".join(each.text(lang) for each in problems) for lang in Language)


def half(text: str, lang: Language) -> str:
    """Give the reader's half of `Vietnamese / English`; what is in one language stays whole.

    What stands in both halves, a name or a diagnosis, may itself hold a slash between blanks.
    """
    parts = text.split(APART)
    if len(parts) % 2:
        return text
    middle = len(parts) // 2
    return APART.join(parts[:middle] if lang is Language.VI else parts[middle:])


class ProblemError(Exception):
    """The input breaks rules; every broken one is listed."""

    exit_code: ClassVar[int] = 2

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(problem.text() for problem in self.problems)


@functools.cache
def messages() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Read the catalogue: key → language → {rule, remedy}; a key stands in one file only."""
    catalogue: dict[str, Mapping[str, Mapping[str, str]]] = {}
    for file in resources.files("stacks.messages").iterdir():
        if file.name.endswith(".yaml"):
            part = yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)
            twice = sorted(catalogue.keys() & part.keys())
            if twice:
                raise ValueError(f"{file.name}: {twice} stand in another file too; keep one")
            catalogue |= part
    return catalogue
