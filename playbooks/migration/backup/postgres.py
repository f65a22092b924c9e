"""A dump that `pg_dump` made: restored into a database that is thrown away, and looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO

from playbooks.migration.backup.compare import complete
from playbooks.migration.backup.dump import BLOCK, DumpFile
from playbooks.migration.postgres.place import PostgresPlace, literal
from playbooks.migration.postgres.throwaway import throwaway
from stacks.problem import Problem, ProblemError

# A dump as text may name other databases; what `pg_dump -Fc` writes begins with this and cannot.
MAGIC = b"PGDMP"
TABLES = """
select quote_ident(nspname) || '.' || quote_ident(relname)
from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where relkind = 'r' and nspname !~ '^pg_' and nspname <> 'information_schema'
"""


@dataclass(frozen=True)
class PostgresDump:
    """A dump in PostgreSQL's own format.

    Attributes:
        live: The database that it is a backup of.
        server: Where it is restored; a database of its own, gone afterwards.
        name: Of that database.
    """

    file: DumpFile
    live: PostgresPlace
    server: PostgresPlace
    name: str

    def taken(self) -> dt.datetime:
        return self.file.taken()

    def restored(self) -> Mapping[str, object]:
        """Restore it and compare its tables with those in use.

        Raises:
            ProblemError: It cannot be restored, or lacks something.
        """
        live = tables(self.live)
        with throwaway(self.server, self.name) as place, place.environment() as variables:
            words = ["pg_restore", "--exit-on-error", "--no-owner", "--no-privileges"]
            self.file.feed([*words, "-d", place.database], variables, self._own_format)
            return complete(str(self.file.place), live, tables(place))

    def _own_format(self, stream: IO[bytes]) -> Iterable[bytes]:
        block = stream.read(BLOCK)
        if block and not block.startswith(MAGIC):
            raise ProblemError(Problem("backup-as-text", str(self.file.place)))
        while block:
            yield block
            block = stream.read(BLOCK)


def tables(place: PostgresPlace) -> dict[str, bool]:
    """Give the tables of a database, and whether each holds a row."""
    names = [str(row[0]) for row in place.ask(TABLES)]
    words = [f"select {literal(each)}, exists(select 1 from {each})" for each in names]  # noqa: S608 - quoted
    found = place.ask(" union all ".join(words)) if words else []
    return {str(name): bool(full) for name, full in found}
