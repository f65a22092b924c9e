"""Files of JSON lines that end with their own count, so that a cut one is noticed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from stacks.problem import Problem, ProblemError

Line = Mapping[str, Any]


def write(handle: int, records: Iterable[Line]) -> None:
    """Write records and, last, how many there are; return when the disk has them."""
    count = 0
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        for count, record in enumerate(records, 1):  # noqa: B007 - read after the loop
            out.write(_row(record))
        out.write(_row({"end": count}))
        out.flush()
        os.fsync(out.fileno())


def read(file: Path) -> Iterator[tuple[int, Line]]:
    """Give each record with the number of its line, from 1.

    Raises:
        ProblemError: A line is no JSON object, or the end is missing or not the last.
    """
    number, ended = 0, False
    with file.open("rb") as rows:
        for number, row in enumerate(rows, 1):
            line = _parsed(row)
            if line is None or ended:
                raise ProblemError(damaged(file, number, "JSON"))
            ended = line.get("end") == number - 1
            if not ended:
                yield number, line
    if not ended:
        raise ProblemError(damaged(file, number, "EOF"))


def damaged(file: Path, number: int, reason: str) -> Problem:
    return Problem("report-damaged", f"{file.name}:{number}", {"reason": reason})


def _parsed(row: bytes) -> Line | None:
    try:
        line = json.loads(row)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _row(record: Line) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
