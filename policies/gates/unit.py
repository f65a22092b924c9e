"""What one worker is given at a time: a YAML document that is still text, or some JSON objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from policies.gates.manifest import Document, documents
from policies.gates.objects import Thing, objects_in, of_json, opened
from stacks.problem import Problem, ProblemError

# JSON lists are cut into parts of so many objects.
PART = 200


@dataclass(frozen=True)
class Unit:
    document: Document
    things: tuple[Thing, ...] | None = field(default=None, repr=False)

    @property
    def size(self) -> int:
        """Give about how much work it is, in letters of YAML."""
        return len(self.document.text) or 1000 * len(self.things or ())

    def objects(self) -> tuple[Thing, ...]:
        """Read the objects.

        Raises:
            ProblemError: The document cannot be read.
        """
        return objects_in(self.document) if self.things is None else self.things


def units(file: str, text: str, problems: list[Problem]) -> Iterator[Unit]:
    """Cut a text into units; JSON that is broken is added to the problems."""
    if not _is_json(file, text):
        yield from map(Unit, documents(file, text))
        return
    try:
        for document, read in of_json(file, text):
            yield from _parts(document, read, problems)
    except ProblemError as error:
        problems += error.problems


def _is_json(file: str, text: str) -> bool:
    """Say whether it looks like JSON; YAML may begin with a brace too."""
    if file.endswith(".json"):
        return True
    head = text.lstrip()[:200]
    return head[:1] in {"{", "["} and head[1:].lstrip()[:1] in {'"', "{", "}", "]"}


def _parts(document: Document, read: object, problems: list[Problem]) -> Iterator[Unit]:
    try:
        things = tuple(opened(document, read))
    except ProblemError as error:
        problems += error.problems
        return
    for start in range(0, len(things), PART):
        yield Unit(document, things[start : start + PART])
