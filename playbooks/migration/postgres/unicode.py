"""Finds text that is no Unicode in a database that never asked: the target would refuse it."""

from __future__ import annotations

import asyncio

from playbooks.migration.postgres.place import PostgresPlace, identifier

_COLUMNS = """
  select format('%I.%I', n.nspname, c.relname) as name, a.attname::text as column
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
    and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
    and n.nspname not in ('pg_catalog', 'information_schema')
  order by 1, a.attnum
"""
_JUDGE = """
  create function pg_temp.sen_is_unicode(given text) returns boolean language plpgsql as $$
  begin
    perform convert_from(convert_to(given, 'SQL_ASCII'), 'UTF8');
    return true;
  exception when others then
    return false;
  end $$
"""


def not_unicode(place: PostgresPlace) -> dict[str, int]:
    """Count the values that are no UTF-8, by `schema.table.column`; only where there are some.

    Reads every text once; the function that judges it is gone with the connection.
    """

    async def counted() -> dict[str, int]:
        async with place.connected() as connection:
            await connection.execute(_JUDGE)
            found = {}
            for name, column in await connection.fetch(_COLUMNS):
                quoted = identifier(column)
                words = f"select count(*) from {name} where not pg_temp.sen_is_unicode({quoted})"  # noqa: S608
                found[f"{name}.{column}"] = await connection.fetchval(words)
            return {name: count for name, count in found.items() if count}

    return asyncio.run(counted())
