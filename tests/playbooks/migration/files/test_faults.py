"""Files move between real hosts while disks fill, connections break and the mover is killed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from playbooks.migration.files import FilesMove
from playbooks.migration.files.manifest import manifest
from playbooks.migration.steps import Journal, Run
from sen.paths import PROJECT
from stacks.problem import ProblemError
from tests.hosts import machines
from tests.hosts.machines import Machine
from tests.hosts.pair import SMALL, USER, Pair
from tests.playbooks.migration.files import mover

pytestmark = [pytest.mark.hosts, pytest.mark.xdist_group("pair")]


def written(hosts: Pair, name: str, files: int, kib: int) -> str:
    """Write files of chance bytes on the old host; give their folder."""
    path = f"/srv/{name}"
    each = f"head -c {kib}k /dev/urandom > {path}/$n/f"
    made = f"n=1; while [ $n -le {files} ]; do mkdir -p {path}/$n; {each}; n=$((n + 1)); done"
    hosts.inside(hosts.old, made)
    return path


def run(move: FilesMove, series: str, told: Callable[[], None] = lambda: None) -> dict:
    journal = Journal(move.folder / f"{series}.jsonl")
    steps = getattr(move, series)()
    going = Run("w1/kho", steps, journal, lambda *_: None, told=lambda *_: told())
    return dict(going.forward().facts)


def key_of(caught: pytest.ExceptionInfo[ProblemError]) -> str:
    return caught.value.problems[0].key


def test_a_disk_that_fills_up_leaves_nothing_half_and_goes_on_after_room_is_made(
    hosts: Pair, tmp_path: Path
) -> None:
    path = written(hosts, "full", 2, 500)
    hosts.inside(hosts.new, f"head -c 5m /dev/zero > {SMALL}/filler")
    ends = hosts.place(hosts.old, path), hosts.place(hosts.new, f"{SMALL}/full")
    move = FilesMove("files", *ends, tmp_path, new_services=("cron",))
    Run("x", move.fill(), Journal(tmp_path / "fill.jsonl"), lambda *_: None).forward("check")
    written(hosts, "full", 9, 500)

    with pytest.raises(ProblemError) as caught:
        run(move, "fill")

    assert key_of(caught) == "files-disk-full"
    assert str(ends[1]) in str(caught.value)
    whole, there = manifest(ends[0]), manifest(ends[1])
    assert {whole[name] for name in there if name.endswith(b"/f")} >= {
        said for name, said in there.items() if name.endswith(b"/f")
    }
    hosts.inside(hosts.new, f"rm {SMALL}/filler")
    run(move, "fill")
    run(move, "switch")

    assert move.verify().good
    hosts.inside(hosts.new, f"rm -rf {SMALL}/full")


@pytest.mark.parametrize("which", ["old", "new"])
def test_a_connection_that_breaks_is_told_and_the_next_run_goes_on(
    hosts: Pair, tmp_path: Path, which: str
) -> None:
    ends = (
        hosts.place(hosts.old, written(hosts, which, 5, 500)),
        hosts.place(hosts.new, f"/srv/{which}"),
    )
    move = FilesMove("files", *ends, tmp_path, kib_a_second=mover.KIB_A_SECOND)
    machine: Machine = getattr(hosts, which)
    cuts: list[float] = []

    def cut() -> None:
        """End sshd with all that it serves, once."""
        if not cuts:
            cuts.append(time.monotonic())
            hosts.inside(machine, "systemctl kill --signal=KILL ssh; systemctl stop ssh")

    try:
        with pytest.raises(ProblemError) as caught:
            run(move, "fill", cut)
    finally:
        hosts.inside(machine, "systemctl reset-failed ssh; systemctl start ssh")
    assert key_of(caught) == "host-unreachable"
    assert cuts

    run(move, "fill")
    run(move, "switch")

    assert move.verify().good


def killed_after(job: str, seconds: float) -> None:
    words = [sys.executable, "-m", mover.__name__, job]
    process = subprocess.Popen(words, cwd=PROJECT, start_new_session=True)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.kill()
    process.wait()


def test_the_mover_is_killed_at_any_moment_and_all_files_arrive(
    hosts: Pair, tmp_path: Path
) -> None:
    path = written(hosts, "killed", 8, 600)
    job = json.dumps(
        {
            "ends": [[hosts.old.address, path], [hosts.new.address, path]],
            "user": USER,
            "ssh_config": str(hosts.ssh_config),
            "folder": str(tmp_path),
        }
    )
    moments = random.Random(20261122)  # noqa: S311 - when to kill

    for _ in range(3):
        killed_after(job, moments.uniform(1.5, 4))
    mover.main(job)

    ends = hosts.place(hosts.old, path), hosts.place(hosts.new, path)
    assert manifest(ends[0]) == manifest(ends[1])
    assert FilesMove("files", *ends, tmp_path).verify().good
    assert machines.inside(hosts.new.name, f"find {path} -name f | wc -l") == "8"
