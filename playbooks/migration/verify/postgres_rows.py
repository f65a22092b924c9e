"""Compares the rows of two PostgreSQL databases without carrying them over the network.

Each row is hashed once and counted and summed in the bucket that its hash names; only buckets that
differ are looked into, row by row. Sums of 64-bit hashes tell differences that happen, not ones
that somebody makes on purpose.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from playbooks.migration.postgres.place import PostgresPlace, identifier
from playbooks.migration.verify.difference import Check, Difference

ROWS_A_BUCKET = 20_000
# The first version whose servers hash records.
HASHES_RECORDS = 140_000
# Values of these are equal only where they are written alike, so their own hash tells all. Others
# (1.0 and 1.00, words whose case a collation leaves aside) are hashed as what is sent or written.
_EXACT = (
    "{bool,int2,int4,int8,oid,text,varchar,name,char,date,time,timestamp,timestamptz,uuid,bytea,"
    "inet,cidr,macaddr,macaddr8,bit,varbit}"
)
_HASHED = f"""
  case
    when (y.typtype = 'e' or y.oid < 16384 and y.typname = any('{_EXACT}')) and not exists (
        select from pg_collation l where l.oid = a.attcollation
          and to_jsonb(l)->>'collisdeterministic' = 'false') then format('t.%I', a.attname)
    when y.oid < 16384 and y.typtype = 'b' and y.typelem = 0 and y.typsend <> 0
      and y.typname !~ '^reg' then format('%s(t.%I)', y.typsend, a.attname)
    else format('t.%I::text collate "C"', a.attname)
  end
"""
_SHAPE = f"""
  select format('%I.%I', n.nspname, c.relname) as name, greatest(c.reltuples, 0)::bigint as rows,
    (select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum))
     from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
     where i.indrelid = c.oid and i.indisprimary) as key,
    (select array_agg({_HASHED} order by a.attnum)
     from pg_attribute a join pg_type y on y.oid = a.atttypid
     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'sen_migration')
    and n.nspname !~ '^pg_(toast|temp)'
  order by 1
"""  # noqa: S608 - words of ours


@dataclass(frozen=True)
class Table:
    """A table, and how its rows are hashed.

    Attributes:
        key: Columns of the primary key; empty where there is none: then the whole row is the key.
        buckets: A power of two.
        columns: What of each is hashed; empty where a row is hashed as its text.
    """

    name: str
    key: tuple[str, ...]
    buckets: int
    columns: tuple[str, ...] = ()

    @property
    def hashed(self) -> str:
        """Give a query of all rows with their hash `h`.

        The offset lets nobody put the hash in the place of its name, where it were made many times.
        """
        of = f"hash_record_extended(row({', '.join(self.columns)}), 0)"
        made = of if self.columns else "hashtextextended(t::text, 0)"
        return f"(select t, {made} as h from {self.name} t offset '0') x"  # noqa: S608 - quoted there

    @property
    def bucket(self) -> str:
        return f"h & {self.buckets - 1}"

    @property
    def label(self) -> str:
        """Give an expression for how a row is named to people: its key, or a hash of all of it."""
        if not self.key:
            return "md5(t::text)"
        parts = ", ".join(f"(t).{identifier(each)}" for each in self.key)
        return f"concat_ws(', ', {parts})"

    def as_on(self, other: Table) -> Table:
        """Give the table as both ends can hash it."""
        return self if self.columns == other.columns else replace(self, columns=())


def tables(place: PostgresPlace) -> dict[str, Table]:
    """Give the tables of a database by name; children of partitioned ones, not the parents."""
    whole = int(place.value("show server_version_num")) >= HASHES_RECORDS
    return {
        row["name"]: Table(
            row["name"],
            tuple(row["key"] or ()),
            _buckets(row["rows"]),
            tuple(row["columns"] or ()) if whole else (),
        )
        for row in place.ask(_SHAPE)
    }


def compare(source: PostgresPlace, target: PostgresPlace) -> list[Check]:
    """Compare all rows of all tables; both ends work at the same time."""
    old, new = tables(source), tables(target)
    checks = [
        Check.of(f"rows of {name}", 0, [Difference(name, "missing" if name in old else "extra")])
        for name in sorted(old.keys() ^ new.keys())
    ]
    both = sorted(old.keys() & new.keys())
    checks += [_compare(old[name].as_on(new[name]), source, target) for name in both]
    return checks


def _compare(table: Table, source: PostgresPlace, target: PostgresPlace) -> Check:
    words = f"select {table.bucket}, count(*), sum(h)::text from {table.hashed} group by 1"  # noqa: S608
    old, new = asyncio.run(_both(source, target, words))
    before, after = ({row[0]: tuple(row)[1:] for row in rows} for rows in (old, new))
    differing = sorted(
        each for each in before.keys() | after.keys() if before.get(each) != after.get(each)
    )
    found = _rows(table, source, target, differing) if differing else []
    looked_at = sum(row[0] for row in before.values())
    return Check.of(f"rows of {table.name}", looked_at, found, _digest(before))


def _rows(
    table: Table, source: PostgresPlace, target: PostgresPlace, buckets: list[int]
) -> list[Difference]:
    words = (
        f"select {table.label}, md5(t::text) from {table.hashed}"  # noqa: S608 - quoted by the server
        f" where {table.bucket} = any($1)"
    )
    old, new = asyncio.run(_both(source, target, words, buckets))
    if not table.key:
        return _unkeyed(table, Counter(r[0] for r in old), Counter(r[0] for r in new))
    return _keyed(table, dict(map(tuple, old)), dict(map(tuple, new)))


def _keyed(table: Table, old: Mapping[str, str], new: Mapping[str, str]) -> list[Difference]:
    missing = [Difference(f"{table.name} ({key})", "missing") for key in sorted(old.keys() - new)]
    extra = [Difference(f"{table.name} ({key})", "extra") for key in sorted(new.keys() - old)]
    both = sorted(old.keys() & new.keys())
    changed = [Difference(f"{table.name} ({k})", "changed") for k in both if old[k] != new[k]]
    return missing + extra + changed


def _unkeyed(table: Table, old: Counter[str], new: Counter[str]) -> list[Difference]:
    """Compare as bags: rows without a key have no name but their hash."""
    missing = [Difference(f"{table.name} (md5 {row})", "missing") for row in (old - new).elements()]
    extra = [Difference(f"{table.name} (md5 {row})", "extra") for row in (new - old).elements()]
    return missing + extra


async def _both(
    source: PostgresPlace, target: PostgresPlace, words: str, *given: object
) -> tuple[list[Any], list[Any]]:
    async def ask(place: PostgresPlace) -> list[Any]:
        async with place.connected() as connection:
            rows: list[Any] = await connection.fetch(words, *given)
            return rows

    old, new = await asyncio.gather(ask(source), ask(target))
    return old, new


def _digest(buckets: Mapping[int, tuple[object, ...]]) -> str:
    text = "\n".join(f"{key} {' '.join(map(str, buckets[key]))}" for key in sorted(buckets))
    return hashlib.sha256(text.encode()).hexdigest()


def _buckets(rows: int) -> int:
    return 1 << max(0, (rows // ROWS_A_BUCKET)).bit_length()
