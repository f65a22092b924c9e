"""What a database's old text was found to be, as it is kept in the chain of evidence."""

from __future__ import annotations

from collections import Counter

from pydantic import TypeAdapter

from playbooks.migration.mariadb import memory
from playbooks.migration.mariadb.move import MariadbToPostgres
from sen.evidence.record import Record
from sen.migration.finding import Text
from sen.migration.said import said

ACT = "migration.text"
NAMED = 50
_TEXT = TypeAdapter(Text)


def seen(part: MariadbToPostgres) -> dict[str, object] | None:
    """Ask what the part remembers: columns with their encoding, rows in doubt; never a value.

    Gives None where it remembers nothing: before the filling, and after the end.
    """
    if not memory.made(part.target):
        return None
    readings, aside = memory.readings(part.target), memory.aside(part.target)
    every = [(t, c, each) for t, columns in readings.items() for c, each in columns.items()]
    rows = {name: sum(each.rows for each in memory.known(part.target, name)) for name in readings}
    return {
        "part": part.name,
        "plain": sum(1 for _, _, each in every if each.as_it_stands or each.encoding == "flag"),
        "columns": [
            {
                "table": table,
                "column": column,
                "encoding": each.encoding,
                "confidence": round(each.confidence * 1000),
                "reason": each.reason,
                "rows": rows[table],
            }
            for table, column, each in every
            if not each.as_it_stands and each.encoding != "flag"
        ],
        "doubts": dict(Counter(each.kind for each in aside)),
        "named": [
            {"kind": each.kind, "about": each.about, "reason": each.reason}
            for each in aside[:NAMED]
        ],
    }


def told(record: Record) -> Text:
    """Read what was kept.

    Raises:
        ProblemError: The record does not have the shape.
    """
    return said(_TEXT, record)
