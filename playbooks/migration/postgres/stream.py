"""Rows from one server to another as the servers write them: whole buffers, nothing decoded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playbooks.migration.postgres.place import PostgresPlace

# Buffers that may stand between reader and writer.
WAITING = 8
# Binary is half the work. It is left to types whose bytes mean the same on every server: those
# that PostgreSQL brings along, but for names of objects, which travel as numbers; and enums.
_TABLES = """
  select format('%I.%I', n.nspname, c.relname) as name, pg_table_size(c.oid) as size,
    not exists (
      select from pg_attribute a join pg_type y on y.oid = a.atttypid
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and y.typtype <> 'e'
        and (y.oid >= 16384 or y.typname ~ '^_?reg' or y.typsend = 0 or y.typreceive = 0)
    ) as plain
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence::text = $1
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
  order by 2 desc, 1
"""
LOGGED, UNLOGGED = "p", "u"


@dataclass(frozen=True)
class Rows:
    """The rows of a table.

    Attributes:
        name: `schema.table`, each quoted where it must be.
        size: Bytes on the source.
        format: `binary` or `text`, as COPY says.
    """

    name: str
    size: int
    format: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Rows:
        return cls(row["name"], row["size"], "binary" if row["plain"] else "text")


async def tables(old: Any, persistence: str) -> list[Rows]:  # noqa: ANN401 - asyncpg has no types
    """Give the tables that hold rows, the largest first."""
    return [Rows.of(row) for row in await old.fetch(_TABLES, persistence)]


def copy_unlogged(source: PostgresPlace, target: PostgresPlace) -> int:
    """Copy the tables that have no log to be replicated from; give their number."""

    async def copied() -> int:
        async with source.connected() as old, target.connected() as new:
            found = await tables(old, UNLOGGED)
            for each in found:
                async with new.transaction():
                    await new.execute(f"truncate {each.name}")
                    await stream(old, new, each)
            return len(found)

    return asyncio.run(copied())


async def stream(
    old: Any,  # noqa: ANN401
    new: Any,  # noqa: ANN401
    rows: Rows,
    *,
    told: Callable[[int], None] = lambda _bytes: None,
    frozen: bool = False,
) -> None:
    """Copy all rows of a table.

    Args:
        old: Connection to the source.
        new: Connection to the target.
        rows: Of which table, and how.
        told: Is called with the bytes of each buffer; the next one waits until it returns.
        frozen: Whether nobody has to clean up behind; the table was emptied in the transaction.
    """
    queue: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
    reading = asyncio.create_task(_read(old, rows, queue))
    options = f"format {rows.format}{', freeze' if frozen else ''}"
    words = f"copy {rows.name} from stdin ({options})"
    try:
        # asyncpg's own copy_to_table does not know the option.
        await new._copy_in(words, _chunks(queue, told), None)  # noqa: SLF001
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    if not reading.cancelled() and (error := reading.exception()):
        raise error


async def _read(old: Any, rows: Rows, queue: asyncio.Queue[bytes]) -> None:  # noqa: ANN401
    words = f"copy {rows.name} to stdout (format {rows.format})"
    try:
        await old._copy_out(words, queue.put, None)  # noqa: SLF001 - as above: a name quoted already
    finally:
        await queue.put(b"")


async def _chunks(queue: asyncio.Queue[bytes], told: Callable[[int], None]) -> AsyncIterator[bytes]:
    while chunk := await queue.get():
        told(len(chunk))
        yield chunk
