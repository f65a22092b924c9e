"""Reads what databases told where the host itself needs no password."""

from __future__ import annotations

from collections.abc import Iterator

from playbooks.migration.discover.answer import Answer, Section
from playbooks.migration.discover.model import Database
from playbooks.migration.discover.reading.system import whole

_SYSTEM = ("information_schema", "performance_schema", "mysql", "sys")


def databases(answer: Answer) -> tuple[Database, ...]:
    return (*_mariadb(answer["mariadb"]), *_postgres(answer["postgres"]))


def refused(answer: Answer) -> tuple[str, ...]:
    """Give the engines that are there and would not be asked without a password."""
    return tuple(
        engine
        for engine, section in (("MariaDB", "mariadb"), ("PostgreSQL", "postgres"))
        if "refused" in answer[section].lines("version")
    )


def _mariadb(section: Section) -> Iterator[Database]:
    charsets, storage = _counts(section, "charsets"), _counts(section, "engines")
    for row in section.rows("databases", least=6):
        if row[0] in _SYSTEM:
            continue
        yield Database(
            engine="mariadb",
            name=row[0],
            charset=row[1],
            collation=row[2],
            tables=whole(row[3]),
            size_kib=-(-whole(row[4]) // 1024),
            rows=whole(row[5]),
            charsets=charsets.get(row[0], {}),
            storage=storage.get(row[0], {}),
        )


def _counts(section: Section, part: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in section.rows(part, least=3):
        found.setdefault(row[0], {})[row[1]] = whole(row[2])
    return found


def _postgres(section: Section) -> Iterator[Database]:
    schemas = _counts(section, "schemas")
    for row in section.rows("databases", least=4):
        inside = schemas.get(row[0], {})
        if row[0] == "postgres" and not sum(inside.values()):
            continue
        yield Database(
            engine="postgresql",
            name=row[0],
            charset=row[1],
            collation=row[2],
            size_kib=-(-whole(row[3]) // 1024),
            tables=sum(inside.values()),
            schemas=tuple(inside),
            charsets={row[1]: 1},
        )
