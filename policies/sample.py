"""Samples: whole objects beside each rule that it must pass or must refuse."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from policies.changed import changed
from policies.rule import RULES, reasons
from policies.subject import Subject
from policies.text import Closed
from policies.yaml_file import HERE, read
from stacks.problem import Problem, ProblemError

BASES = HERE / "bases"
# A day counted from today: rules about dates have no fixed good answer.
DAY = re.compile(r"\{\{days:(-?[0-9]{1,5})\}\}")


class Document(Closed):
    """One sample: an object, or a good one with something set otherwise.

    Attributes:
        base: Name of a file under `bases/`; every object there passes every rule.
        set: Values by path (`spec.containers[0].image`, `metadata.labels["sen.gov.vn/level"]`);
            null takes away, the index after the last one adds.
    """

    object: dict[str, Any] | None = None
    base: str | None = None
    set: dict[str, Any] = Field(default_factory=dict)
    level: int = Field(default=5, ge=1, le=5)
    context: tuple[dict[str, Any], ...] = ()
    others: tuple[dict[str, Any], ...] = ()


class Listed(Closed):
    """What `samples.yaml` holds: samples by name, and what they have in common."""

    base: str | None = None
    level: int = Field(default=5, ge=1, le=5)
    good: dict[str, Document] = Field(alias="pass", default_factory=dict)
    bad: dict[str, Document] = Field(alias="fail", default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """One sample.

    Attributes:
        passes: What the rule must say; the file's name says it too.
        level: Level of the namespace that the object is put into.
        context: Objects of that namespace that context rules look at.
        others: Objects that rules with `among` look at.
    """

    rule: str
    name: str
    passes: bool
    thing: Mapping[str, Any]
    level: int = 5
    context: tuple[Mapping[str, Any], ...] = ()
    others: tuple[Mapping[str, Any], ...] = ()

    @property
    def subject(self) -> Subject:
        return Subject(self.thing, self.level, self.context, self.others)


def samples_of(rule: str, today: date | None = None) -> tuple[Sample, ...]:
    """Read the samples of a rule: `samples.yaml`, and one file each for whole objects.

    Raises:
        ProblemError: A file holds something else.
    """
    folder, day = RULES / rule, today or datetime.now(UTC).date()
    found = sorted(path for each in ("pass", "fail") for path in folder.glob(f"{each}-*.yaml"))
    listed = load_listed(folder / "samples.yaml", day) if (folder / "samples.yaml").exists() else ()
    return (*listed, *(load(path, day) for path in found))


def load(path: Path, today: date) -> Sample:
    """Read one sample file: a bare object, or a `Document`."""
    document = _document(path, today)
    bare = not isinstance(document, dict) or not document.keys() & {"object", "base"}
    try:
        given = Document.model_validate({"object": document} if bare else document)
        return _sample(path.parent.name, path.stem, given)
    except (ValidationError, ValueError) as error:
        raise ProblemError(_bad(path, error)) from None


def load_listed(path: Path, today: date) -> tuple[Sample, ...]:
    """Read `samples.yaml`."""
    try:
        listed = Listed.model_validate(_document(path, today))
        common = {"base": listed.base, "level": listed.level}
        return tuple(
            _sample(path.parent.name, f"{verdict}-{name}", _with(common, each))
            for verdict, group in (("pass", listed.good), ("fail", listed.bad))
            for name, each in group.items()
        )
    except (ValidationError, ValueError) as error:
        raise ProblemError(_bad(path, error)) from None


def _with(common: Mapping[str, Any], document: Document) -> Document:
    wanted = {key: each for key, each in common.items() if key not in document.model_fields_set}
    return document.model_copy(update=wanted)


def _sample(rule: str, name: str, given: Document) -> Sample:
    return Sample(
        rule=rule,
        name=name,
        passes=name.startswith("pass-"),
        thing=_thing(given),
        level=given.level,
        context=given.context,
        others=given.others,
    )


def _thing(given: Document) -> Mapping[str, Any]:
    if given.object is not None:
        return changed(given.object, given.set)
    if given.base is None:
        raise ValueError("neither object nor base")
    return changed(base(given.base), given.set)


@cache
def base(name: str) -> Mapping[str, Any]:
    """Read a good object of `bases/`."""
    path = BASES / f"{name}.yaml"
    if not path.exists():
        raise ValueError(f"no such base: {name}")
    found = read(path, _dated(path, datetime.now(UTC).date()))
    if not isinstance(found, dict):
        raise TypeError(f"bases/{name}.yaml is no object")
    return found


def _document(path: Path, today: date) -> Any:  # noqa: ANN401 - whatever the file holds
    return read(path, _dated(path, today))


def _dated(path: Path, today: date) -> str:
    return DAY.sub(lambda found: _day(today, found[1]), path.read_text("utf-8"))


def _day(today: date, shift: str) -> str:
    return (today + timedelta(days=int(shift))).isoformat()


def _bad(path: Path, error: ValueError) -> Problem:
    reason = reasons(error) if isinstance(error, ValidationError) else str(error)
    return Problem("policy-bad-sample", f"{path.parent.name}/{path.name}", {"reason": reason})
