"""The target's disk fills up while rows come: it is told, and goes on once there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from playbooks.migration import disk as disk_of_target
from playbooks.migration.disk import KIB, MIB
from playbooks.migration.postgres.move import SIZE
from stacks.problem import ProblemError
from tests.databases import Server
from tests.playbooks.migration.postgres.conftest import cleared
from tests.playbooks.migration.postgres.test_bad_days import Ends, move, run

BARELY, ENOUGH = "11m", "200m"


def mounted(place: Path, size: str, *more: str) -> None:
    options = ",".join((f"size={size}", *more))
    subprocess.run(["mount", "-o", options, *_what(more), str(place)], check=True)


def _what(more: tuple[str, ...]) -> list[str]:
    return [] if "remount" in more else ["-t", "tmpfs", "tmpfs"]


@pytest.fixture
def disk() -> Iterator[Path]:
    """Give a disk of a few MiB."""
    if os.geteuid() or shutil.which("mount") is None:
        pytest.skip("mounting needs root")
    place = Path(tempfile.mkdtemp(prefix="sen-disk-"))
    try:
        mounted(place, BARELY, "mode=0755")
    except subprocess.CalledProcessError:
        place.rmdir()
        pytest.skip("this place lets nobody mount")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)
    place.rmdir()


@pytest.fixture
def small(disk: Path, ends: Ends, servers: tuple[Server, Server]) -> Iterator[Path]:
    """Put the target's database on it."""
    new, everybody = ends[1], ends[1].with_database("postgres")
    space = disk / "space"
    space.mkdir()
    shutil.chown(space, "postgres")
    everybody.tell(f"create tablespace small location '{space}'")
    everybody.tell(f"drop database {new.database}")
    everybody.tell(f"create database {new.database} tablespace small", "checkpoint")
    yield disk
    mounted(disk, ENOUGH, "remount")
    for each in reversed(servers):
        cleared(each)
    everybody.tell(f"drop database {new.database} (force)", "drop tablespace small")


def test_a_disk_that_is_too_small_is_told_before_anything_is_touched(ends, small, tmp_path):
    """The server is asked for the disk of the database's own tablespace, by SQL."""
    moving, new = move(ends), ends[1]
    before = new.value("select count(*) from pg_class")
    assert disk_of_target.by_postgres(new) == pytest.approx(shutil.disk_usage(small).free, abs=KIB)

    with pytest.raises(ProblemError) as caught:
        run(tmp_path, moving, "fill").forward()

    (problem,) = caught.value.problems
    assert problem.key == "database-disk-small"
    assert problem.values["missing"] > 0
    assert problem.values["needed"] == -(-ends[0].value(SIZE) // MIB)
    assert new.value("select count(*) from pg_class") == before
    assert not ends[0].value("select count(*) from pg_publication")
    mounted(small, ENOUGH, "remount")
    run(tmp_path, moving, "fill").forward()


def test_a_disk_that_fills_up_is_told_and_room_is_enough_to_go_on(
    ends, small, tmp_path, monkeypatch
):
    monkeypatch.setattr(disk_of_target, "by_postgres", lambda _: None)
    moving = move(ends)

    with pytest.raises(ProblemError, match="No space left on device"):
        run(tmp_path, moving, "fill").forward()
    mounted(small, ENOUGH, "remount")
    run(tmp_path, moving, "fill").forward()
    run(tmp_path, moving, "switch").forward()

    assert moving.verify().good
