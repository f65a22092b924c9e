"""Default values in PostgreSQL's words; what has none there is left out."""

from __future__ import annotations

import re

from playbooks.migration.mariadb.shape import Field
from playbooks.migration.postgres.place import literal

_NUMBER = re.compile(r"'?(-?\d+(?:\.\d+)?)'?")
_QUOTED = re.compile(r"'(.*)'", re.DOTALL)
_BITS = re.compile(r"b'([01]+)'")
_NOW = re.compile(r"(current_timestamp|now|localtimestamp)(\(\d*\))?", re.IGNORECASE)
_DAY = re.compile(r"'?(\d{4}-\d\d-\d\d(?: [\d:.]+)?)'?")


def of(field: Field) -> str | None:
    """Give a column's default; None where there is none, or none that the target knows."""
    said = field.column.default
    if said is None or field.column.generated:
        return None
    if field.way in {"day", "moment", "zoned"}:
        return _moment(said)
    if field.way == "flag":
        number = (_BITS if field.column.kind == "bit" else _NUMBER).fullmatch(said)
        return None if number is None else str(number[1] != "0").lower()
    if field.way in {"number", "double"}:
        number = _NUMBER.fullmatch(said)
        return None if number is None else number[1]
    if field.way == "text" and (text := _QUOTED.fullmatch(said)) and said.isascii():
        return literal(text[1].replace("''", "'").replace("\\\\", "\\"))
    return None


def _moment(said: str) -> str | None:
    if _NOW.fullmatch(said):
        return "current_timestamp"
    day = _DAY.fullmatch(said)
    return literal(day[1]) if day and "-00" not in day[1] else None
