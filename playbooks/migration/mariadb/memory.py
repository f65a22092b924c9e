"""What a move remembers, on the target in the same transactions as the rows.

A killed run thus never believes a chunk to be there that is not. The schema goes with `finish`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from playbooks.migration.mariadb.log import Position
from playbooks.migration.mariadb.place import Connection
from playbooks.migration.mariadb.read import Span
from playbooks.migration.mariadb.text import Reading, stored
from playbooks.migration.postgres.place import PostgresPlace, literal
from playbooks.migration.postgres.schema import MARKS

_MADE = (
    f"create schema if not exists {MARKS}",
    (
        f"create table if not exists {MARKS}.span (name text, low numeric, high numeric, page int,"
        " rows bigint, digest text, seen text, primary key (name, low))"
    ),
    (
        f"create table if not exists {MARKS}.aside (name text, low numeric, kind text, about text,"
        " reason text, line text)"
    ),
    (
        f"create table if not exists {MARKS}.reading (name text, col text, encoding text,"
        " confidence float8, reason text, codec text, exceptions jsonb, primary key (name, col))"
    ),
)
_POSITION = f"{MARKS}.position"
_KEEP = f"""
  insert into {MARKS}.span (name, low, high, page, rows, digest) values ($1, $2, $3, $4, $5, $6)
  on conflict (name, low) do update set high = excluded.high, page = excluded.page,
    rows = excluded.rows, digest = excluded.digest, seen = null
"""  # noqa: S608 - a name of ours


@dataclass(frozen=True)
class Known:
    """A chunk that was copied.

    Attributes:
        digest: Of the source's bytes; empty where it must be copied again.
        seen: The target's hash at the switch; None before.
    """

    span: Span
    rows: int
    digest: str
    seen: str | None


@dataclass(frozen=True)
class Aside:
    """A row that needs a person.

    Attributes:
        kind: `refused` (it is not in the table), `text` (it is, and its letters are in doubt),
            `duplicate` (it is, and an index is missing), `letters` (the old encoding lacks some).
        line: The row as COPY writes it, where it is not in the table.
    """

    kind: str
    about: str
    reason: str
    line: str | None = None


def make(target: PostgresPlace) -> None:
    target.tell(*_MADE)


def made(target: PostgresPlace) -> bool:
    return bool(target.value("select to_regclass($1) is not null", f"{MARKS}.reading"))


async def remember(connection: Connection, name: str, span: Span, rows: int, digest: str) -> None:
    low, page = (span.page[0], span.page[1]) if span.page else (span.low, None)
    await connection.execute(_KEEP, name, low, span.high, page, rows, digest)


async def forget(connection: Connection, name: str, spans: Iterable[Span] | None = None) -> None:
    """Forget chunks and what was set aside of them; all of the table where none is named."""
    for what in ("span", "aside"):
        words = f"delete from {MARKS}.{what} where name = $1"  # noqa: S608
        if spans is None:
            await connection.execute(words, name)
        else:
            lows = [each.low for each in spans]
            await connection.execute(f"{words} and low = any($2::numeric[])", name, lows)


async def set_aside(connection: Connection, name: str, low: int, rows: Sequence[Aside]) -> None:
    if not rows:
        return
    await connection.executemany(
        f"insert into {MARKS}.aside values ($1, $2, $3, $4, $5, $6)",  # noqa: S608
        [(name, low, each.kind, each.about, each.reason, each.line) for each in rows],
    )


def known(target: PostgresPlace, name: str) -> list[Known]:
    """Give the chunks of a table that were copied, in order."""
    rows = target.ask(
        f"select low, high, page, rows, digest, seen from {MARKS}.span where name = $1 order by low",  # noqa: S608, E501
        name,
    )
    return [_known(row) for row in rows]


def copied(target: PostgresPlace) -> set[str]:
    """Name the tables that were copied to the end, also those without rows."""
    rows = target.ask(
        f"select name from {MARKS}.span group by name"  # noqa: S608
        " having bool_or(page is not null or high is null)"
    )
    return {row[0] for row in rows}


def aside(target: PostgresPlace, kinds: Sequence[str] | None = None) -> list[Aside]:
    """Give what was set aside, of some kinds or of all."""
    rows = target.ask(
        f"select kind, about, reason, line from {MARKS}.aside"  # noqa: S608
        " where $1::text[] is null or kind = any($1) order by name, low, about",
        list(kinds) if kinds is not None else None,
    )
    return [Aside(*row) for row in rows]


def keep_readings(target: PostgresPlace, name: str, readings: Mapping[str, Reading]) -> None:
    """Remember how each column is read: the first word stands, so that a run goes on alike."""
    rows = [
        (
            name,
            column,
            each.encoding,
            each.confidence,
            each.reason,
            each.codec,
            json.dumps(each.exceptions_as_text()),
        )
        for column, each in readings.items()
    ]

    async def kept() -> None:
        async with target.connected() as connection:
            await connection.executemany(
                f"insert into {MARKS}.reading values ($1, $2, $3, $4, $5, $6, $7::jsonb)"  # noqa: S608
                " on conflict do nothing",
                rows,
            )

    asyncio.run(kept())


def readings(target: PostgresPlace) -> dict[str, dict[str, Reading]]:
    """Give how columns are read, by table and column of the source."""
    found: dict[str, dict[str, Reading]] = {}
    for row in target.ask(f"select * from {MARKS}.reading"):  # noqa: S608
        said = json.loads(row["exceptions"])
        reading = stored(row["encoding"], row["confidence"], row["reason"], row["codec"], said)
        found.setdefault(row["name"], {})[row["col"]] = reading
    return found


def _known(row: Connection) -> Known:
    low = int(row["low"])
    high = None if row["high"] is None else int(row["high"])
    span = Span(page=(low, row["page"])) if row["page"] is not None else Span(low, high)
    return Known(span, row["rows"], row["digest"], row["seen"])


def keep_position(target: PostgresPlace, position: Position | None) -> None:
    """Remember from where in the source's log the next pass reads; None: it hashes instead."""
    kept = []
    if position is not None:
        values = f"{literal(position.file)}, {position.at}, {literal(position.gtid)}"
        kept = [f"insert into {_POSITION} values ({values})"]  # noqa: S608
    target.tell(
        f"create table if not exists {_POSITION} (file text, at bigint, gtid text)",
        f"delete from {_POSITION}",  # noqa: S608
        *kept,
    )


def position(target: PostgresPlace) -> Position | None:
    """Give from where in the source's log the next pass reads; None where it must hash."""
    if not target.value("select to_regclass($1) is not null", _POSITION):
        return None
    rows = target.ask(f"select file, at, gtid from {_POSITION}")  # noqa: S608
    return Position(*rows[0]) if rows else None


async def set_changed(connection: Connection, name: str, lows: Iterable[int]) -> None:
    """Remember of chunks that rows in them were replaced: neither end's hash holds any more."""
    await connection.execute(
        f"update {MARKS}.span set digest = '', seen = null"  # noqa: S608
        " where name = $1 and low = any($2::numeric[])",
        name,
        list(lows),
    )


def lows_aside(target: PostgresPlace, name: str) -> dict[int, bool]:
    """Give the chunks of a table of which rows were set aside; true where any is not there."""
    rows = target.ask(
        f"select low, bool_or(kind = 'refused') from {MARKS}.aside where name = $1"  # noqa: S608
        " and kind in ('refused', 'text') group by low",
        name,
    )
    return {int(row[0]): row[1] for row in rows}


async def replace_duplicates(target: PostgresPlace, name: str, rows: Sequence[Aside]) -> None:
    """Keep the rows that share a unique value now, instead of those that did before."""
    async with target.connected() as connection, connection.transaction():
        await connection.execute(
            f"delete from {MARKS}.aside where name = $1 and kind = 'duplicate'",  # noqa: S608
            name,
        )
        await set_aside(connection, name, 0, rows)
