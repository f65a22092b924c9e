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

import pytest

from playbooks.migration.postgres.move import PostgresMove
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.postgres.replication import Replication
from playbooks.migration.steps import Journal, Pulse, Run
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
        each.over.set()

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


def test_a_source_that_is_away_while_rows_are_waited_for_is_told_at_once(
    ends: Ends, servers: tuple[Server, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moving = PostgresMove(ends[0].database, *ends)
    run = Run("x", moving.fill(), Journal(tmp_path / "fill.jsonl"), lambda *_: None)
    run.forward(until="tables")
    # Tables that wait for a source and no worker that fails: the target says nothing is wrong.
    monkeypatch.setattr(Replication, "errors", lambda _: 0)
    monkeypatch.setattr(Replication, "stopped", lambda _: False)
    moving.forth.subscribe(copy=True)
    ends[1].tell(f"alter subscription {moving.forth.name} disable")
    pulse = Pulse(lambda _: servers[0].stop(signal.SIGKILL), every=0.0)
    try:
        with pytest.raises(ProblemError, match=str(ends[0].port)):
            moving.forth.wait_for_rows(pulse)
    finally:
        servers[0].start()
