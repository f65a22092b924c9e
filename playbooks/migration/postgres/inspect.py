"""What stands in the way of moving a database, found before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass

from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.postgres.unicode import not_unicode
from stacks.problem import Problem

_TABLES = """
  select format('%I.%I', n.nspname, c.relname) as name, c.relpersistence::text as persistence,
    c.relkind::text as kind, c.relreplident::text as identity,
    exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary) as keyed
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname !~ '^pg_(toast|temp)'
  order by 1
"""
_EXTENSIONS = "select extname from pg_extension where extname <> 'plpgsql' order by 1"
_AVAILABLE = "select name from pg_available_extensions"
_ENCODING = (
    "select pg_encoding_to_char(encoding) from pg_database where datname = current_database()"
)
SUPERUSER = "select rolsuper from pg_roles where rolname = current_user"


@dataclass(frozen=True)
class Concern:
    """Something that stands in the way, or that is worth knowing.

    Attributes:
        blocks: Whether the move cannot begin as long as it holds.
    """

    problem: Problem
    blocks: bool


def concerns(
    source: PostgresPlace, target: PostgresPlace, *, room: int | None = None
) -> list[Concern]:
    """Look at both ends and say what stands in the way; nothing is written.

    Args:
        source: Where the database is.
        target: Where it is to go.
        room: Bytes that the target may take; None where nobody set a limit.
    """
    found = [
        _version(source, target),
        _setting(source, "wal_level", "logical"),
        _setting(target, "wal_level", "logical"),
        _slots(source),
        _slots(target),
        _superuser(source),
        _superuser(target),
        _encoding(source, target),
        _room(source, room),
        _empty(target),
        *_extensions(source, target),
    ]
    notes = [
        Concern(Problem("database-no-identity", str(source), {"table": name}), blocks=False)
        for name in without_identity(source)
    ]
    return [each for each in found if each is not None] + notes


def without_identity(place: PostgresPlace) -> list[str]:
    """Give the tables whose rows nothing names; replication must send the whole old row."""
    return [
        row["name"]
        for row in place.ask(_TABLES)
        if row["kind"] == "r"
        and row["persistence"] == "p"
        and (row["identity"] == "n" or (row["identity"] == "d" and not row["keyed"]))
    ]


def _version(source: PostgresPlace, target: PostgresPlace) -> Concern | None:
    old, new = (int(each.value("show server_version_num")) // 10_000 for each in (source, target))
    if new >= old:
        return None
    return _block("database-older", target, source=old, target=new)


def _setting(place: PostgresPlace, name: str, wanted: str) -> Concern | None:
    found = place.value("select current_setting($1)", name)
    return (
        None
        if found == wanted
        else _block("database-setting", place, name=name, wanted=wanted, found=found)
    )


def _slots(place: PostgresPlace) -> Concern | None:
    most = int(place.value("show max_replication_slots"))
    used = place.value("select count(*) from pg_replication_slots")
    return None if used < most else _block("database-no-slot", place, most=most)


def _superuser(place: PostgresPlace) -> Concern | None:
    return (
        None if place.value(SUPERUSER) else _block("database-not-superuser", place, user=place.user)
    )


def _encoding(source: PostgresPlace, target: PostgresPlace) -> Concern | None:
    old, new = source.value(_ENCODING), target.value(_ENCODING)
    if new not in {old, "UTF8"}:
        return _block("database-encoding", target, source=old, target=new)
    if (old, new) == ("SQL_ASCII", "UTF8") and (found := not_unicode(source)):
        where = "; ".join(f"{name}: {count}" for name, count in found.items())
        return _block("database-not-unicode", source, where=where)
    return None


def _room(source: PostgresPlace, room: int | None) -> Concern | None:
    needed = source.value("select pg_database_size(current_database())")
    if room is None or needed <= room:
        return None
    return _block("database-too-small", source, needed=needed, room=room)


def _empty(target: PostgresPlace) -> Concern | None:
    """Refuse a target with tables that no move of ours made: they are somebody's."""
    ours = target.value("select to_regnamespace('sen_migration') is not null")
    count = len(target.ask(_TABLES))
    return None if ours or not count else _block("database-not-empty", target, count=count)


def _extensions(source: PostgresPlace, target: PostgresPlace) -> list[Concern | None]:
    there = {row[0] for row in target.ask(_AVAILABLE)}
    missing = [row[0] for row in source.ask(_EXTENSIONS) if row[0] not in there]
    return [_block("database-no-extension", target, name=name) for name in missing]


def _block(key: str, place: PostgresPlace, **values: object) -> Concern:
    return Concern(Problem(key, str(place), values), blocks=True)
