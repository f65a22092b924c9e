"""A wave that has begun elsewhere is not begun anew by a machine without its journals."""

from __future__ import annotations

import datetime as dt

import pytest

from sen.errors import MissingPartError
from sen.local.files import private_folder
from sen.migration.running import place_of
from sen.migration.whereabouts import refuse_without_journals
from stacks.models.objects.wave import FRESH, WaveRun
from stacks.problem import Problem, ProblemError

NOW = dt.datetime(2026, 11, 22, 13, 0, tzinfo=dt.UTC)
AWAY = MissingPartError(Problem("cluster-unreachable", "c", {"why": "MaxRetryError"}))


class Board:
    """One wave, as the API server tells of it, or does not."""

    def __init__(self, found=None):
        self.found = found

    def read(self, _name):
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def folder(tmp_path):
    return private_folder(tmp_path / "migration")


def told(phase=None, run=None):
    status = {"phase": phase} if phase else {}
    return Board(({"status": {**status, **({"run": run} if run else {})}}, NOW))


def killed(place, command="fill", seen=NOW - FRESH):
    run = WaveRun(id="a", command=command, by="lan", machine="m", place=place, since=NOW, seen=seen)
    return run.model_dump(mode="json")


@pytest.mark.parametrize("phase", ["Moving", "Held", "RolledBack", "Failed", "Finished"])
@pytest.mark.parametrize("lang", ["en", "vi"])
def test_a_machine_without_the_journals_of_a_wave_that_has_begun_is_refused(
    folder, phase, lang, monkeypatch
):
    monkeypatch.setenv("SEN_LANG", lang)

    with pytest.raises(ProblemError) as refused:
        refuse_without_journals(told(phase), "w1", folder)

    assert refused.value.exit_code == 2
    assert str(folder / "w1") in str(refused.value)
    assert "kubectl delete mwave -n sen-system w1" in str(refused.value)
    (folder / "w1" / "portal").mkdir(parents=True)
    (folder / "w1" / "portal" / "fill.jsonl").touch()
    refuse_without_journals(told(phase), "w1", folder)


def test_a_first_fill_that_was_killed_elsewhere_has_begun_there(folder):
    with pytest.raises(ProblemError, match="not on this machine"):
        refuse_without_journals(told(run=killed("may-a/1")), "w1", folder)


def test_what_was_not_begun_elsewhere_may_be_begun(folder):
    for board in (
        Board(),
        told(),
        told("Planned"),
        told("Rehearsed", killed("may-a/1", "rehearse")),
        told("Planned", killed(place_of(folder))),
        told("Moving", killed("may-a/1", seen=NOW)),  # alive: its turn tells who runs it
        Board(AWAY),
        Board(ZeroDivisionError()),
    ):
        refuse_without_journals(board, "w1", folder)
