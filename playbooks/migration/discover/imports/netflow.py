"""Reads recorded connections in CSV: NetFlow as nfdump writes it, conntrack, or our own columns."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping

from playbooks.migration.discover.estate import Flow
from playbooks.migration.discover.flows import joined
from playbooks.migration.discover.imports import conntrack
from playbooks.migration.discover.imports.inventory import (
    columns_of,
    dialect,
    first_said,
    number,
)
from stacks.problem import Problem, ProblemError

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "source": ("source", "src", "sa", "src ip", "srcaddr"),
    "target": ("target", "dst", "da", "dst ip", "dstaddr"),
    "source_port": ("source port", "sport", "sp", "src port", "srcport"),
    "port": ("port", "dport", "dp", "dst port", "dstport"),
    "protocol": ("protocol", "pr", "proto"),
    "first": ("first", "ts", "first seen", "firstseen"),
    "last": ("last", "te", "last seen", "lastseen"),
    "count": ("count", "flows", "fl"),
}
CONFIDENCE = 0.8
_NUMBERS = {"6": "tcp", "17": "udp"}
_FIRST_PRIVATE = 32_768
# nfdump ends what it writes with this line, and sums below it.
_END = "Summary"
# Only conntrack knows how far a connection is.
_OF_CONNTRACK = "state"


def flows(content: str, name: str) -> tuple[Flow, ...]:
    """Read connections; the lower port is taken for the server's where both are given.

    Raises:
        ProblemError: A column that is needed is not there, or a figure or a time is none.
    """
    if conntrack.is_conntrack(content):
        return conntrack.flows(content)
    reader = csv.DictReader(io.StringIO(content.lstrip("\ufeff")), dialect=dialect(content))
    columns = columns_of(reader.fieldnames or (), COLUMNS)
    missing = [each for each in ("source", "target", "port") if each not in columns]
    if missing:
        raise ProblemError(Problem("import-no-column", name, {"columns": ", ".join(missing)}))
    heads = reader.fieldnames or ()
    way = "conntrack" if _OF_CONNTRACK in {each.strip().lower() for each in heads} else "netflow"
    found = []
    for line, row in enumerate(reader, 2):
        if row[heads[0]] == _END:
            break
        said = first_said(row, columns)
        if said["source"] and said["target"]:
            found.append(_flow(said, f"{name}:{line}", way))
    return joined((), found)


def _flow(said: Mapping[str, str], where: str, way: str) -> Flow:
    source, target = said["source"], said["target"]
    port, other = (int(number(said.get(key), where)) for key in ("port", "source_port"))
    if other and other < port and port >= _FIRST_PRIVATE:  # the answer's half of a connection
        source, target, port = target, source, other
    protocol = said.get("protocol", "").lower() or "tcp"
    return Flow(
        source=source,
        target=target,
        port=port,
        protocol=_NUMBERS.get(protocol, protocol),
        ways=(way,),
        first=_instant(said.get("first", ""), where),
        last=_instant(said.get("last", "") or said.get("first", ""), where),
        count=int(number(said.get("count"), where)) or 1,
        confidence=CONFIDENCE,
    )


def _instant(text: str, where: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        if text.isdigit():
            return dt.datetime.fromtimestamp(int(text), dt.UTC)
        found = dt.datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        raise ProblemError(Problem("import-not-a-time", where, {"given": text})) from None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
