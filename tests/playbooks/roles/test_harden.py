"""Neglected hosts are brought to their level; what is left is known and has a reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from playbooks.play import play
from sen.harden import PLAYBOOK, broken, harden, parameters
from tests.hosts import machines
from tests.hosts.conftest import DECLARED
from tests.playbooks.roles.conftest import LAST, Tired

pytestmark = [
    pytest.mark.hosts,
    pytest.mark.xdist_group("hosts"),
]

CONTAINER = "a container cannot set it; the role wrote it for the next start of a real host"
PEOPLE = "whose it is, the agency must say: a role takes nothing from anybody"
OUTSIDE = "this network has no such server"
LEFT = {
    "host-anti-malware": "the agency's product; no role installs one",
    "host-closed-homes": PEOPLE,
    "host-known-setuid": PEOPLE,
    "host-net-log-martians": CONTAINER,
    "host-net-no-forwarding": CONTAINER,
    "host-net-no-redirects": CONTAINER,
    "host-net-no-router-advice": CONTAINER,
    "host-net-no-source-route": CONTAINER,
    "host-net-reverse-path": CONTAINER,
    "host-net-syn-cookies": CONTAINER,
    "host-no-unowned-files": PEOPLE,
    "host-no-world-writable-files": PEOPLE,
    "host-one-person-per-account": PEOPLE,
    "host-one-root": PEOPLE,
    "host-password-hashing": "only its owner can set the password anew",
    "host-sticky-shared-folders": PEOPLE,
    "host-time-synchronised": OUTSIDE,
    "host-trusted-resolvers": OUTSIDE,
}


# All of it on both releases takes twice the time: one is played here, the other is looked at.
PLAYED = tuple(LAST) if os.environ.get("SEN_TESTS_SLOW") == "1" else ("trixie",)
LOOKED_AT = "bookworm"


@pytest.mark.timeout(1800)
def test_a_look_changes_nothing_a_run_brings_hosts_to_their_level_and_a_second_changes_nothing(
    tired: Tired, tmp_path
):
    _look(tired, tmp_path)

    first = harden(tired.of(*PLAYED), tmp_path, ssh_config=tired.ssh_config)

    assert first.played.failed == {}
    for host in PLAYED:
        before, after = broken(first.before, host), broken(first.after, host)
        assert {LEFT.get(rule) for rule in after - before} <= {OUTSIDE}, host
        assert len(after) * 3 < len(before), host
        assert after <= LEFT.keys(), host

    # Played alone: what the rules find was seen a moment ago.
    level, hosts = int(str(DECLARED["sen_level"])), frozenset(PLAYED)
    told = {"sen_rules": parameters(level)}
    again = tired.of(*PLAYED)
    second = play(PLAYBOOK, again, hosts, tmp_path / "again", told, ssh_config=tired.ssh_config)

    assert second.failed == {}
    assert second.tasks == {}
    assert second.changed == dict.fromkeys(PLAYED, 0)


def _look(tired: Tired, folder: Path) -> None:
    name = tired.machines[LOOKED_AT].name
    machines.inside(name, "touch /run/before")

    looked = harden(tired.of(LOOKED_AT), folder, only_check=True, ssh_config=tired.ssh_config)

    assert looked.played.failed == {}
    assert looked.played.changed[LOOKED_AT] > len(LEFT)
    assert machines.inside(name, "find /etc /usr/share/pam-configs -newer /run/before") == ""
