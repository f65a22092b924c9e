"""Whether what a backup held is all that there is to lose."""

from __future__ import annotations

from collections.abc import Mapping

from stacks.problem import Problem, ProblemError

MOST_NAMED = 5


def complete(thing: str, live: Mapping[str, bool], held: Mapping[str, bool]) -> dict[str, object]:
    """Compare tables by name and by whether they hold rows: rows themselves change all the time.

    Args:
        thing: The backup, as a person knows it.
        live: Tables of the database in use, and whether each holds a row.
        held: The same of what was restored.

    Raises:
        ProblemError: The backup lacks a table, or all rows of one.
    """
    lost = sorted(name for name, full in live.items() if full and not held.get(name))
    lost += sorted(name for name, full in live.items() if not full and name not in held)
    if lost or not held:
        named = ", ".join(lost[:MOST_NAMED]) or "-"
        given = {"count": len(lost), "tables": named}
        raise ProblemError(Problem("backup-incomplete", thing, given))
    return {"tables": len(held), "with_rows": sum(held.values())}
