"""A demo system with what a run over the cluster saw of it."""

from pathlib import Path

import pytest

from policies.finding import Gate, Verdict
from sen.assessment.store import Store
from sen.paths import PROJECT
from sen.reports.gap import rejudged
from sen.reports.gather import Asked, material
from sen.reports.system import subject
from tests.sen.assessment.finding_of import NOON, ago, finding, run

REQUESTS = PROJECT / "stacks" / "agencies"
SYSTEM = "H26/operations-centre"


@pytest.fixture(autouse=True)
def _state_of_our_own(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(scope="session")
def real_findings():
    """What the rules find in what the request builds; seen at noon, on the cluster."""
    one = subject(SYSTEM, [REQUESTS])
    return [finding(**vars_of(each)) for each in rejudged(one, 3)]


def vars_of(each):
    kept = ("rule", "controls", "target", "verdict", "action", "message", "remedy", "unknown")
    return {name: getattr(each, name) for name in (*kept, "level")} | {"gate": Gate.LIVE}


@pytest.fixture
def store(tmp_path: Path, real_findings) -> Store:
    kept = Store(tmp_path / "kept")
    bad = finding(Verdict.FAIL, seen_at=ago(1))
    kept.save(run("run-live"), [*real_findings, bad])
    return kept


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    return Store(tmp_path / "empty")


@pytest.fixture
def ours():
    return subject(SYSTEM, [REQUESTS])


@pytest.fixture
def made(store, ours):
    return material(Asked(ours, 3, NOON), store)
