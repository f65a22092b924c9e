"""The platform's administrator, and what a baseline builds."""

from __future__ import annotations

import pytest

from sen.local.platform import Platform
from stacks.settings import BaselineSettings, parse_settings
from tests.stacks.apply import Person

OFFICERS, INSPECTORS = "sen-security-officers", "sen-inspectors"


@pytest.fixture(scope="session")
def administrator(platform: Platform) -> Person:
    return Person(platform.kubeconfig, platform.context)


@pytest.fixture(scope="session")
def baseline() -> BaselineSettings:
    given = {
        "layer": "baseline",
        "cluster": {"name": "north"},
        "security_officers": [OFFICERS],
        "inspectors": [INSPECTORS],
    }
    settings = parse_settings(given, "baseline-north-test")
    assert isinstance(settings, BaselineSettings)
    return settings
