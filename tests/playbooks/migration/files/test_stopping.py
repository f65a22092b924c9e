"""What does not end in its time is killed, and everything else stops as it is used to."""

from __future__ import annotations

import dataclasses

import pytest

from playbooks.migration.files.stopping import stop
from playbooks.migration.steps import Pulse
from stacks.problem import ProblemError
from tests.playbooks.migration.files.conftest import Ends, program

# A host on which `apache2` ends only when it is killed, `stuck` never, and `cron` at once; `empty`
# has no process any more, and systemd has not heard of it.
HOST = """#!/bin/sh
echo "$@" >> {folder}/said
shown() {{ printf 'ActiveState=%s\\nSubState=%s\\nControlGroup=%s\\n' "$1" "$2" "$3"; }}
case "$*" in
  "stop --no-block -- gone"*) echo "Unit gone.service not loaded." >&2; exit 5 ;;
  "kill --signal=KILL -- "*apache2*) : > {folder}/killed ;;
  show*)
    while [ "$1" != -- ]; do shift; done; shift
    for unit in "$@"; do
      [ "$unit" = "$1" ] || echo
      case $unit in
        cron) shown inactive dead "" ;;
        apache2)
          if [ -e {folder}/killed ]; then shown failed failed ""
          else shown deactivating stop-sigterm /system.slice/apache2.service; fi ;;
        stuck) shown deactivating final-sigkill /of-no-group-that-is-here ;;
        empty) shown deactivating final-sigterm "" ;;
      esac
    done ;;
esac
"""


@pytest.fixture
def said(programs, tmp_path):
    program(programs, "systemctl", HOST.format(folder=tmp_path))

    def read() -> list[str]:
        words = tmp_path / "said"
        return words.read_text("utf-8").splitlines() if words.exists() else []

    return read


def told(words: list[str]) -> list[str]:
    return [each for each in words if not each.startswith("show")]


def test_a_unit_that_does_not_end_is_killed_and_named(ends: Ends, said):
    killed = stop(ends.move.source, ["cron", "apache2"], seconds=1)

    assert killed == ["apache2"]
    assert told(said()) == ["stop --no-block -- cron apache2", "kill --signal=KILL -- apache2"]


def test_units_that_end_in_time_are_not_killed(ends: Ends, said):
    assert stop(ends.move.source, ["cron"], seconds=60) == []
    assert told(said()) == ["stop --no-block -- cron"]


def test_a_unit_without_a_process_has_stopped_whatever_systemd_waits_for(ends: Ends, said):
    assert stop(ends.move.source, ["empty"], seconds=60) == []
    assert told(said()) == ["stop --no-block -- empty", "daemon-reload"]


def test_a_unit_that_runs_on_after_it_was_killed_is_refused_by_name(ends: Ends, said):
    with pytest.raises(ProblemError, match="1 s later: stuck;"):
        stop(ends.move.source, ["stuck", "apache2"], seconds=1)

    assert told(said())[1:] == ["kill --signal=KILL -- stuck apache2"]


def test_nothing_to_stop_asks_nothing(ends: Ends, said):
    assert stop(ends.move.source, []) == []
    assert said() == []


def test_a_unit_that_the_host_does_not_know_is_told(ends: Ends, said):
    with pytest.raises(ProblemError, match="not loaded"):
        stop(ends.move.source, ["gone"])

    assert said() == ["stop --no-block -- gone"]


def test_a_move_tells_what_it_killed(ends: Ends, said):
    move = dataclasses.replace(ends.move, services=("apache2",), stop_seconds=1)

    facts = move.switch()[0].do(Pulse(lambda _: None))

    assert facts == {"stopped": ["apache2"], "killed": ["apache2"]}
