"""Lines into a table by COPY; a line that the target refuses is set aside, none is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import asyncpg

from playbooks.migration.mariadb.lines import label
from playbooks.migration.mariadb.memory import Aside
from playbooks.migration.mariadb.place import Connection
from playbooks.migration.mariadb.shape import Plan

_DATA = ("22", "23", "54")  # wrong values, broken rules, too large
DELETED = "set local session_replication_role = replica"


async def load(connection: Connection, plan: Plan, lines: Sequence[str]) -> list[Aside]:
    """Write lines within the transaction that is open; give those that were refused."""
    if not lines:
        return []
    try:
        async with connection.transaction():
            await _copy(connection, plan, lines)
    except asyncpg.PostgresError as error:
        if not str(error.sqlstate).startswith(_DATA):
            raise
        if len(lines) == 1:
            reason = f"{error.sqlstate} {error.args[0]}"
            return [Aside("refused", label(plan, lines[0]), reason, _storable(lines[0]))]
        half = len(lines) // 2
        first = await load(connection, plan, lines[:half])
        return first + await load(connection, plan, lines[half:])
    return []


async def _copy(connection: Connection, plan: Plan, lines: Sequence[str]) -> None:
    async def content() -> AsyncIterator[bytes]:
        yield ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")

    await connection.copy_to_table(
        plan.name,
        schema_name=plan.schema,
        columns=plan.targets(),
        source=content(),
        format="text",
    )


def _storable(line: str) -> str:
    """Give the line as a text column can hold it: NUL as a picture of it."""
    return line.replace("\0", "\u2400")
