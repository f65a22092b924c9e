"""Changes the register's file: text is added, nothing that stands there is written anew.

Comments and order stay. What would break a rule of the register is refused before anything is
written, and a file is replaced whole or not at all.
"""

from __future__ import annotations

import os
import re
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from policies.waiver import Register, Waiver, parse
from sen.errors import RefusedError
from stacks.problem import Problem, ProblemError

NUMBERED = re.compile(r"W-(?P<year>[0-9]{4})-(?P<number>[0-9]+)")


def add(path: Path, record: dict[str, Any]) -> Waiver:
    """Add a waiver to the register.

    Raises:
        ProblemError: It breaks a rule of the register, or the register is broken already.
    """
    before, text = _read(path)
    added = yaml.safe_dump([record], allow_unicode=True, sort_keys=False, width=100)
    after = f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{added}"
    found = parse(after, path.name)
    if found.waivers[:-1] != before.waivers:
        raise ProblemError(Problem("waiver-not-appended", path.name))
    _write(path, after)
    return found.waivers[-1]


def expire(path: Path, name: str, day: date) -> Waiver:
    """End a waiver from this day on; its record stays, and says so.

    Raises:
        RefusedError: There is no such waiver, or it has ended.
    """
    before, text = _read(path)
    one = next((each for each in before.waivers if each.id == name), None)
    if one is None:
        raise RefusedError(Problem("waiver-not-there", name))
    if one.ended is not None or one.last < day:
        raise RefusedError(Problem("waiver-over", name, {"last": one.last}))
    after = _with_end(text, before.waivers.index(one), day)
    ended = one.model_copy(update={"ended": day})
    wanted = tuple(ended if each is one else each for each in before.waivers)
    if parse(after, path.name).waivers != wanted:
        raise ProblemError(Problem("waiver-not-appended", path.name))
    _write(path, after)
    return ended


def next_id(register: Register, day: date) -> str:
    """Give the first free id of the year: `W-2026-001`."""
    found = (NUMBERED.fullmatch(each.id) for each in register.waivers)
    taken = [int(each["number"]) for each in found if each and int(each["year"]) == day.year]
    return f"W-{day.year}-{max(taken, default=0) + 1:03}"


def _with_end(text: str, index: int, day: date) -> str:
    """Put `ended` behind the `end` of a record, in the style in which the record is written."""
    register: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    record = register.value[index]
    key, value = next(pair for pair in record.value if pair[0].value == "end")
    at: int = value.end_mark.index
    if record.flow_style:
        return f"{text[:at]}, ended: {day}{text[at:]}"
    line_end = text.find("\n", at)
    at = len(text) if line_end < 0 else line_end
    return f"{text[:at]}\n{' ' * key.start_mark.column}ended: {day}{text[at:]}"


def _read(path: Path) -> tuple[Register, str]:
    try:
        text = path.read_text("utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        reason = {"reason": type(error).__name__}
        raise ProblemError(Problem("waiver-unreadable", path.name, reason)) from None
    return parse(text, path.name), text


def _write(path: Path, text: str) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(made).chmod(mode)
        Path(made).replace(path)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
