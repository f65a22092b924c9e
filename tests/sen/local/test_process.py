"""Processes are known by pid and start time, end when asked, and leave readable logs."""

import os
import subprocess

import psutil
import pytest

from sen.local import log, process
from sen.local.log import last_lines
from sen.local.patience import wait_until

TRAP = "trap '' TERM; echo ready; while :; do sleep 0.1; done"


@pytest.fixture
def started(tmp_path):
    """Start processes; none outlives the test."""
    parts = []

    def start(*command: str, **environment: str):
        part = process.start(command, environment, tmp_path / "logs" / "part.log", "digest")
        parts.append(part)
        return part

    yield start
    process.end(parts, patience=0.1)


def test_a_started_process_is_in_a_session_of_its_own_with_its_output_in_the_log(started, tmp_path):
    output = tmp_path / "logs" / "part.log"

    part = started("/bin/sh", "-c", "echo $WORD; exec sleep 30", WORD="xin chào")

    assert os.getsid(part.pid) == part.pid != os.getsid(0)
    assert wait_until(lambda: last_lines(output, 1) == ["xin chào"], 5)
    assert output.stat().st_mode & 0o777 == 0o600


def test_a_process_is_gone_once_it_ended(started):
    part = started("/bin/sleep", "30")
    there = process.running(part)

    process.end([part], patience=5)

    assert there is not None
    assert process.running(part) is None


def test_a_process_that_does_not_listen_is_ended_all_the_same(started, tmp_path):
    part = started("/bin/sh", "-c", TRAP)
    assert wait_until(lambda: last_lines(tmp_path / "logs" / "part.log", 1) == ["ready"], 5)

    process.end([part], patience=0.3)

    assert process.running(part) is None


@pytest.mark.parametrize("changed", [{"started": "boot/1"}, {"executable": "/usr/bin/other"}])
def test_a_process_of_the_same_pid_that_is_not_ours_is_never_signalled(changed):
    foreign = subprocess.Popen(["sleep", "30"])
    truth = process.StartedPart(
        pid=foreign.pid,
        started=process.start_mark(foreign.pid),
        executable=psutil.Process(foreign.pid).exe(),
        digest="d",
    )
    mistaken = truth.model_copy(update=changed)

    process.end([mistaken], patience=0.1)

    assert foreign.poll() is None
    assert process.running(mistaken) is None
    assert process.running(truth) is not None
    foreign.kill()
    foreign.wait()


def test_start_mark_of_nobody_is_none():
    ended = subprocess.Popen(["true"])
    ended.wait()

    assert process.start_mark(ended.pid) is None


def test_start_mark_comes_from_psutil_where_there_is_no_proc(monkeypatch, tmp_path):
    monkeypatch.setattr(process, "_BOOT", tmp_path / "absent")
    ended = subprocess.Popen(["true"])
    ended.wait()

    assert process.start_mark(os.getpid()) == f"{psutil.Process().create_time():.2f}"
    assert process.start_mark(ended.pid) is None


def test_the_last_three_logs_are_kept(tmp_path):
    current = tmp_path / "part.log"
    for text in ("1", "2", "3", "4", "5"):
        process.rotate(current)
        current.write_text(text)

    kept = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert kept == {"part.log": "5", "part.1.log": "4", "part.2.log": "3", "part.3.log": "2"}


def test_added_lines_are_given_whole_and_survive_a_rotation(tmp_path, monkeypatch):
    """The test writes when the reader has nothing to read: that is when it would sleep."""
    file = tmp_path / "part.log"
    file.write_text("old\n")
    steps = iter(
        [
            lambda: file.write_text("old\nnew\nha"),
            lambda: file.write_text("old\nnew\nhalf\n"),
            lambda: file.write_text("x\n"),
        ]
    )
    monkeypatch.setattr(log.time, "sleep", lambda _: next(steps)())
    lines = log.added_lines({"part": file, "absent": tmp_path / "absent.log"})

    assert [next(lines) for _ in range(3)] == [("part", "new"), ("part", "half"), ("part", "x")]
