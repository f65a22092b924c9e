"""A copy that outlives the old server's binary logs is foretold, and stops nothing."""

from __future__ import annotations

import pytest

from playbooks.migration.mariadb_replica import retention
from playbooks.migration.mariadb_replica.ends import Ends
from playbooks.migration.mariadb_replica.inspect import concerns
from playbooks.migration.mariadb_replica.retention import copy_seconds, kept_seconds

DAY = 86_400


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"expire_logs_days": "7"}, 7 * DAY),
        ({"expire_logs_days": "0.5", "binlog_expire_logs_seconds": "43200"}, DAY / 2),
        ({"expire_logs_days": "0.000000", "binlog_expire_logs_seconds": "0"}, None),
        ({"binlog_expire_logs_seconds": 3600}, 3600),
        ({}, None),
    ],
)
def test_how_long_logs_are_kept_is_read_from_every_version(said, kept):
    assert kept_seconds(said) == kept


def test_a_hundred_gigabytes_take_two_hours():
    assert copy_seconds(100_000_000_000) / 3600 == pytest.approx(2.1, abs=0.1)


def noted(ends):
    found = concerns(Ends(*ends), ours=False)
    return [each for each in found if each.problem.key == "replica-log-short"]


def test_logs_that_are_gone_before_the_copy_is_done_are_noted(ends, monkeypatch):
    server = ends[0].with_database("")
    size = int(ends[0].value(retention.SIZE, [ends[0].database]))
    server.tell("SET GLOBAL binlog_expire_logs_seconds = 7200")
    try:
        assert noted(ends) == []
        monkeypatch.setattr(retention, "BYTES_A_SECOND", size / 3600)
        (found,) = noted(ends)
        server.tell("SET GLOBAL binlog_expire_logs_seconds = 10800")
        assert noted(ends) == []
    finally:
        server.tell("SET GLOBAL binlog_expire_logs_seconds = 0")

    assert not found.blocks
    for lang in ("en", "vi"):
        told = found.problem.text(lang)
        assert all(each in told for each in ("2.0", "1.0", "3.0")), told
    assert noted(ends) == [], "logs that are kept for ever are long enough"
