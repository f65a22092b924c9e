"""The mover is killed and servers lose power at any moment: it goes on, and nothing is lost."""

from __future__ import annotations

import dataclasses
import json
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.verify.postgres import verify
from sen.paths import PROJECT
from stacks.problem import ProblemError
from tests.databases import Server
from tests.playbooks.migration.postgres import mover

Ends = tuple[PostgresPlace, PostgresPlace]


def job(ends: Ends, folder: Path) -> str:
    old, new = (
        {**dataclasses.asdict(each), "password_file": str(each.password_file)} for each in ends
    )
    return json.dumps({"old": old, "new": new, "folder": str(folder)})


def killed_after(ends: Ends, folder: Path, seconds: float) -> None:
    words = [sys.executable, "-m", mover.__name__, job(ends, folder)]
    process = subprocess.Popen(words, cwd=PROJECT, start_new_session=True)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.kill()
    process.wait()


def test_killed_at_any_moment_it_goes_on(ends, writers, tmp_path):
    old, new = ends
    moments = random.Random(20261122)  # noqa: S311 - when to kill

    for _ in range(5):
        killed_after(ends, tmp_path, moments.uniform(0.5, 4))
    mover.main(job(ends, tmp_path))
    for each in writers:
        each.end()

    verdict = verify(old, new)
    assert verdict.good, verdict.facts()
    for each in writers:
        found = new.ask("select number from ledger where writer = $1", each.number)
        assert set(each.acknowledged) <= {row[0] for row in found}
        assert each.acknowledged


def test_a_power_cut_of_either_server_stops_it_and_it_goes_on(
    ends: Ends, servers: tuple[Server, Server], tmp_path: Path
) -> None:
    for server in servers:
        words = [sys.executable, "-m", mover.__name__, job(ends, tmp_path)]
        process = subprocess.Popen(words, cwd=PROJECT, stderr=subprocess.PIPE)
        with suppress(subprocess.TimeoutExpired):
            process.wait(2.5)
        server.stop(signal.SIGKILL)
        try:
            process.communicate(timeout=60)
        finally:
            server.start()

    for _ in range(3):  # a server that has just started may say no once more
        with suppress(ProblemError):
            mover.main(job(ends, tmp_path))
            break
    else:
        mover.main(job(ends, tmp_path))

    verdict = verify(*ends)
    assert verdict.good, verdict.facts()
