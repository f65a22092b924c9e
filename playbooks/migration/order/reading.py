"""Reads a wave's order; every problem of the file is told at once."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from playbooks.migration.order.model import WaveOrder
from stacks.models.document import read
from stacks.problem import Problem, ProblemError


def read_order(path: Path) -> WaveOrder:
    """Read one order from a YAML file.

    Raises:
        ProblemError: The file cannot be read, is not YAML, or is no order.
    """
    documents = read(path).documents()
    if len(documents) != 1:
        raise ProblemError(Problem("order-not-one", str(path), {"count": len(documents)}))
    try:
        return WaveOrder.model_validate(documents[0])
    except ValidationError as error:
        raise ProblemError(*(_problem(path, each) for each in error.errors())) from None


def _problem(path: Path, error: ErrorDetails) -> Problem:
    place = f"{path}: {'.'.join(map(str, error['loc'])) or 'wave'}"
    if error["type"].startswith("order-"):
        return Problem(error["type"], place, error["ctx"])
    return Problem("order-bad", place, {"reason": error["msg"].removeprefix("Value error, ")})
