"""The mover is killed and the new server loses power at any moment: it goes on, nothing is lost."""

from __future__ import annotations

import dataclasses
import json
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from playbooks.migration.mariadb_replica.move import MariadbMove
from sen.paths import PROJECT
from tests.databases import Server
from tests.playbooks.migration.mariadb_replica import mover
from tests.playbooks.migration.mariadb_replica.test_move import lost, move


def job(moving: MariadbMove, folder: Path) -> str:
    ends = (dataclasses.asdict(each) for each in (moving.source, moving.target))
    old, new = ({**each, "password_file": str(each["password_file"])} for each in ends)
    said = {"name": moving.name, "databases": moving.databases, "folder": str(folder)}
    return json.dumps({"old": old, "new": new, **said})


def started(moving: MariadbMove, folder: Path, seconds: float) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", mover.__name__, job(moving, folder)]
    process = subprocess.Popen(words, cwd=PROJECT, stderr=subprocess.DEVNULL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return process


def killed(moving: MariadbMove, server: Server, folder: Path, *within: float) -> None:
    """Kill the mover twice and its target's server once, each at any moment; then go on."""
    moments = random.Random(20261122)  # noqa: S311 - when to kill
    for _ in range(2):
        process = started(moving, folder, moments.uniform(*within))
        process.kill()
        process.wait()
    process = started(moving, folder, moments.uniform(*within))
    server.stop(signal.SIGKILL)
    process.wait(60)
    server.start()
    mover.main(job(moving, folder))


def test_killed_at_any_moment_it_goes_on(ends, servers, writers, tmp_path):
    new, moving = ends[1], move(ends)

    killed(moving, servers[1], tmp_path, 1, 5)
    for each in writers:
        each.over.set()

    verdict = moving.verify()
    assert verdict.good, verdict.facts()
    assert all(each.acknowledged for each in writers)
    assert lost(writers, new) == set()
    said = "".join(path.read_text("utf-8") for path in tmp_path.glob("*.jsonl"))
    assert not [each for each in servers if each.password in said]
