"""Data of a real old host and the file of a disk go to zeros, and the record stands."""

from __future__ import annotations

import datetime as dt

import pytest

from playbooks.migration.cutover import Journey
from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.files import FilesMove
from playbooks.migration.wipe import Wipe, WipePlan
from sen.evidence.chain import Chain
from sen.evidence.record import Act
from sen.evidence.verification import verify
from sen.migration.wiping import wiped
from stacks.problem import ProblemError
from tests.hosts.pair import DISK, Pair

pytestmark = [pytest.mark.hosts, pytest.mark.xdist_group("pair")]
DATA, IMAGE = f"{DISK}/ho-so", f"{DISK}/vm.img"


class Name:
    now = Side.OLD

    def side(self) -> Side:
        return self.now

    def point(self, side: Side) -> None:
        self.now = side


def journey(hosts: Pair, tmp_path, chain: Chain) -> Journey:
    serial = hosts.inside(hosts.old, f"echo $(stat -f -c %i {IMAGE})-$(stat -c %i {IMAGE})")
    plan = WipePlan.model_validate(
        {
            "confirm": "old-kho",
            "backup": "restic 4f2a, restored",
            "folders": [DATA],
            "disks": [{"path": IMAGE, "serial": serial}],
            "samples": 8,
        }
    )
    places = hosts.place(hosts.old, DATA), hosts.place(hosts.new, "/srv/ho-so")
    parts = [
        FilesMove("files", *places, tmp_path / "files"),
        Wipe("wipe", hosts.place(hosts.old, "/"), tmp_path / "wipe", plan),
    ]

    def record(name, about, data):
        chain.append(Act(name, "van-hanh@hanoi.gov.vn", about, data))

    return Journey("w1/kho", parts, Name(), tmp_path / "journals", record)


def test_only_after_the_hold_the_old_data_go_and_the_chain_says_how(hosts: Pair, tmp_path):
    hosts.inside(
        hosts.old,
        f"mkdir -p {DATA}/2019; for n in 1 2 3; do head -c 70000 /dev/urandom > {DATA}/2019/$n; "
        f"done; head -c 3000000 /dev/urandom > {IMAGE}; echo kept > {DISK}/kept",
    )
    chain = Chain(tmp_path / "chain.jsonl")
    moving = journey(hosts, tmp_path, chain)
    moving.fill()
    moving.cut_over()
    with pytest.raises(ProblemError) as caught:
        moving.finish(dt.timedelta(days=14))
    assert [each.key for each in caught.value.problems] == ["move-held-open"]
    assert hosts.inside(hosts.old, f"ls {DATA}/2019").split() == ["1", "2", "3"]

    moving.finish()

    found = {each.what.path: each for each in wiped("w1/kho", list(chain.records()))}
    assert hosts.inside(hosts.old, f"ls {DISK}").split() == ["kept", "vm.img"]
    assert hosts.inside(hosts.old, f"tr -d '\\000' < {IMAGE} | wc -c") == "0"
    assert hosts.inside(hosts.old, f"stat -c %s {IMAGE}") == "3000000"
    assert hosts.inside(hosts.new, "ls /srv/ho-so/2019").split() == ["1", "2", "3"]
    assert (found[DATA].what.files, found[DATA].what.bytes) == (3, 210_000)
    assert len(found[IMAGE].what.samples) == 8
    assert all(s.clear and s.before != s.after for e in found.values() for s in e.what.samples)
    assert found[IMAGE].by == "van-hanh@hanoi.gov.vn"
    assert verify(list(chain.lines())).broken is None
