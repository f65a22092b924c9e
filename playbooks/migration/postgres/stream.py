"""Rows from one server to another as the servers write them: whole buffers, nothing decoded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from playbooks.migration.postgres.inspect import unlogged
from playbooks.migration.postgres.place import PostgresPlace

# Buffers that may stand between reader and writer.
WAITING = 8


def copy_unlogged(source: PostgresPlace, target: PostgresPlace) -> int:
    """Copy the tables that have no log to be replicated from; give their number."""

    async def copied(names: list[str]) -> None:
        async with source.connected() as old, target.connected() as new:
            for name in names:
                async with new.transaction():
                    await new.execute(f"truncate {name}")
                    await stream(old, new, name)

    names = unlogged(source)
    asyncio.run(copied(names))
    return len(names)


async def stream(old: Any, new: Any, name: str) -> None:  # noqa: ANN401 - asyncpg has no types
    """Copy all rows of a table.

    Args:
        old: Connection to the source.
        new: Connection to the target.
        name: `schema.table`, each quoted where it must be.
    """
    queue: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
    reading = asyncio.create_task(_read(old, name, queue))
    try:
        schema, table = _parts(name)
        await new.copy_to_table(table, schema_name=schema, source=_chunks(queue), format="binary")
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    if not reading.cancelled() and (error := reading.exception()):
        raise error


async def _read(old: Any, name: str, queue: asyncio.Queue[bytes]) -> None:  # noqa: ANN401
    try:
        await old.copy_from_query(f"table {name}", output=queue.put, format="binary")
    finally:
        await queue.put(b"")


async def _chunks(queue: asyncio.Queue[bytes]) -> AsyncIterator[bytes]:
    while chunk := await queue.get():
        yield chunk


def _parts(name: str) -> tuple[str, str]:
    """Take apart what format('%I.%I') put together."""
    inside, parts = False, [""]
    for letter in name:
        if letter == '"':
            inside = not inside
        if letter == "." and not inside:
            parts.append("")
        else:
            parts[-1] += letter
    schema, table = (
        part[1:-1].replace('""', '"') if part.startswith('"') else part for part in parts
    )
    return schema, table
