"""A neglected host goes into a new one with a service that writes, and comes back."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from sen.paths import PROJECT
from tests.hosts.machines import Machine
from tests.hosts.pair import USER, Pair
from tests.playbooks.migration.host import mover
from tests.playbooks.migration.host.mover import run

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
PLAN = {
    "name": "kho",
    "overwrites": "new-kho",
    "leave_out": PROGRAMS,
    "stay": ("apache2.service", "cron.service"),
}
# Who is led where is not of this test: nobody is.
SYSTEM = {
    "system": "kho",
    "tenant": "h26-kho-production",
    "endpoint": {each: ["true"] for each in ("ask", "old", "closed", "new")},
}
MOMENTS = random.Random(20261122)  # noqa: S311 - when to kill
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


@pytest.fixture
def job(hosts: Pair, tmp_path) -> str:
    """Give the order, as a mover takes it."""
    setup(hosts)
    source, target = (
        {"host": each.address, "user": USER, "ssh_config": str(hosts.ssh_config)}
        for each in (hosts.old, hosts.new)
    )
    host = {**PLAN, "source": source, "target": target}
    return json.dumps({"system": {**SYSTEM, "host": [host]}, "folder": str(tmp_path)})


def killed(job: str, series: str, step: str) -> None:
    """Begin a series in a process of its own, and kill it soon after it has begun a step."""
    words = [sys.executable, "-m", mover.__name__, job, series]
    journal = mover.journal_of(mover.move_of(job), series)
    mark = f'"event": "begun", "step": "{step}"'

    def begun() -> int:
        return journal.read_text("utf-8").count(mark) if journal.exists() else 0

    before = begun()
    with subprocess.Popen(words, cwd=PROJECT, start_new_session=True) as process:
        waited_for(lambda: begun() > before or process.poll() is not None)
        time.sleep(MOMENTS.uniform(0, 0.7))
        assert process.poll() is None, "it was killed, and did not end"
        process.kill()


def test_a_host_with_a_service_that_writes_goes_over_and_back_whenever_its_mover_is_killed(
    hosts: Pair, job: str
):
    old, new, move = hosts.old, hosts.new, mover.move_of(job)
    before = hosts.inside(new, OWN)
    filled(hosts, job)
    switched(job)
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


def filled(hosts: Pair, job: str) -> None:
    """Fill, killed on the way; nothing may start on the new host before it is the one."""
    killed(job, "fill", "first pass")
    assert run(mover.move_of(job), "fill")["check"]["warnings"] == []
    assert not hosts.inside(hosts.new, "ls /etc/cron.d/portal-dump 2>/dev/null || true")
    assert states(hosts, hosts.new, "ledger") == ["inactive"]


def switched(job: str) -> None:
    """Switch, killed while the old host is stopped, while files go over, and while it starts."""
    for step in ("stop old", "last pass", "start new"):
        killed(job, "switch", step)
    moved = run(mover.move_of(job), "switch")
    assert "ledger.service" in moved["stop old"]["stopped"]
    assert moved["compare"]["good"]


def arrived(hosts: Pair) -> None:
    """See that units run and are enabled, that links are links, and that holes stay holes."""
    new = hosts.new
    waited_for(lambda: [running(hosts, each) for each in (hosts.old, new)] == [[], ["ledger"]])
    assert states(hosts, new, "ledger") == ["active"]
    assert hosts.inside(new, "systemctl is-enabled ledger") == "enabled"
    assert hosts.inside(new, "stat -c '%h %U' /srv/again") == "2 clerk"
    assert int(hosts.inside(new, "du -k /srv/again").split()[0]) < 1000


def running(hosts: Pair, machine: Machine) -> list[str]:
    """Give what runs of the service and of what a killed mover may have left, once each."""
    return hosts.inside(
        machine, "ps -eo comm= | grep -x 'ledger\\|rsync\\|sha256sum' || true"
    ).split()


def states(hosts: Pair, machine: Machine, *units: str) -> list[str]:
    return hosts.inside(machine, f"systemctl is-active {' '.join(units)} || true").split()
