"""Stacks are built a few at a time; after the first failure, or Ctrl-C, no other begins."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sen.demo import build as module
from sen.demo.build import AT_ONCE, build_baseline, build_tenants, by_owner
from sen.errors import RefusedError
from sen.runs.failure import failure
from stacks.models.tenant import TenantRequest
from tests.request_of import request_of
from tests.sen.runs.conftest import config_folder, quiet_platform

__all__ = ["config_folder", "quiet_platform"]
AGENCIES = ("G01", "G22", "H17", "H26", "H29", "H57")


class Runs:
    """Plays the stacks' part: counts who is under way, and fails where it is told to."""

    def __init__(self, failing: str = "") -> None:
        self.failing, self.made, self.applied = failing, [], []
        self.under_way, self.most = 0, 0
        self.lock = threading.Lock()

    def stack(self, name, variables):
        self.made.append(name)
        return Run(self, name)


class Run:
    def __init__(self, runs, name):
        self.runs, self.name = runs, name

    def ensure(self):
        assert self.name not in self.runs.applied

    def up(self):
        with self.runs.lock:
            self.runs.applied.append(self.name)
            self.runs.under_way += 1
            self.runs.most = max(self.runs.most, self.runs.under_way)
        if self.name == self.runs.failing:
            raise failure(self.name, "error: something")
        with self.runs.lock:
            self.runs.under_way -= 1
        return 1.0


@pytest.fixture
def runs(monkeypatch, quiet_platform, config_folder):
    def play(failing: str = "") -> Runs:
        played = Runs(failing)
        monkeypatch.setattr(module, "Stack", played.stack)
        monkeypatch.setattr(module, "environment", lambda _: {})
        return played

    return play


def shards():
    return [(agency, [Path("/requests") / agency]) for agency in AGENCIES]


def names(agencies=AGENCIES):
    return [f"tenants-{agency.lower()}-quietdev" for agency in agencies]


def test_the_baseline_is_made_applied_and_told(runs, quiet_platform, config_folder):
    played, told = runs(), []

    build_baseline(quiet_platform, told=told.append)

    assert [each.stack for each in told] == played.applied == ["baseline-quiet-quietdev"]
    assert told[0].seconds == 1.0
    assert (config_folder / "Pulumi.baseline-quiet-quietdev.yaml").is_file()


def test_each_agencys_stack_is_applied_and_told_in_order(runs, quiet_platform, config_folder):
    played, told = runs(), []

    build_tenants(quiet_platform, shards(), told=told.append)

    assert [each.stack for each in told] == names()
    assert sorted(played.applied) == names()
    assert played.most <= AT_ONCE
    assert len(list(config_folder.iterdir())) == len(AGENCIES)


def test_a_failure_is_told_and_the_rest_does_not_begin(runs, quiet_platform, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 1)
    played, told = runs(failing=names()[1]), []

    with pytest.raises(RefusedError) as refused:
        build_tenants(quiet_platform, shards(), told=told.append)

    assert refused.value.problems[0].thing == names()[1]
    assert [each.stack for each in told] == names()[:1]
    assert played.applied == names()[:2]


def test_ctrl_c_lets_runs_end_and_says_how_many_are_built(runs, quiet_platform, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 1)
    played = runs()
    told: list[str] = []

    def press(built):
        told.append(built.stack)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(RefusedError) as refused:
        build_tenants(quiet_platform, shards(), told=press)

    (problem,) = refused.value.problems
    assert problem.key == "run-interrupted-between"
    assert f"2/{len(AGENCIES)}" in problem.text()
    assert played.under_way == 0


def test_requests_go_to_the_stack_of_their_first_level_agency():
    codes = ("H26.00070", "H29", "H26", "G01")
    requests = [TenantRequest.model_validate(request_of(code)) for code in codes]

    sorted_out = by_owner(requests)

    assert list(sorted_out) == ["G01", "H26", "H29"]
    assert [each.agency for each in sorted_out["H26"]] == ["H26.00070", "H26"]


def test_no_requests_are_no_shards():
    assert by_owner([]) == {}
