"""A wave's object says where it stands, since when, and of which systems what does not hold."""

from __future__ import annotations

import datetime as dt

import pytest

from sen.errors import MissingPartError
from sen.local.platform import Platform
from sen.migration import status as module
from sen.migration.account import Standing
from sen.migration.objects import Waves
from sen.migration.status import keep, of_order, phase, status
from sen.migration.wave import Wave
from stacks.models.objects.wave import CONDITIONS, WavePhase, WaveSpec
from stacks.problem import Problem, ProblemError
from tests.sen.migration.moved import LATER, RUNNER, Moved, order

S = Standing


@pytest.fixture
def moved(tmp_path):
    return Moved.at(tmp_path, order("ho-tich", "dat-dai"))


class Kept:
    """Waves in memory."""

    def __init__(self, *, fails: Exception | None = None) -> None:
        self.things: dict = {}
        self.fails = fails

    def get(self, name):
        if self.fails:
            raise self.fails
        return self.things.get(name)

    def put(self, name, spec):
        self.things[name] = {"metadata": {"name": name, "generation": 3}, "spec": spec}

    def tell(self, name, said):
        self.things[name]["status"] = said.model_dump(mode="json", exclude_none=True)


def true_of(said):
    return {each.type for each in said.conditions if each.status == "True"}


@pytest.mark.parametrize(
    ("standings", "found"),
    [
        ([S.PLANNED, S.PLANNED], WavePhase.PLANNED),
        ([S.PLANNED, S.REHEARSED], WavePhase.PLANNED),
        ([S.REHEARSED, S.REHEARSED], WavePhase.REHEARSED),
        ([S.REHEARSED, S.FILLED], WavePhase.MOVING),
        ([S.HELD, S.REHEARSED], WavePhase.MOVING),
        ([S.HELD, S.SWITCHING], WavePhase.MOVING),
        ([S.HELD, S.RETURNING], WavePhase.MOVING),
        ([S.HELD, S.TAKEN_BACK], WavePhase.FAILED),
        ([S.HELD, S.FINISHED], WavePhase.HELD),
        ([S.FINISHED, S.FINISHED], WavePhase.FINISHED),
        ([S.HELD, S.ROLLED_BACK], WavePhase.ROLLED_BACK),
    ],
)
def test_the_phase_of_a_wave_follows_its_systems(standings, found):
    assert phase(standings) is found


def test_conditions_say_of_which_systems_they_do_not_hold(moved):
    moved.agreed()
    moved.rehearsed()
    moved.cut_over()

    said = status(moved.account(), {}, 3)

    assert said.phase is WavePhase.MOVING
    assert (said.moved, said.observedGeneration) == (1, 3)
    assert [each.type for each in said.conditions] == list(CONDITIONS)
    assert true_of(said) == {"Approved"}
    by = {each.type: each for each in said.conditions}
    assert (by["CutOver"].message, by["CutOver"].reason) == ("dat-dai", "NotCutOver")
    assert by["Approved"].message == "2/2: an@hanoi.gov.vn, binh@hanoi.gov.vn"
    assert by["Approved"].lastTransitionTime == LATER


def test_a_whole_wave_that_is_over_back_and_ended(moved):
    for name in ("ho-tich", "dat-dai"):
        moved.rehearsed(name)
        moved.cut_over(name)
    assert true_of(status(moved.account(), {}, 1)) == {"Rehearsed", "CutOver", "Verified"}
    moved.journey("ho-tich").roll_back()
    back = status(moved.account(), {}, 1)
    assert back.phase is WavePhase.ROLLED_BACK
    assert "RolledBack" in true_of(back)
    moved.journey("ho-tich").cut_over()
    for name in ("ho-tich", "dat-dai"):
        moved.journey(name).finish()

    said = status(moved.account(), {}, 1)

    assert (said.phase, said.moved) == (WavePhase.FINISHED, 2)
    assert "Finished" in true_of(said)


def test_a_condition_keeps_its_time_until_it_changes(moved):
    waves = Kept()
    keep(moved.order, moved.account(LATER - dt.timedelta(days=2)), waves)
    moved.agreed()
    keep(moved.order, moved.account(LATER), waves)

    said = waves.things["w1"]["status"]["conditions"]

    since = {each["type"]: each["lastTransitionTime"] for each in said}
    assert since["Rehearsed"].startswith("2029-12-30")
    assert since["Approved"].startswith("2030-01-01")


def test_an_order_that_no_plan_made_gets_an_object_and_a_planned_one_keeps_its_words(moved):
    waves = Kept()
    planned = WaveSpec.model_validate(
        {**of_order(moved.order).model_dump(), "plan": "ke-hoach-2027", "note": "như đã họp"}
    )
    waves.put("w1", planned)

    keep(moved.order, moved.account(), waves)
    assert waves.things["w1"]["spec"] is planned

    empty = Kept()
    keep(moved.order, moved.account(), empty)
    spec = empty.things["w1"]["spec"]
    assert [each.tenant for each in spec.systems] == [
        "h26-ho-tich-production",
        "h26-dat-dai-production",
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MissingPartError(Problem("cluster-unreachable", "c", {"why": "x"})), "MissingPartError"),
        (ZeroDivisionError(), "ZeroDivisionError"),
        (ProblemError(Problem("wave-no-kind", "c")), ""),
    ],
)
def test_whatever_keeps_the_status_from_being_written_breaks_no_move(
    monkeypatch, capsys, tmp_path, error, said
):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("sen.migration.wave.Waves", lambda *_: Kept(fails=error))

    Wave(Platform("vang"), order(), RUNNER).show_status()

    err = capsys.readouterr().err
    assert said in err
    assert bool(err) is bool(said)


def test_a_cluster_that_is_away_is_told(tmp_path):
    with pytest.raises(MissingPartError):
        Waves(tmp_path / "khong-co", None).all()
    assert module.of_order(order()).window == "w1"
