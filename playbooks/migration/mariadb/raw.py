"""The old bytes beside converted text: remembered when a move ends, dropped when a person says so.

By then the old server may be gone, so the target alone says which columns they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.postgres.place import PostgresPlace, identifier, literal
from playbooks.migration.postgres.schema import MARKS

_RAW = f"{MARKS}.raw"


def remember_raw(target: PostgresPlace, plans: Sequence[Plan]) -> None:
    """Write down which columns keep bytes; to write it again changes nothing."""
    found = [(plan.where, field.raw) for plan in plans for field in plan.fields if field.raw]
    rows = ", ".join(f"({literal(where)}, {literal(column)})" for where, column in found)
    target.tell(
        f"create table if not exists {_RAW} (place text, col text, primary key (place, col))",
        *([f"insert into {_RAW} values {rows} on conflict do nothing"] if rows else []),  # noqa: S608
    )


def columns(target: PostgresPlace) -> list[tuple[str, str]] | None:
    """Give table and column of what is kept; None where nothing was written down, or no more."""
    if target.value(f"select to_regclass('{_RAW}')") is None:
        return None
    return [(row[0], row[1]) for row in target.ask(f"select place, col from {_RAW} order by 1, 2")]  # noqa: S608


def drop_raw(target: PostgresPlace) -> int:
    """Drop them, with all that the move remembered; give how many columns were kept."""
    kept = columns(target) or []
    for where, column in kept:
        target.tell(f"alter table if exists {where} drop column if exists {identifier(column)}")
    target.tell(f"drop schema if exists {MARKS} cascade")
    return len(kept)
