"""A neglected host goes into a new one with a service that writes, and comes back."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from playbooks.migration.host import HostMove, HostPlan
from playbooks.migration.steps import Journal, Run
from tests.hosts.machines import Machine
from tests.hosts.pair import Pair

pytestmark = [pytest.mark.hosts, pytest.mark.xdist_group("pair")]
# Counts on where it stopped; a line lost or written twice is seen in the file.
LEDGER = """#!/bin/sh
n=$(tail -n 1 /srv/ledger/lines | cut -d ' ' -f 1); n=${n:-0}
while :; do n=$((n + 1)); echo "$n $(uname -n)" >> /srv/ledger/lines; sleep 0.1; done
"""
UNIT = """[Service]
User=clerk
ExecStart=/usr/local/bin/ledger
[Install]
WantedBy=multi-user.target
"""
SECONDS = 60
# Programs move as all else does, and take five times as long as all else together.
PROGRAMS = ("/usr/bin", "/usr/include", "/usr/lib", "/usr/libexec", "/usr/sbin", "/usr/share")
PLAN = HostPlan(overwrites="new-kho", leave_out=PROGRAMS, stay=("apache2.service", "cron.service"))
OWN = "cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub /etc/hostname /etc/hosts"


def setup(hosts: Pair) -> None:
    old = hosts.old
    hosts.inside(old, "useradd -u 2345 -m clerk && install -d -o clerk -g clerk /srv/ledger")
    hosts.inside(old, "cat > /usr/local/bin/ledger", given=LEDGER)
    hosts.inside(old, "cat > /etc/systemd/system/ledger.service", given=UNIT)
    hosts.inside(
        old,
        "chmod 755 /usr/local/bin/ledger; systemctl disable -q --now portal-worker; "
        "systemctl daemon-reload; systemctl start ledger; "
        "mkdir -p '/srv/hồ sơ'; truncate -s 40M '/srv/hồ sơ/thưa'; echo x >> '/srv/hồ sơ/thưa'; "
        "ln '/srv/hồ sơ/thưa' /srv/again; chown clerk /srv/again",
    )


def waited_for(asked: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not asked():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def lines(hosts: Pair, machine: Machine) -> list[tuple[int, str]]:
    said = hosts.inside(machine, "cat /srv/ledger/lines 2>/dev/null || true").splitlines()
    return [(int(number), name) for number, name in (each.split() for each in said)]


def run(move: HostMove, series: str) -> dict:
    steps, folder = getattr(move, series)(), move.folder
    journal = Journal(folder / f"{series}.jsonl")
    return dict(Run("w1/kho", steps, journal, lambda *_: None).forward().facts)


@pytest.fixture
def move(hosts: Pair, tmp_path) -> HostMove:
    setup(hosts)
    places = hosts.place(hosts.old, "/"), hosts.place(hosts.new, "/")
    return HostMove("kho", *places, tmp_path, PLAN)


def test_a_host_with_a_service_that_writes_goes_over_and_back(hosts: Pair, move: HostMove):
    old, new = hosts.old, hosts.new
    before = hosts.inside(new, OWN)
    assert run(move, "fill")["check"]["warnings"] == []

    assert not hosts.inside(new, "ls /etc/cron.d/portal-dump 2>/dev/null || true")
    assert states(hosts, new, "ledger") == ["inactive"]
    moved = run(move, "switch")
    assert "ledger.service" in moved["stop old"]["stopped"]
    assert moved["compare"]["good"]
    verdict = move.verify()
    assert verdict.good, verdict.facts()
    arrived(hosts)
    assert hosts.inside(new, OWN) == before
    # What stands still does not start again, even where somebody tells it to.
    hosts.inside(old, "systemctl reset-failed ledger; systemctl start ledger")
    assert states(hosts, old, "ledger") == ["inactive"]
    waited_for(lambda: lines(hosts, new)[-1][1] == "new-kho")

    run(move, "back")

    waited_for(lambda: lines(hosts, old)[-1][1] == "old-kho")
    found = lines(hosts, old)
    assert [number for number, _ in found] == list(range(1, len(found) + 1))
    assert {name for _, name in found} == {"old-kho", "new-kho"}
    assert "active" not in states(hosts, new, "ledger")
    run(move, "finish")
    assert not hosts.inside(new, "find /etc/systemd/system -name '*sen-moved*'")
    assert list(move.folder.glob("host-*")) == []


def arrived(hosts: Pair) -> None:
    """See that units run and are enabled, that links are links, and that holes stay holes."""
    new = hosts.new
    assert states(hosts, new, "ledger") == ["active"]
    assert hosts.inside(new, "systemctl is-enabled ledger") == "enabled"
    assert hosts.inside(new, "stat -c '%h %U' /srv/again") == "2 clerk"
    assert int(hosts.inside(new, "du -k /srv/again").split()[0]) < 1000


def states(hosts: Pair, machine: Machine, *units: str) -> list[str]:
    return hosts.inside(machine, f"systemctl is-active {' '.join(units)} || true").split()
