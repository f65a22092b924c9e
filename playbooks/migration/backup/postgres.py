"""A dump that `pg_dump` made: restored into a database that is thrown away, and looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from playbooks.migration.backup.dump import BLOCK, Dump
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


class PostgresDump(Dump[PostgresPlace]):
    """A dump in PostgreSQL's own format."""

    @contextmanager
    def copy(self) -> Iterator[PostgresPlace]:
        with throwaway(self.server, self.name) as place:
            words = ["pg_restore", "--exit-on-error", "--no-owner", "--no-privileges"]
            with place.environment() as variables:
                self.file.feed([*words, "-d", place.database], variables, self._own_format)
            yield place

    @staticmethod
    def tables(place: PostgresPlace) -> dict[str, bool]:
        names = [str(row[0]) for row in place.ask(TABLES)]
        words = [f"select {literal(each)}, exists(select 1 from {each})" for each in names]  # noqa: S608 - quoted
        found = place.ask(" union all ".join(words)) if words else []
        return {str(name): bool(full) for name, full in found}

    def _own_format(self, stream: IO[bytes]) -> Iterable[bytes]:
        block = stream.read(BLOCK)
        if block and not block.startswith(MAGIC):
            raise ProblemError(Problem("backup-as-text", str(self.file.place)))
        while block:
            yield block
            block = stream.read(BLOCK)
