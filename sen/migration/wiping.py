"""What was wiped on the old hosts of a system, as the chain of evidence tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from playbooks.migration.wipe.part import ALL_CLEAR
from playbooks.migration.wipe.sample import Stock
from sen.evidence.record import Record
from sen.migration.course import moment
from sen.migration.finding import Wiped

DONE = "migration.done"


def wiped(name: str, records: Sequence[Record]) -> Iterator[Wiped]:
    """Give all that the finish of a system wiped, in the order of time."""
    for each in records:
        if each.about == f"{name}: finish" and each.act == DONE and ALL_CLEAR in each.data:
            host = f"{each.data['host']} ({each.data['address']})"
            for one in each.data[ALL_CLEAR]:
                backup, at = str(each.data["backup"]), moment(each.at)
                yield Wiped(host, backup, Stock.parse(one), at, each.by, each.sequence)
