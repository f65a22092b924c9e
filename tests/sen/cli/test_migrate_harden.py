"""`sen migrate harden` keeps in the evidence how each host stood before and after."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sen.cli import migrate_harden
from sen.evidence.place import chain_of
from sen.local.platform import Platform

ROW = {
    "host": "may-moi",
    "level": 3,
    "broken_before": 79,
    "broken_after": 18,
    "changed": 41,
    "remaining": ["no-swap"],
    "failed": "",
}


@pytest.fixture
def harden(sen, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    inventory = tmp_path / "hosts.ini"
    inventory.write_text("[all]\nmay-moi ansible_host=10.9.8.11\n")

    def call(*words, failed=None):
        done = SimpleNamespace(rows=lambda: [ROW], played=SimpleNamespace(failed=failed or {}))
        monkeypatch.setattr(migrate_harden, "hardened", lambda *_, **__: done)
        return sen("migrate", "harden", inventory, *words)

    return call


def test_each_host_is_recorded_with_its_address(harden):
    assert harden().code == 0

    (record,) = chain_of(Platform("local")).records()
    assert (record.act, record.about) == ("migration.harden", "may-moi")
    assert record.data == {
        "address": "10.9.8.11",
        "level": 3,
        "before": 79,
        "after": 18,
        "remaining": ["no-swap"],
    }


def test_a_look_alone_records_nothing_and_a_failed_host_ends_with_one(harden):
    assert harden("--check").code == 0
    assert list(chain_of(Platform("local")).records()) == []
    assert harden(failed={"may-moi": "unreachable"}).code == 1
