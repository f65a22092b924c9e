"""What was found out in a wave: comparisons, old text, levels of hosts, places in the chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from playbooks.migration.wipe.sample import Stock


@dataclass(frozen=True)
class Differing:
    """One thing that is not the same: never a value of a row."""

    where: str
    what: str


@dataclass(frozen=True)
class Compared:
    """One comparison of both ends."""

    name: str
    looked_at: int
    count: int
    digest: str
    differences: tuple[Differing, ...]


@dataclass(frozen=True)
class Verification:
    """All comparisons at one moment.

    Attributes:
        by_hand: Whether a person asked for it outside a switch.
    """

    at: dt.datetime
    sequence: int
    by_hand: bool
    checks: tuple[Compared, ...]

    @property
    def looked_at(self) -> int:
        return sum(each.looked_at for each in self.checks)

    @property
    def differing(self) -> int:
        return sum(each.count for each in self.checks)


@dataclass(frozen=True)
class TextColumn:
    """How a column of old text was read.

    Attributes:
        confidence: Of 1000.
        rows: Of its table.
    """

    table: str
    column: str
    encoding: str
    confidence: int
    reason: str
    rows: int


@dataclass(frozen=True)
class Doubt:
    """A row that a person has to look at; its key, never its content."""

    kind: str
    about: str
    reason: str


@dataclass(frozen=True)
class Text:
    """What one database's text was found to be.

    Attributes:
        plain: Columns that were Unicode or ASCII before and stayed as they were.
        doubts: How many rows, by kind.
        named: Some of them.
    """

    part: str
    plain: int
    columns: tuple[TextColumn, ...]
    doubts: Mapping[str, int]
    named: tuple[Doubt, ...]


@dataclass(frozen=True)
class Span:
    """Where records about one thing stand in the chain of evidence."""

    about: str
    first: int
    last: int
    count: int


@dataclass(frozen=True)
class HostLevel:
    """How many rules of its level a host broke, before and after it was brought to it."""

    host: str
    level: int
    before: int
    after: int | None
    remaining: tuple[str, ...]
    at: dt.datetime
    sequence: int


@dataclass(frozen=True)
class Trust:
    """How far the chain of evidence can be believed.

    Attributes:
        head: Hash of its last record.
        broken: Number of the first bad record, None where it is whole.
    """

    records: int
    head: str
    broken: int | None


@dataclass(frozen=True)
class Wiped:
    """A folder or a disk that was overwritten and read back.

    Attributes:
        host: As it calls itself, with the address by which it was reached.
        backup: That was restored before.
        by: Who gave the command.
    """

    host: str
    backup: str
    what: Stock
    at: dt.datetime
    by: str
    sequence: int
