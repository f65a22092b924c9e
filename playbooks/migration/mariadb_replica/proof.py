"""Proves that databases arrived whole on another MariaDB server: rows, definitions, rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb_replica import accounts, rows, shape
from playbooks.migration.mariadb_replica.ends import Ends
from playbooks.migration.verify import Check, Verdict
from playbooks.migration.verify.questions import samples


def verify(ends: Ends, queries: Mapping[str, str]) -> Verdict:
    """Compare both ends while nobody writes; of several databases each check says of which it is.

    Args:
        ends: What moved.
        queries: The owner's own questions by name, asked in the database that was named first.
    """
    checks = []
    for source, target in ends.pairs:
        of = f"{source.database}: " if ends.several else ""
        checks += [replace(each, name=of + each.name) for each in _compared(source, target)]
    if queries:
        checks.append(samples(*ends.first, queries))
    return Verdict(checks)


def _compared(source: MariadbPlace, target: MariadbPlace) -> Sequence[Check]:
    return [
        *rows.compare(source, target),
        *shape.compare(source, target),
        accounts.compare(source, target),
    ]
