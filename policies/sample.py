"""Samples: whole objects beside each rule that it must pass or must refuse."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from policies.rule import RULES, reasons
from policies.subject import Subject
from policies.text import Closed
from policies.yaml_file import read
from stacks.problem import Problem, ProblemError

# A day counted from today: rules about dates have no fixed good answer.
DAY = re.compile(r"\{\{days:(-?[0-9]{1,5})\}\}")


class Document(Closed):
    """What a sample file holds when it says more than the object."""

    object: dict[str, Any]
    level: int = Field(default=5, ge=1, le=5)
    context: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Sample:
    """One sample.

    Attributes:
        passes: What the rule must say; the file's name says it too.
        level: Level of the namespace that the object is put into.
        context: Objects of that namespace that context rules look at.
    """

    rule: str
    name: str
    passes: bool
    thing: Mapping[str, Any]
    level: int = 5
    context: tuple[Mapping[str, Any], ...] = ()

    @property
    def subject(self) -> Subject:
        return Subject(self.thing, self.level, self.context)


def samples_of(rule: str, today: date | None = None) -> tuple[Sample, ...]:
    """Read the samples of a rule."""
    found = sorted(
        path for each in ("pass", "fail") for path in (RULES / rule).glob(f"{each}-*.yaml")
    )
    day = today or datetime.now(UTC).date()
    return tuple(load(path, day) for path in found)


def load(path: Path, today: date) -> Sample:
    """Read one sample file: a bare object, or `{object, level, context}`.

    Raises:
        ProblemError: The file holds something else.
    """
    verdict, _, _ = path.stem.partition("-")
    document = read(path, DAY.sub(lambda found: _day(today, found[1]), path.read_text("utf-8")))
    bare = not isinstance(document, dict) or "object" not in document
    try:
        given = Document.model_validate({"object": document} if bare else document)
    except ValidationError as error:
        raise ProblemError(_bad(path, reasons(error))) from None
    return Sample(
        rule=path.parent.name,
        name=path.stem,
        passes=verdict == "pass",
        thing=given.object,
        level=given.level,
        context=given.context,
    )


def _day(today: date, shift: str) -> str:
    return (today + timedelta(days=int(shift))).isoformat()


def _bad(path: Path, reason: str) -> Problem:
    return Problem("policy-bad-sample", f"{path.parent.name}/{path.name}", {"reason": reason})
