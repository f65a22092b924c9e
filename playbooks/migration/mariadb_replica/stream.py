"""A dump as it passes: where a table's rows begin and end, and at which position they are.

Values hold no newline of their own, a dump escapes it: a line that says so is no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from playbooks.migration.mariadb.place import MariadbPlace
from stacks.problem import ProblemError

Name = tuple[str, str]
_LINE = re.compile(
    rb"\n(?:UNLOCK TABLES;|LOCK TABLES `(?P<locked>(?:[^`\n]|``)+)` WRITE;"
    rb"|USE `(?P<used>(?:[^`\n]|``)+)`;)(?=\n)"
)
# More than any line that is looked for is long: names have 64 letters of four bytes.
_HELD = 1024
# Dumps tell the position at their beginning or at their end, by the version of the program.
_POSITION = re.compile(rb"^-- SET GLOBAL gtid_slave_pos='([0-9,-]*)'", re.MULTILINE)
_FILE = re.compile(
    rb"^-- CHANGE MASTER TO MASTER_LOG_FILE='([^'\n]+)', MASTER_LOG_POS=(\d+)", re.MULTILINE
)


class Piece(NamedTuple):
    """Some of a dump.

    Attributes:
        begins: The database and table whose rows come next.
        ends: The one whose last row this piece holds.
    """

    words: bytes
    begins: Name | None = None
    ends: Name | None = None


def pieces(blocks: Iterable[bytes], database: str) -> Iterator[Piece]:
    """Cut a dump before and after each table's rows; the database is the one that it starts in."""
    rest, sent, table = b"", 0, (database, "")
    for block in blocks:
        rest, at = rest + block, 0
        while found := _LINE.search(rest, at):
            at = found.end()
            if used := found["used"]:
                table = (_bare(used), "")
            elif locked := found["locked"]:
                table = (table[0], _bare(locked))
                yield Piece(rest[sent : found.start() + 1], begins=table)
                sent = found.start() + 1
            else:
                yield Piece(rest[sent : at + 1], ends=table)
                sent, table = at + 1, (table[0], "")
        edge = rest.rfind(b"\n")
        edge = edge if edge >= 0 and len(rest) - edge <= _HELD else len(rest)
        if edge > sent:
            yield Piece(rest[sent:edge])
            sent = edge
        rest, sent = rest[edge:], sent - edge
    yield Piece(rest[sent:])


def position_in(said: bytes) -> str | None:
    """Give the position that a dump tells as GTIDs."""
    found = _POSITION.findall(said)
    return str(found[-1].decode("ascii")) if found else None


def position_at(source: MariadbPlace, head: bytes) -> str | None:
    """Give the position of a dump's rows from what comes before them; None where it is not told.

    Dumps that tell GTIDs last say first where in which binary log it was; the server knows the
    rest.
    """
    told, file = position_in(head), _FILE.search(head)
    if told is not None or file is None:
        return told
    try:
        words = "select binlog_gtid_pos(%s, %s)"
        found = source.with_database("").value(words, file[1].decode(), int(file[2]))
    except ProblemError:
        return None
    return None if found is None else str(found)


def _bare(quoted: bytes) -> str:
    return quoted.decode("utf-8").replace("``", "`")
