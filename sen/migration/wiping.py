"""What was wiped on the old hosts of a system, as the chain of evidence tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from playbooks.migration.wipe.part import ALL_CLEAR
from playbooks.migration.wipe.sample import Stock
from sen.evidence.record import Record
from sen.migration.course import moment
from sen.migration.finding import Wiped
from sen.migration.said import said

DONE = "migration.done"


@dataclass(frozen=True)
class _Proven:
    host: str
    address: str
    backup: str


_PROVEN, _STOCK = TypeAdapter(_Proven), TypeAdapter(tuple[Stock, ...])


def wiped(name: str, records: Sequence[Record]) -> Iterator[Wiped]:
    """Give all that the finish of a system wiped, in the order of time."""
    for each in records:
        if each.about == f"{name}: finish" and each.act == DONE and ALL_CLEAR in each.data:
            data, at = said(_PROVEN, each), moment(each.at)
            host = f"{data.host} ({data.address})"
            for one in said(_STOCK, each, each.data[ALL_CLEAR]):
                yield Wiped(host, data.backup, one, at, each.by, each.sequence)
