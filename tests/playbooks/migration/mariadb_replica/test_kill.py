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
from tests.playbooks.migration.mariadb_replica import mover
from tests.playbooks.migration.mariadb_replica.conftest import Ends
from tests.playbooks.migration.mariadb_replica.test_move import lost


def job(ends: Ends, folder: Path) -> str:
    old, new = (
        {**dataclasses.asdict(each), "password_file": str(each.password_file)} for each in ends
    )
    return json.dumps({"old": old, "new": new, "folder": str(folder)})


def started(ends: Ends, folder: Path, seconds: float) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", mover.__name__, job(ends, folder)]
    process = subprocess.Popen(words, cwd=PROJECT, stderr=subprocess.DEVNULL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return process


def test_killed_at_any_moment_it_goes_on(ends, servers, writers, tmp_path):
    old, new = ends
    moments = random.Random(20261122)  # noqa: S311 - when to kill

    for _ in range(2):
        process = started(ends, tmp_path, moments.uniform(1, 5))
        process.kill()
        process.wait()
    process = started(ends, tmp_path, moments.uniform(2, 5))
    servers[1].stop(signal.SIGKILL)
    process.wait(60)
    servers[1].start()
    mover.main(job(ends, tmp_path))
    for each in writers:
        each.over.set()

    verdict = MariadbMove(old.database, old, new).verify()
    assert verdict.good, verdict.facts()
    assert all(each.acknowledged for each in writers)
    assert lost(writers, new) == set()
    said = "".join(path.read_text("utf-8") for path in tmp_path.glob("*.jsonl"))
    assert not [each for each in servers if each.password in said]
