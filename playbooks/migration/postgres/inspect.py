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
_SERVER = """
  select current_setting('server_version_num')::int / 10000 as version,
    current_setting('wal_level') as wal_level,
    current_setting('max_replication_slots')::int as slots,
    (select count(*) from pg_replication_slots) as used,
    current_setting('max_logical_replication_workers')::int as workers,
    (select count(*) from pg_subscription s where s.subenabled and s.subdbid <> d.oid) as busy,
    (select rolsuper from pg_roles where rolname = current_user) as superuser,
    pg_encoding_to_char(encoding) as encoding, pg_database_size(oid) as size
  from pg_database d where datname = current_database()
"""
# One follows, another copies a table meanwhile.
WORKERS = 2
SUPERUSER = "select rolsuper from pg_roles where rolname = current_user"


@dataclass(frozen=True)
class Concern:
    """Something that stands in the way, or that is worth knowing.

    Attributes:
        blocks: Whether the move cannot begin as long as it holds.
    """

    problem: Problem
    blocks: bool


@dataclass(frozen=True)
class Server:
    """What a server says of itself and of the database.

    Attributes:
        version: The first number of it.
        slots: For replication: how many there may be; `used` are.
        workers: That follow other servers: how many there may be; other databases keep `busy`.
        size: Bytes.
    """

    place: PostgresPlace
    version: int
    wal_level: str
    slots: int
    used: int
    workers: int
    busy: int
    superuser: bool
    encoding: str
    size: int


def concerns(
    source: PostgresPlace, target: PostgresPlace, *, room: int | None = None
) -> list[Concern]:
    """Look at both ends and say what stands in the way; nothing is written.

    Args:
        source: Where the database is.
        target: Where it is to go.
        room: Bytes that the target may take; None where nobody set a limit.
    """
    old, new = (Server(each, **each.ask(_SERVER)[0]) for each in (source, target))
    found = [
        _version(old, new),
        *(_log(each) for each in (old, new)),
        *(_slots(each) for each in (old, new)),
        *(_workers(each) for each in (old, new)),
        *(_superuser(each) for each in (old, new)),
        _encoding(old, new),
        _room(old, room),
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


def _version(old: Server, new: Server) -> Concern | None:
    if new.version >= old.version:
        return None
    return _block("database-older", new.place, source=old.version, target=new.version)


def _log(server: Server) -> Concern | None:
    if server.wal_level == "logical":
        return None
    said = {"name": "wal_level", "wanted": "logical", "found": server.wal_level}
    return _block("database-setting", server.place, **said)


def _slots(server: Server) -> Concern | None:
    if server.used < server.slots:
        return None
    return _block("database-no-slot", server.place, most=server.slots)


def _workers(server: Server) -> Concern | None:
    """Refuse a server on which nothing would follow: it would wait without a word."""
    if server.busy + WORKERS <= server.workers:
        return None
    wanted = server.busy + WORKERS
    return _block("database-no-worker", server.place, most=server.workers, wanted=wanted)


def _superuser(server: Server) -> Concern | None:
    if server.superuser:
        return None
    return _block("database-not-superuser", server.place, user=server.place.user)


def _encoding(old: Server, new: Server) -> Concern | None:
    if new.encoding not in {old.encoding, "UTF8"}:
        return _block("database-encoding", new.place, source=old.encoding, target=new.encoding)
    if (old.encoding, new.encoding) == ("SQL_ASCII", "UTF8") and (found := not_unicode(old.place)):
        where = "; ".join(f"{name}: {count}" for name, count in found.items())
        return _block("database-not-unicode", old.place, where=where)
    return None


def _room(old: Server, room: int | None) -> Concern | None:
    if room is None or old.size <= room:
        return None
    return _block("database-too-small", old.place, needed=old.size, room=room)


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
