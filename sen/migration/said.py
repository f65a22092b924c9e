"""Reads what a record of the chain says: who may write the file may write anything into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from sen.evidence.record import Record
from stacks.problem import Problem, ProblemError

One = TypeVar("One")


@dataclass(frozen=True)
class Agreed:
    """Data of a person's word on an order."""

    document: str


@dataclass(frozen=True)
class Withdrawn:
    """Data of a word that was taken back."""

    reason: str


@dataclass(frozen=True)
class Rehearsed:
    """Data of a rehearsal."""

    system: str
    passed: bool
    downtime_ms: int
    tenant: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Hardened:
    """Data of a host that was brought to its level."""

    level: int
    before: int
    after: int | None
    remaining: tuple[str, ...]


AGREED, WITHDRAWN = TypeAdapter(Agreed), TypeAdapter(Withdrawn)
REHEARSED, HARDENED = TypeAdapter(Rehearsed), TypeAdapter(Hardened)


def said(shape: TypeAdapter[One], record: Record, part: object = None) -> One:
    """Give the data of a record, or a part of them, in the shape that they must have.

    Raises:
        ProblemError: They have another.
    """
    try:
        return shape.validate_python(record.data if part is None else part)
    except ValidationError:
        raise ProblemError(Problem("evidence-broken", f"chain:{record.sequence}")) from None
