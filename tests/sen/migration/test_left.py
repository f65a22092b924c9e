"""What a finished wave leaves to people is told and kept."""

from __future__ import annotations

import pytest

from sen.cli import migrate_move
from sen.evidence.place import chain_of
from sen.local.platform import Platform
from sen.migration.left import ACT, left
from sen.migration.objects import Waves
from sen.migration.wave import Wave
from stacks.problem import Problem, ProblemError
from tests.sen.cli.conftest import config_folder, sen
from tests.sen.migration.moved import RUNNER, order

__all__ = ["config_folder", "sen"]
THING = {"spec": {"bridges": [{"source": "portal", "target": "archive"}]}}


def test_old_ends_are_named_once_with_the_bridges_of_the_plan():
    assert left(order("one", "two").systems, THING) == {
        "old_ends": ["10.1.2.11"],
        "bridges": ["portal → archive"],
    }
    assert left(order().systems, None)["bridges"] == []


@pytest.mark.parametrize(
    ("thing", "bridges"), [(THING, "portal → archive"), (None, "-"), ("away", "-")]
)
def test_the_end_says_what_is_left_and_keeps_it(sen, monkeypatch, tmp_path, thing, bridges):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    wave = Wave(Platform("paper"), order(), RUNNER)

    def got(_waves, _name):
        if thing == "away":
            raise ProblemError(Problem("wave-no-kind", "cluster"))
        return thing

    monkeypatch.setattr(Platform, "kubeconfig", tmp_path / "none", raising=False)
    monkeypatch.setattr(Platform, "context", "", raising=False)
    monkeypatch.setattr(Waves, "get", got)
    monkeypatch.setattr(Wave, "journeys", lambda *_: [])
    monkeypatch.setattr(Wave, "show_status", lambda _: None)
    monkeypatch.setattr(migrate_move, "opened", lambda *_: wave)

    said = sen("migrate", "finish", "order.yaml")

    assert said.code == 0
    assert f"old ends 10.1.2.11, bridges of the plan {bridges};" in said.err
    (record,) = chain_of(wave.platform).records()
    assert (record.act, record.about, record.by) == (ACT, "w1", RUNNER)
