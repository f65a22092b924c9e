"""Stacks on the real platform of the test run, with requests of their own."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from sen import local
from sen.errors import RefusedError
from sen.local.platform import Platform
from sen.runs.environment import environment
from sen.runs.settings import config_file, write_baseline, write_tenants
from sen.runs.stack import Stack
from tests.request_of import request_of

Shard = Callable[..., "Tenants"]


class Tenants:
    """The tenants stack of one agency, over a folder of requests that a test may change."""

    def __init__(self, platform: Platform, agency: str, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.agency = folder, agency
        name = write_tenants(platform, agency, [folder])
        self.stack = Stack(name, environment(platform), policies=False)
        self.stack.ensure()

    def ask(self, slug: str, **changed: object) -> str:
        """Write a request and give the tenant's name."""
        asked = request_of(**{"agency": self.agency, "slug": slug, **changed})
        (self.folder / f"{slug}.yaml").write_text(yaml.safe_dump(asked, allow_unicode=True))
        return f"{self.agency.lower()}-{slug}-{asked['stage']}"

    def forget(self, slug: str) -> None:
        (self.folder / f"{slug}.yaml").unlink()


@pytest.fixture(scope="session")
def platform(tools: None) -> Iterator[Platform]:
    """A platform apart from that of other tests: with a baseline, it refuses what they do."""
    governed = Platform(f"e{os.getpid()}")
    local.up(governed, fsync=False)
    yield governed
    local.reset(governed)


@pytest.fixture(scope="session")
def baseline(platform: Platform) -> Iterator[Stack]:
    """The baseline, built once a run and judged by the policy pack."""
    stack = Stack(write_baseline(platform), environment(platform))
    stack.ensure()
    stack.up()
    yield stack
    config_file(stack.name).unlink(missing_ok=True)


@pytest.fixture
def shard(platform: Platform, baseline: Stack, tmp_path: Path) -> Iterator[Shard]:
    """Make tenants stacks; what a test built is gone after it."""
    made: list[Tenants] = []

    def make(agency: str) -> Tenants:
        tenants = Tenants(platform, agency, tmp_path / agency.lower())
        made.append(tenants)
        return tenants

    yield make
    for tenants in made:
        _end(tenants.stack)


def _end(stack: Stack) -> None:
    """Take a stack away, also one whose run was killed; the next test starts from nothing."""
    with contextlib.suppress(RefusedError):  # no run holds it
        stack.pulumi("cancel", "--yes")
    try:
        stack.pulumi("destroy", "--yes", "--skip-preview")
        stack.pulumi("stack", "rm", "--yes", "--stack", stack.name)
    finally:
        config_file(stack.name).unlink(missing_ok=True)
