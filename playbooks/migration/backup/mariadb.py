"""A dump that `mariadb-dump` made: restored into a database that is thrown away, and looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from playbooks.migration.backup.dump import Dump
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.place import name as quoted
from stacks.problem import Problem, ProblemError

# Statements begin lines in a dump, for values hold no bare line break: these lead elsewhere.
ELSEWHERE = re.compile(
    rb"\s*(?:/\*!\d* *)?(?:use|(?:create|drop|alter) +(?:database|schema))\b", re.IGNORECASE
)
TABLES = (
    "select table_name from information_schema.tables"
    " where table_schema = %s and table_type = 'BASE TABLE'"
)
# The server may replicate: what is thrown away is no part of that.
UNLOGGED = "--init-command=set session sql_log_bin=0, foreign_key_checks=0"


class MariadbDump(Dump[MariadbPlace]):
    """A dump as SQL of one database."""

    @contextmanager
    def copy(self) -> Iterator[MariadbPlace]:
        with _throwaway(self.server, self.name) as place:
            with place.program("mariadb", "--binary-mode", UNLOGGED, self.name) as words:
                self.file.feed(words, None, self._of_one)
            yield place

    @staticmethod
    def tables(place: MariadbPlace) -> dict[str, bool]:
        names = [str(row[0]) for row in place.ask(TABLES, place.database)]
        asked = "select exists(select 1 from {})"
        return {each: bool(place.value(asked.format(quoted(each)))) for each in names}

    def _of_one(self, stream: IO[bytes]) -> Iterable[bytes]:
        for line in stream:
            if ELSEWHERE.match(line):
                raise ProblemError(Problem("backup-names-databases", str(self.file.place)))
            yield line


@contextmanager
def _throwaway(server: MariadbPlace, name: str) -> Iterator[MariadbPlace]:
    admin = server.with_database("")
    gone = f"drop database if exists {quoted(name)}"
    admin.tell(gone, f"create database {quoted(name)}", unlogged=True)
    try:
        yield server.with_database(name)
    finally:
        admin.tell(gone, unlogged=True)
