"""Compares all of two PostgreSQL databases that is not a row: objects, keys, rights, sequences."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence

import asyncpg

from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.verify.difference import Check, Difference, compared

_OURS = """
  n.nspname not in ('pg_catalog', 'information_schema', 'sen_migration')
  and n.nspname !~ '^pg_(toast|temp)'
"""
_QUERIES: Mapping[str, str] = {
    "columns": f"""
      select format('%I.%I.%I', n.nspname, c.relname, a.attname),
        concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text,
          pg_get_expr(d.adbin, d.adrelid))
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      join pg_namespace n on n.oid = c.relnamespace
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm') and {_OURS}
    """,  # noqa: S608 - words of ours
    "indexes": f"""
      select format('%I.%I', n.nspname, c.relname), pg_get_indexdef(i.indexrelid) || i.indisvalid
      from pg_index i join pg_class c on c.oid = i.indexrelid
      join pg_namespace n on n.oid = c.relnamespace where {_OURS}
    """,  # noqa: S608
    "constraints": f"""
      select format('%s on %s', o.conname, o.conrelid::regclass), pg_get_constraintdef(o.oid)
      from pg_constraint o join pg_namespace n on n.oid = o.connamespace where {_OURS}
    """,  # noqa: S608
    "functions": f"""
      select p.oid::regprocedure::text, md5(pg_get_functiondef(p.oid)) from pg_proc p
      join pg_namespace n on n.oid = p.pronamespace
      where p.prokind in ('f', 'p') and {_OURS}
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    """,  # noqa: S608
    "triggers": f"""
      select format('%s on %s', t.tgname, t.tgrelid::regclass), pg_get_triggerdef(t.oid)
      from pg_trigger t join pg_class c on c.oid = t.tgrelid
      join pg_namespace n on n.oid = c.relnamespace where not t.tgisinternal and {_OURS}
    """,  # noqa: S608
    "rights": f"""
      select format('%I.%I %s %s', n.nspname, c.relname,
        coalesce(r.rolname, 'public'), x.privilege_type), x.is_grantable::text
      from pg_class c join pg_namespace n on n.oid = c.relnamespace,
      aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x
      left join pg_roles r on r.oid = x.grantee
      where c.relkind in ('r', 'p', 'v', 'm', 'S') and {_OURS}
    """,  # noqa: S608
    "large objects": "select oid::text, md5(lo_get(oid)) from pg_largeobject_metadata",
}
_KEYS = f"""
  select o.conname, o.conrelid::regclass::text as child, o.confrelid::regclass::text as parent,
    (select string_agg(format('c.%I is not null', a.attname), ' and ')
     from unnest(o.conkey) k
     join pg_attribute a on a.attrelid = o.conrelid and a.attnum = k) as filled,
    (select string_agg(format('c.%I = p.%I', a.attname, b.attname), ' and ')
     from unnest(o.conkey, o.confkey) as k(x, y)
     join pg_attribute a on a.attrelid = o.conrelid and a.attnum = k.x
     join pg_attribute b on b.attrelid = o.confrelid and b.attnum = k.y) as same
  from pg_constraint o join pg_namespace n on n.oid = o.connamespace
  where o.contype = 'f' and o.conparentid = 0 and {_OURS}
"""  # noqa: S608
_SERIALS = f"""
  select format('%I.%I', sn.nspname, s.relname) as sequence,
    format('select max(%I)::bigint from %I.%I', a.attname, n.nspname, c.relname) as most
  from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
  join pg_namespace sn on sn.oid = s.relnamespace
  join pg_class c on c.oid = d.refobjid join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
  where d.deptype in ('a', 'i') and d.classid = 'pg_class'::regclass and {_OURS}
"""  # noqa: S608


def compare(source: PostgresPlace, target: PostgresPlace) -> list[Check]:
    """Compare objects by definition; check on the target that keys hold and sequences are ahead."""
    checks = _same(source, target, tuple(_QUERIES))
    return [*checks, foreign_keys(target), sequences_ahead(target)]


def built(source: PostgresPlace, target: PostgresPlace) -> list[Check]:
    """Compare what is built over rows: indexes, constraints, triggers."""
    return _same(source, target, ("indexes", "constraints", "triggers"))


def foreign_keys(place: PostgresPlace) -> Check:
    """Count the rows that point nowhere: replication fills tables without asking the keys."""
    keys = place.ask(_KEYS)
    found = []
    for key in keys:
        words = (
            f"select count(*) from {key['child']} c where {key['filled']}"  # noqa: S608
            f" and not exists (select from {key['parent']} p where {key['same']})"
        )
        if count := place.value(words):
            found.append(Difference(f"{key['conname']} on {key['child']}: {count} rows", "changed"))
    return Check.of("foreign keys", len(keys), found)


def sequences_ahead(place: PostgresPlace) -> Check:
    """Check that the next number of each sequence is not taken."""
    rows = place.ask(_SERIALS)
    found = []
    for row in rows:
        most = place.value(row["most"])
        words = f"select last_value - (not is_called)::int from {row['sequence']}"  # noqa: S608
        if most is not None and place.value(words) < most:
            found.append(Difference(row["sequence"], "changed"))
    return Check.of("sequences ahead", len(rows), found)


def _same(source: PostgresPlace, target: PostgresPlace, names: Sequence[str]) -> list[Check]:
    return [
        compared(name, old, new, hashlib.sha256(_listed(old).encode()).hexdigest())
        for name, old, new in zip(names, _found(source, names), _found(target, names), strict=True)
    ]


def _found(place: PostgresPlace, names: Sequence[str]) -> list[dict[str, object]]:
    """Ask one question after the other over one connection."""

    async def asked() -> list[dict[str, object]]:
        async with place.connected() as connection:
            try:
                rows = [await connection.fetch(_QUERIES[name]) for name in names]
            except asyncpg.PostgresError as error:
                raise place.refused(error) from None
            return [dict(map(tuple, each)) for each in rows]

    return asyncio.run(asked())


def _listed(found: dict[str, object]) -> str:
    return "\n".join(f"{key}\t{found[key]}" for key in sorted(found))
