"""What stays a machine's own, what keeps a host from moving, and which units go with it."""

from __future__ import annotations

import dataclasses
import subprocess

import pytest
from pydantic import ValidationError

from playbooks.migration.host import HostMove, HostPlan, units
from playbooks.migration.host.own import OWN, STARTS
from playbooks.migration.host.passes import Passes
from playbooks.migration.host.refusal import no_room, refusals, warnings
from playbooks.migration.host.survey import read
from playbooks.migration.order.rehearse import rehearse
from playbooks.migration.steps import Pulse
from stacks.problem import Language, ProblemError
from tests.playbooks.migration.files.conftest import program

SAID = """machine x86_64
name old-kho
release debian 12
login mover 1001 /home/mover
has rsync
has systemctl
has merged
network networking.service
has networking.service
enabled ssh.service
enabled kho.service
mount 20 1 8:1 / / rw - ext4 /dev/sda1 rw
mount 21 20 8:2 / /srv/h\\040so rw - xfs /dev/sdb1 rw
mount 22 20 0:5 / /proc rw - proc proc rw
mount 23 20 0:40 / /mnt/share rw - nfs4 10.0.0.1:/x rw
mount 24 20 8:1 /srv/x /srv/bound rw - ext4 /dev/sda1 rw
mount 25 20 0:30 /@home /home rw - btrfs /dev/sdc rw
swap /swapfile
free 1024 /
free 2048 /srv/h so
"""
PLAN = HostPlan(overwrites="new-kho")
OLD = read(SAID)
NEW = dataclasses.replace(OLD, name="new-kho")
QUIET = Pulse(lambda _: None)


def keys(old, new) -> list[str]:
    return [each.key for each in refusals(old, new, PLAN, "10.9.8.13")]


def test_disks_are_told_from_what_is_mounted_otherwise():
    assert [each.path for each in OLD.disks] == ["/", "/srv/h so", "/home"]
    assert [each.free for each in OLD.disks] == [1 << 20, 2 << 20, 0]
    assert OLD.apart() == ["/proc", "/mnt/share", "/srv/bound", "/swapfile"]
    assert (OLD.major, OLD.login) == ("debian 12", ("mover", "1001", "/home/mover"))


def test_a_host_like_the_old_one_takes_its_place():
    assert keys(OLD, NEW) == []
    assert warnings(OLD, NEW, "x") == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"name": "db-of-others"}, "host-move-other-name"),
        ({"machine": "aarch64"}, "host-move-other-machine"),
        ({"has": OLD.has - {"merged"}}, "host-move-other-layout"),
        ({"has": OLD.has - {"rsync"}}, "host-move-no-program"),
        ({"login": ("root", "0", "/root")}, "host-move-other-login"),
        ({"network": frozenset({"NetworkManager.service"})}, "host-move-no-network"),
    ],
)
def test_each_reason_against_is_told_in_both_languages(changes, key):
    found = list(refusals(OLD, dataclasses.replace(NEW, **changes), PLAN, "10.9.8.13"))

    assert [each.key for each in found] == [key]
    assert found[0].text(Language.VI) != found[0].text(Language.EN)


def test_another_release_is_a_warning():
    new = dataclasses.replace(NEW, release="debian 13")
    later = dataclasses.replace(NEW, release="debian 12.9")

    assert keys(OLD, new) == []
    assert [each.key for each in warnings(OLD, new, "x")] == ["host-move-other-release"]
    assert "debian 13" in warnings(OLD, new, "x")[0].text(Language.VI)
    assert warnings(OLD, later, "x") == []


def test_what_is_missing_is_told_in_mib():
    assert no_room(10, 10, "x") == []
    assert no_room(10 << 20, 8 << 20, "x")[0].values == {"mib": 3}


def test_the_machine_keeps_what_it_is():
    for path in ("/etc/machine-id", "/etc/ssh", "/etc/fstab", "/boot", "/proc", "/etc/hosts"):
        assert path in OWN
    assert "/etc/cron*" in STARTS
    assert not set(OWN) & set(STARTS)


def test_units_of_the_work_go_and_those_of_the_machine_stay():
    said = (
        "apache2.service loaded active running The Apache HTTP Server\n"
        "ssh.service loaded active running x\nsystemd-journald.socket loaded active running x\n"
        "kho@1.service loaded active running x\nlogrotate.timer loaded active waiting x\n"
        "agent.service loaded active running x\n\n"
    )
    plan = HostPlan(overwrites="x", stay=("agent.service",))

    assert units.chosen(said, plan) == ["apache2.service", "kho@1.service", "logrotate.timer"]
    assert units.of_machine(OLD.enabled) == ["ssh.service"]


@pytest.mark.parametrize(
    "wrong", [{"services": ["a; reboot"]}, {"leave_out": ["/"]}, {"leave_out": ["/srv/*"]}]
)
def test_a_plan_has_units_and_paths_only(wrong):
    with pytest.raises(ValidationError):
        HostPlan(overwrites="x", **wrong)


@pytest.fixture
def move(ends, programs) -> HostMove:
    """Two folders of this machine as roots: what needs no systemd goes its way."""
    program(programs, "systemctl", "#!/bin/sh\nexit 1\n")
    (ends.old / "etc" / "ssh").mkdir(parents=True)
    (ends.old / "etc" / "ssh" / "key").write_text("old", "utf-8")
    (ends.old / "etc" / "crontab").write_text("* * * * *", "utf-8")
    (ends.new / "etc" / "ssh").mkdir(parents=True)
    (ends.new / "etc" / "ssh" / "key").write_text("new", "utf-8")
    (ends.new / "usr").mkdir()
    (ends.new / "usr" / "theirs").write_text("x", "utf-8")
    name = subprocess.run(["/bin/uname", "-n"], capture_output=True, text=True, check=True)
    plan = HostPlan(overwrites=name.stdout.strip())
    return HostMove("kho", ends.move.source, ends.move.target, ends.folder, plan)


def test_a_trial_brings_all_but_what_starts_and_what_is_the_machines(ends, move):
    for step in move.trial():
        facts = step.do(QUIET)

    assert facts["files"] == 0
    assert (ends.new / "hồ sơ" / "đơn 1.txt").exists()
    assert (ends.new / "etc" / "ssh" / "key").read_text("utf-8") == "new"
    assert not (ends.new / "etc" / "crontab").exists()
    assert not (ends.new / "usr").exists()


def test_a_rehearsal_fills_a_folder_beside_and_takes_it_away(ends, move):
    assert rehearse("w1/kho", [move], lambda *_: None) > 0

    assert not list(ends.new.parent.glob("*.rehearsal"))
    assert (ends.new / "usr" / "theirs").exists()


def test_a_pass_after_the_first_deletes_no_more_than_allowed(ends, move):
    passes = Passes(move.source, move.target, [], most=2)
    for number in range(4):
        (ends.new / f"{number}").write_text("x", "utf-8")

    for send in (passes.second, passes.last):
        with pytest.raises(ProblemError) as caught:
            send(QUIET, OWN)
        assert caught.value.problems[0].key in {"files-too-many-deleted", "files-delete-stopped"}


def test_a_disk_that_is_gone_is_no_empty_folder(move):
    passes = Passes(move.source, move.target, ["/srv/disk-that-was"], most=2)

    with pytest.raises(ProblemError) as caught:
        passes.first(QUIET, OWN)

    assert caught.value.problems[0].key == "host-move-not-mounted"
