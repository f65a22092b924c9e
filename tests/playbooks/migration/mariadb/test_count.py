"""Rows are counted, and a limit that is told in bytes slows them down by their mean size."""

from playbooks.migration.mariadb.catalogue import Table
from playbooks.migration.mariadb.count import Count, in_rows
from playbooks.migration.steps import Pulse


def table(rows, row_bytes):
    return Table("t", "InnoDB", rows, row_bytes, (), (), (), ())


def test_a_limit_in_bytes_becomes_one_in_rows():
    waited = []
    pulse = Pulse(lambda _: None, limit=2000, clock=lambda: 0.0, wait=waited.append)

    count = Count(in_rows(pulse, [table(100, 50), table(300, 150)]), 400)
    count.add(1)
    count.add(32)

    assert waited == [32 * 125 / 2000]


def test_without_a_limit_or_rows_nothing_is_slowed():
    pulse = Pulse(lambda _: None, limit=2000)

    assert in_rows(pulse, [table(0, 0)]) is pulse
    assert in_rows(Pulse(lambda _: None), [table(9, 9)]).limit is None
