"""Neglected hosts are brought to their level; what is left is known and has a reason."""

from __future__ import annotations

import pytest

from sen.harden import broken, harden
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


@pytest.mark.timeout(1500)
def test_neglected_hosts_of_both_releases_come_to_their_level(tired: Tired, tmp_path):
    looked = harden(tired.of("trixie"), tmp_path, only_check=True, ssh_config=tired.ssh_config)
    assert looked.played.failed == {}
    assert looked.played.tasks["trixie"]

    first = harden(tired.inventory, tmp_path, ssh_config=tired.ssh_config)

    assert first.played.failed == {}
    assert broken(looked.before, "trixie") == broken(first.before, "trixie"), "a look is no change"
    for host in LAST:
        before, after = broken(first.before, host), broken(first.after, host)
        assert {LEFT.get(rule) for rule in after - before} <= {OUTSIDE}, host
        assert len(after) * 3 < len(before), host
        assert after <= LEFT.keys(), host

    second = harden(tired.inventory, tmp_path, ssh_config=tired.ssh_config)

    assert second.played.failed == {}
    assert second.played.tasks == {}
    assert second.played.changed == dict.fromkeys(LAST, 0)
