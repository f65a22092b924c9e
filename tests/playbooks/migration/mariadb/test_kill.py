"""The mover is killed at any moment: it goes on, and nothing is lost or there twice."""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from playbooks.migration.mariadb.move import MariadbToPostgres
from playbooks.migration.mariadb.shape import Options
from sen.paths import PROJECT
from tests.playbooks.migration.mariadb import mover
from tests.playbooks.migration.mariadb.conftest import Ends


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

    for _ in range(4):
        killed_after(ends, tmp_path, moments.uniform(0.7, 4))
    mover.main(job(ends, tmp_path))
    for each in writers:
        each.over.set()

    verdict = MariadbToPostgres(old.database, old, new, Options()).verify()
    assert verdict.good, verdict.facts()
    for each in writers:
        found = new.ask("select number from ledger where writer = $1", each.number)
        assert set(each.acknowledged) <= {row[0] for row in found}
        assert each.acknowledged
