"""What stands in the way of moving a MariaDB database, found before anything is touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from playbooks.migration.mariadb import catalogue, memory
from playbooks.migration.mariadb.catalogue import Table
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.shape import Options, types
from playbooks.migration.postgres.inspect import SUPERUSER, Concern
from playbooks.migration.postgres.place import PostgresPlace
from stacks.problem import Problem

_OBJECTS = {
    "view": "select TABLE_NAME from information_schema.VIEWS where TABLE_SCHEMA = database()",
    "trigger": "select TRIGGER_NAME from information_schema.TRIGGERS"
    " where TRIGGER_SCHEMA = database()",
    "routine": "select ROUTINE_NAME from information_schema.ROUTINES"
    " where ROUTINE_SCHEMA = database()",
    "event": "select EVENT_NAME from information_schema.EVENTS where EVENT_SCHEMA = database()",
}
_NEIGHBOURS = """
  select SCHEMA_NAME from information_schema.SCHEMATA where SCHEMA_NAME not in
    ('mysql', 'sys', 'information_schema', 'performance_schema', database())
"""
_PRIVILEGED = """
  select distinct GRANTEE from information_schema.USER_PRIVILEGES
  where PRIVILEGE_TYPE in ('SUPER', 'READ_ONLY ADMIN', 'READ ONLY ADMIN')
"""
_THEIRS = """
  select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname !~ '^pg_(toast|temp)'
"""
_LONGEST = 63


def concerns(
    source: MariadbPlace, target: PostgresPlace, options: Options, *, room: int | None = None
) -> list[Concern]:
    """Look at both ends and say what stands in the way; nothing is written."""
    tables = catalogue.tables(source)
    return [
        *_ends(source, target, room),
        *_objects(source),
        *(found for table in tables for found in _table(source, table, options)),
        *_names(source, tables, options),
    ]


def size_of(source: MariadbPlace) -> int:
    """Give the bytes of data and indexes, as the server estimates them."""
    return int(
        source.value(
            "select coalesce(sum(DATA_LENGTH + INDEX_LENGTH), 0) from information_schema.TABLES"
            " where TABLE_SCHEMA = database()"
        )
    )


def _ends(source: MariadbPlace, target: PostgresPlace, room: int | None) -> Iterator[Concern]:
    if not memory.made(target) and (count := target.value(_THEIRS)):
        yield _said("database-not-empty", target, blocks=True, count=count)
    if not target.value(SUPERUSER):
        yield _said("database-not-superuser", target, blocks=True, user=target.user)
    encoding = "select pg_encoding_to_char(encoding) from pg_database where datname = $1"
    if (found := target.value(encoding, target.database)) != "UTF8":
        yield _said("database-encoding", target, blocks=True, source="utf8mb4", target=found)
    grantees = {row[0] for row in source.ask(_PRIVILEGED)}
    mine = str(source.value("select current_user()")).split("@")[0]
    if not any(each.startswith(f"'{mine}'@") for each in grantees):
        yield _said("mariadb-not-privileged", source, blocks=True, user=source.user)
    needed = size_of(source)
    if room is not None and needed > room:
        yield _said("database-too-small", source, blocks=True, needed=needed, room=room)
    others = sorted(row[0] for row in source.ask(_NEIGHBOURS))
    if others:
        yield _said("mariadb-neighbours", source, names=", ".join(others))
    if len(grantees) > 1:
        yield _said("mariadb-still-write", source, names=", ".join(sorted(grantees)))


def _objects(source: MariadbPlace) -> Iterator[Concern]:
    for kind, words in _OBJECTS.items():
        for (name,) in source.ask(words):
            yield _said("mariadb-not-converted", source, kind=kind, name=name)


def _table(source: MariadbPlace, table: Table, options: Options) -> Iterator[Concern]:
    if not table.key:
        yield _said("mariadb-no-key", source, table=table.name)
    if table.engine.upper() not in {"INNODB", "MYISAM", "ARIA"}:
        yield _said("mariadb-engine", source, table=table.name, engine=table.engine)
    for column in table.columns:
        where = f"{table.name}.{column.name}"
        if column.kind not in types():
            yield _said("mariadb-unknown-type", source, blocks=True, column=where, kind=column.full)
        if column.generated or "on update" in column.extra.lower():
            yield _said("mariadb-computed", source, column=where, extra=column.extra.strip())
    for index in table.indexes:
        if index.kind not in {"BTREE", "HASH"} or (index.part and index.unique):
            yield _said("mariadb-index-left", source, table=table.name, index=index.name)
    yield from _case(source, table, options)


def _case(source: MariadbPlace, table: Table, options: Options) -> Iterator[Concern]:
    unique = (table.key, *(each.columns for each in table.indexes if each.unique))
    for name in sorted({name for columns in unique for name in columns}):
        if not (table.column(name).collation or "").endswith("_ci"):
            continue
        collation = table.column(name).collation
        column, short = f"{table.name}.{name}", options.named(name)
        values = {"column": column, "collation": collation, "name": short}
        yield Concern(Problem("mariadb-case", str(source), values), blocks=False)


def _names(source: MariadbPlace, tables: list[Table], options: Options) -> Iterator[Concern]:
    groups = [("", [each.name for each in tables])]
    groups += [(f"{each.name}.", [column.name for column in each.columns]) for each in tables]
    for prefix, names in groups:
        for short, count in Counter(map(options.named, names)).items():
            if count > 1:
                yield _said("mariadb-same-name", source, blocks=True, name=prefix + short)
            if len(short.encode()) > _LONGEST:
                yield _said("mariadb-long-name", source, blocks=True, name=prefix + short)


def _said(
    key: str, place: MariadbPlace | PostgresPlace, *, blocks: bool = False, **values: object
) -> Concern:
    return Concern(Problem(key, str(place), values), blocks=blocks)
