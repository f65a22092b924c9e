"""A neglected host is brought to its level; what is left is known and has a reason."""

from __future__ import annotations

import os

import pytest

from sen.harden import broken, harden
from tests.playbooks.roles.conftest import Tired

pytestmark = [
    pytest.mark.hosts,
    pytest.mark.xdist_group("hosts"),
    pytest.mark.skipif(
        os.environ.get("SEN_TESTS_SLOW") != "1",
        reason="plays 9 roles three times, ten minutes or more; set SEN_TESTS_SLOW=1",
    ),
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
def test_a_neglected_host_comes_to_its_level(tired: Tired, tmp_path):
    looked = harden(tired.inventory, tmp_path, only_check=True, ssh_config=tired.ssh_config)
    assert looked.played.failed == {}
    assert looked.played.tasks["tired"]

    first = harden(tired.inventory, tmp_path, ssh_config=tired.ssh_config)

    assert first.played.failed == {}
    before, after = broken(first.before, "tired"), broken(first.after, "tired")
    assert broken(looked.before, "tired") == before, "a look changes nothing"
    assert {LEFT.get(rule) for rule in after - before} <= {OUTSIDE}
    assert len(after) * 3 < len(before)
    assert after <= LEFT.keys()

    second = harden(tired.inventory, tmp_path, ssh_config=tired.ssh_config)

    assert second.played.failed == {}
    assert (second.played.changed, second.played.tasks) == ({"tired": 0}, {})
