"""The printed binary log: which rows its events name, and what says that it does not tell all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from playbooks.migration.mariadb.shape import Plan

# Values of the first number of the key, by table; none where a table has no such number.
Keys = Mapping[str, set[int]]
_EVENT = re.compile(
    rb"#\d{6} [ \d]\d:\d\d:\d\d server id \d+ +end_log_pos (\d+) (?:CRC32 0x[0-9a-f]+ )?\t(.*)"
)
_HEADED = re.compile(rb"#\d{6} ")
_QUIET = re.compile(
    rb"GTID |Gtid list|Binlog checkpoint|Xid =|Table_map:|Annotate_rows:|"
    rb"(?:Write|Update|Delete)_(?:compressed_)?rows(?:_compressed)?(?:_v1)?:"
)
_HARMLESS = re.compile(
    rb"(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|FLUSH|ANALYZE|OPTIMIZE|GRANT|REVOKE"
    rb"|(?:CREATE|ALTER|DROP) USER)\b",
    re.IGNORECASE,
)
_ROW = re.compile(rb"### (?:INSERT INTO|UPDATE|DELETE FROM) `(.*)`\.`(.*)`$")
_NUMBER = re.compile(rb"(-?\d+)(?: \((\d+)\))?$")
_PREAMBLE = b"/*!*/;"


class UntoldError(Exception):
    """The log does not tell all that changed."""


@dataclass
class _Reader:
    """Reads line by line.

    Attributes:
        column: Words before the key's value in the row at hand; empty where none is wanted.
        lacking: Whether the row at hand has not told its key yet.
    """

    database: bytes
    plans: Mapping[bytes, Plan]
    found: dict[str, set[int]] = field(default_factory=dict)
    plan: Plan | None = None
    column: bytes = b""
    lacking: bool = False
    awaits_statement: bool = False
    files: int = 0
    rotated: bool = False

    def take(self, line: bytes) -> None:
        if line.startswith(b"### "):
            self._row(line)
        elif _HEADED.match(line):
            self._event(line)
        elif self.awaits_statement and not line.endswith(_PREAMBLE):
            self.awaits_statement = False
            if not _HARMLESS.match(line):
                raise UntoldError

    def _row(self, line: bytes) -> None:
        if self.column and line.startswith(self.column):
            self.lacking = False
            self._key(line[len(self.column) :])
        elif match := _ROW.match(line):
            self.end()
            database, table = (each.replace(b"``", b"`").lower() for each in match.groups())
            self._begin(self.plans.get(table) if database == self.database else None)

    def _begin(self, plan: Plan | None) -> None:
        self.plan, self.column, self.lacking = plan, b"", False
        if plan is None:
            return
        self.found.setdefault(plan.table.name, set())
        if plan.ranged:
            self.column = b"###   @%d=" % (1 + plan.fields.index(plan.ranged))
            self.lacking = True

    def _key(self, said: bytes) -> None:
        match = _NUMBER.match(said)
        if match is None or self.plan is None or self.plan.ranged is None:
            raise UntoldError
        unsigned = "unsigned" in self.plan.ranged.column.full
        value = match[2] if unsigned and match[2] else match[1]
        self.found[self.plan.table.name].add(int(value))

    def _event(self, line: bytes) -> None:
        self.end()
        match = _EVENT.match(line)
        if match is None or self.awaits_statement:
            raise UntoldError
        self._begin(None)
        kind = match[2]
        if kind.startswith(b"Query"):
            self.awaits_statement = True
        elif kind.startswith(b"Rotate to"):
            self.rotated = self.rotated or not line.startswith(b"#700101")
        elif kind.startswith(b"Start: binlog v"):
            if self.files and not self.rotated:
                raise UntoldError  # the server ended without a word: it may have lost some
            self.files, self.rotated = self.files + 1, False
        elif not _QUIET.match(kind):
            raise UntoldError

    def end(self) -> None:
        if self.lacking:
            raise UntoldError


def keys_in(lines: Iterable[bytes], database: str, plans: Sequence[Plan]) -> Keys:
    """Give the keys of rows that a printed log names.

    Raises:
        UntoldError: There is a statement, an event nobody knows, or a restart.
    """
    names = {each.table.name.lower().encode(): each for each in plans}
    reader = _Reader(database.lower().encode(), names)
    for line in lines:
        reader.take(line.rstrip(b"\r\n"))
    reader.end()
    if not reader.files or reader.awaits_statement:
        raise UntoldError
    return reader.found
