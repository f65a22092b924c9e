"""Lines into a table by COPY; a line that the target refuses is set aside, none is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg

from playbooks.migration.mariadb.lines import Lines, label
from playbooks.migration.mariadb.memory import Aside
from playbooks.migration.mariadb.place import Connection
from playbooks.migration.mariadb.shape import Plan

_DATA = ("22", "23", "54")  # wrong values, broken rules, too large
DELETED = "set local session_replication_role = replica"


async def load(connection: Connection, plan: Plan, lines: Lines) -> list[Aside]:
    """Write lines within the transaction that is open; give those that were refused."""
    if not lines.rows:
        return []
    try:
        async with connection.transaction():
            await _copy(connection, plan, lines.data)
    except asyncpg.PostgresError as error:
        if not str(error.sqlstate).startswith(_DATA):
            raise
        if lines.rows == 1:
            (line,) = lines.lines
            reason = f"{error.sqlstate} {error.args[0]}"
            return [Aside("refused", label(plan, line), reason, _storable(line))]
        first, second = lines.halves()
        return await load(connection, plan, first) + await load(connection, plan, second)
    return []


async def _copy(connection: Connection, plan: Plan, data: bytes) -> None:
    async def content() -> AsyncIterator[bytes]:
        yield data
        yield b"\n"

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
