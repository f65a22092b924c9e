"""What stands in the way of following MariaDB databases, found before anything is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from playbooks.migration.mariadb import catalogue
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb_replica.crossing import crossings, known
from playbooks.migration.mariadb_replica.ends import Ends
from playbooks.migration.mariadb_replica.retention import size_of, too_short
from playbooks.migration.postgres.inspect import Concern
from stacks.problem import Problem

_SERVER = """
  select @@version as version, @@server_id as id, @@log_bin as log_bin,
    @@lower_case_table_names as lower_names
"""
_MARIADB = """
  select @@binlog_format as format, @@gtid_domain_id as domain, @@gtid_strict_mode as strict,
    @@log_slave_updates as updates, @@slave_run_triggers_for_rbr as triggers
"""
_NEEDED = (
    *("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "EVENT", "TRIGGER"),
    *("RELOAD", "PROCESS", "SUPER", "CREATE USER", "REPLICATION SLAVE"),
)
_SINCE = {
    (10, 5): ("REPLICATION SLAVE ADMIN", "SLAVE MONITOR", "BINLOG ADMIN"),
    (10, 11): ("READ ONLY ADMIN",),
}
_MINE = """
  select upper(replace(PRIVILEGE_TYPE, '_', ' ')) from information_schema.USER_PRIVILEGES
  where GRANTEE = concat("'", replace(current_user(), '@', "'@'"), "'")
"""
_NEIGHBOURS = """
  select SCHEMA_NAME from information_schema.SCHEMATA where SCHEMA_NAME not in
    ('mysql', 'sys', 'information_schema', 'performance_schema', 'sen_migration')
"""
_INSIDE = "select count(*) from information_schema.TABLES where TABLE_SCHEMA = %s"
_VERSIONED = """
  select TABLE_NAME from information_schema.TABLES
  where TABLE_SCHEMA = database() and TABLE_TYPE = 'SYSTEM VERSIONED'
"""
_POSITIONS = """
  select ENGINE from information_schema.TABLES
  where TABLE_SCHEMA = 'mysql' and TABLE_NAME = 'gtid_slave_pos'
"""
_EVERYWHERE = """
  select distinct GRANTEE from information_schema.USER_PRIVILEGES
  where PRIVILEGE_TYPE in ('INSERT', 'UPDATE', 'SUPER')
"""
# What keeps rows of transactions whole.
_WHOLE = frozenset({"INNODB", "SEQUENCE", ""})
_BEFORE_GTID = (10, 0, 2)


@dataclass(frozen=True)
class Server:
    """What a server says of itself; `gtid` is empty where it knows no GTIDs of MariaDB."""

    place: MariadbPlace
    base: dict[str, Any]
    gtid: dict[str, Any]

    @property
    def version(self) -> tuple[int, ...]:
        return tuple(int(each) for each in re.findall(r"\d+", str(self.base["version"]))[:3])


def look(place: MariadbPlace) -> Server:
    """Ask a server what it is."""
    server = place.with_database("")
    base = server.several(_SERVER)[0][0]
    mine = "mariadb" in str(base["version"]).lower()
    found = Server(place, base, {})
    if mine and found.version >= _BEFORE_GTID:
        return Server(place, base, server.several(_MARIADB)[0][0])
    return found


def concerns(
    ends: Ends,
    *,
    ours: bool,
    lock: bool = False,
    room: int | None = None,
    flow: str = "",
) -> list[Concern]:
    """Look at both ends and say what stands in the way; nothing is written.

    Args:
        ends: Where the databases are, and where they are to go.
        ours: Whether what the target holds was made by this move.
        lock: Whether writing may stop while rows are copied.
        room: Bytes that the target may take; None where nobody set a limit.
        flow: Name of this move's own connection.
    """
    old, new = look(ends.source), look(ends.target)
    if lacking := [each for each in (old, new) if not each.gtid]:
        return [
            _block("replica-not-mariadb", each.place, version=each.base["version"])
            for each in lacking
        ]
    if weak := [found for each in (old, new) for found in _rights(each)]:
        return weak  # who lacks rights is not told all of the rest either
    there = neighbours(ends.source, ())
    if missing := list(_missing(ends, there)):
        return missing
    others = [each for each in there if each not in ends.databases]
    size = size_of(ends)
    return [
        *_servers(old, new),
        *_gtids(old, new),
        *(found for each in (old, new) for found in _server(each, flow)),
        *_target(ends, size, ours=ours, room=room),
        *(found for each in ends.sources for found in _tables(each, lock=lock)),
        *_crossings(ends, others),
        *_notes(ends.source, others),
        *too_short(ends, size),
    ]


def _missing(ends: Ends, there: Sequence[str]) -> Iterator[Concern]:
    """Name databases that the source does not have under this very name: nothing would flow."""
    for each in ends.databases:
        if each not in there:
            yield _block("replica-no-database", ends.source, name=each, names=", ".join(there))


def _servers(old: Server, new: Server) -> Iterator[Concern]:
    if new.version[:2] < old.version[:2]:
        said = {"source": old.base["version"], "target": new.base["version"]}
        yield _block("replica-older", new.place, **said)
    if old.base["id"] == new.base["id"]:
        yield _block("replica-same-id", new.place, id=old.base["id"], source=old.place)
    if old.base["lower_names"] != new.base["lower_names"]:
        yield _setting(
            new.place, "lower_case_table_names", new.base["lower_names"], old.base["lower_names"]
        )
    if old.place.database != new.place.database:
        yield _block("replica-other-name", new.place, source=old.place.database)


def _gtids(old: Server, new: Server) -> Iterator[Concern]:
    """Refuse one domain for both where a log would mix the numbers of both."""
    mixed = [each for each in (old, new) if each.gtid["updates"] or each.gtid["strict"]]
    if old.gtid["domain"] == new.gtid["domain"] and mixed:
        where = ", ".join(str(each.place) for each in mixed)
        yield _block("replica-same-domain", new.place, domain=old.gtid["domain"], where=where)


def _rights(server: Server) -> Iterator[Concern]:
    place = server.place
    mine = {row[0] for row in place.with_database("").ask(_MINE)}
    needed = [*_NEEDED, *(w for since, ws in _SINCE.items() if server.version >= since for w in ws)]
    if lacking := [each for each in needed if each not in mine]:
        yield _block("replica-not-privileged", place, user=place.user, rights=", ".join(lacking))


def _server(server: Server, flow: str) -> Iterator[Concern]:
    place = server.place
    if not server.base["log_bin"]:
        yield _block("replica-no-log", place)
    elif server.gtid["format"] != "ROW":
        yield _setting(place, "binlog_format", server.gtid["format"], "ROW")
    if server.gtid["triggers"] != "NO":
        yield _setting(place, "slave_run_triggers_for_rbr", server.gtid["triggers"], "NO")
    others = [
        row["Connection_name"] or "''"
        for row in place.with_database("").several("show all slaves status")[0]
        if not flow or not row["Connection_name"].startswith(flow)
    ]
    if others:
        yield _block("replica-of-others", place, names=", ".join(others))
    engine = str(place.with_database("").value(_POSITIONS) or "")
    if engine.upper() != "INNODB":
        yield _block("replica-positions", place, engine=engine)


def _target(ends: Ends, size: int, *, ours: bool, room: int | None) -> Iterator[Concern]:
    for target in ends.targets:
        count = target.with_database("").value(_INSIDE, target.database)
        if count and not ours:
            yield _block("database-not-empty", target, count=count)
    if room is not None and size > room:
        yield _block("database-too-small", ends.source, needed=size, room=room)


def _crossings(ends: Ends, others: Sequence[str]) -> Iterator[Concern]:
    """Name what reaches into a database that neither moves along nor is on the target."""
    for source in ends.sources:
        found = crossings(source, others)
        there = known(ends.target, sorted({each.database for each in found}))
        for each in found:
            if (each.database, each.reached) not in there:
                said = {"kind": each.kind, "name": str(each), "other": each.database}
                problem = Problem("replica-crosses", str(source), {**said, "reached": each.reached})
                yield Concern(problem, blocks=each.at_once)


def _tables(source: MariadbPlace, *, lock: bool) -> Iterator[Concern]:
    for (table,) in source.ask(_VERSIONED):
        yield _block("replica-versioned", source, table=table)
    for table in catalogue.tables(source):
        if table.engine.upper() not in _WHOLE and not lock:
            yield _block("replica-engine", source, table=table.name, engine=table.engine)
        if not table.key and any(each.kind == "float" for each in table.columns):
            yield _block("replica-float", source, table=table.name)
        elif not table.key:
            problem = Problem("replica-no-key", str(source), {"table": table.name})
            yield Concern(problem, blocks=False)


def _notes(source: MariadbPlace, others: Sequence[str]) -> Iterator[Concern]:
    if others:
        said = {"names": ", ".join(others)}
        yield Concern(Problem("mariadb-neighbours", str(source), said), blocks=False)
    everywhere = sorted(row[0] for row in source.ask(_EVERYWHERE))
    if len(everywhere) > 1:
        said = {"names": ", ".join(everywhere)}
        yield Concern(Problem("replica-global-rights", str(source), said), blocks=False)


def neighbours(place: MariadbPlace, names: Sequence[str]) -> list[str]:
    """Give the databases of a server but these."""
    there = {row[0] for row in place.with_database("").ask(_NEIGHBOURS)}
    return sorted(there.difference(names))


def _setting(place: MariadbPlace, name: str, found: object, wanted: object) -> Concern:
    return _block("replica-setting", place, name=name, found=found, wanted=wanted)


def _block(key: str, place: MariadbPlace, **values: object) -> Concern:
    return Concern(Problem(key, str(place), values), blocks=True)
