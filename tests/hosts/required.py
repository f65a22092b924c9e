"""What tests on real hosts begin with: hosts, or the plain reason why there are none."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.hosts import machines

# Set to 1 where hosts must run: a machine without them then fails instead of saying so.
REQUIRED = "SEN_TESTS_WITH_HOSTS"


def require_hosts() -> None:
    """Skip the test where no host runs, and say why; fail where they must run."""
    _unless(machines.why_not())


def require_playing() -> None:
    """Skip the test where no roles can be played on hosts, and say why."""
    missing = shutil.which("ansible-playbook") is None
    _unless("roles need ansible-playbook; run `make system` as root" if missing else "")


def _unless(reason: str) -> None:
    if reason and os.environ.get(REQUIRED) == "1":
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(reason)
