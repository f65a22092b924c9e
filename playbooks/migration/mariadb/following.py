"""Brings what changed on the source: what its log names, or, where that is not all, by hashes."""

from __future__ import annotations

from collections.abc import Sequence

from playbooks.migration.mariadb import log, memory
from playbooks.migration.mariadb.carry import Beat
from playbooks.migration.mariadb.fill import Filling
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.postgres.place import PostgresPlace


def follow(
    source: MariadbPlace, target: PostgresPlace, fillings: Sequence[Filling], beat: Beat
) -> dict[str, object]:
    """Follow all tables; give chunks looked at, changed, rows brought, and by what.

    The place in the log is taken before anything is read and kept after all is written, so that a
    killed run reads the same again.
    """
    plans = [each.plan for each in fillings]
    now, since = log.position(source, plans), memory.position(target)
    named = log.changed(source, since, plans) if now and since else None
    hashed = {each.table.name for each in plans}
    hashed = hashed if named is None else log.unlogged(source, plans)
    total = {"chunks": 0, "changed": 0, "rows": 0}
    for each in fillings:
        name = each.plan.table.name
        facts = each.follow((named or {}).get(name), beat, hashed=name in hashed)
        total = {name: total[name] + facts[name] for name in total}
    memory.keep_position(target, now)
    return {**total, "by": "hashes" if named is None else "log"}
