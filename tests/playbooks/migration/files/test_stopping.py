"""What does not end in its time is killed, and everything else stops as it is used to."""

from __future__ import annotations

import dataclasses

import pytest

from playbooks.migration.files.stopping import stop
from playbooks.migration.steps import Pulse
from stacks.problem import ProblemError
from tests.playbooks.migration.files.conftest import Ends, program

# A host on which `apache2` ends only when it is killed, and `cron` at once.
HOST = """#!/bin/sh
echo "$@" >> {folder}/said
case "$*" in
  "stop -- gone"*) echo "Unit gone.service not loaded." >&2; exit 5 ;;
  stop*apache2*) [ -e {folder}/killed ] || exec sleep 60 ;;
  "is-active -- apache2") [ -e {folder}/killed ] && echo inactive || echo deactivating ;;
  "is-active -- cron") echo inactive; exit 3 ;;
  kill*apache2) : > {folder}/killed ;;
esac
"""


@pytest.fixture
def said(programs, tmp_path):
    program(programs, "systemctl", HOST.format(folder=tmp_path))

    def read() -> list[str]:
        words = tmp_path / "said"
        return words.read_text("utf-8").splitlines() if words.exists() else []

    return read


def test_a_unit_that_does_not_end_is_killed_and_named(ends: Ends, said):
    killed = stop(ends.move.source, ["cron", "apache2"], seconds=1)

    assert killed == ["apache2"]
    assert said()[-2:] == ["kill --signal=KILL -- apache2", "stop -- cron apache2"]
    assert "kill --signal=KILL -- cron" not in said()


def test_units_that_end_in_time_are_not_killed(ends: Ends, said):
    assert stop(ends.move.source, ["cron"], seconds=60) == []
    assert said() == ["stop -- cron"]


def test_nothing_to_stop_asks_nothing(ends: Ends, said):
    assert stop(ends.move.source, []) == []
    assert said() == []


def test_a_unit_that_the_host_does_not_know_is_told(ends: Ends, said):
    with pytest.raises(ProblemError, match="not loaded"):
        stop(ends.move.source, ["gone"])

    assert said() == ["stop -- gone"]


def test_a_move_tells_what_it_killed(ends: Ends, said):
    move = dataclasses.replace(ends.move, services=("apache2",), stop_seconds=1)

    facts = move.switch()[0].do(Pulse(lambda _: None))

    assert facts == {"stopped": ["apache2"], "killed": ["apache2"]}
