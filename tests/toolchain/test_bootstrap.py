"""Bootstrap brings uv, or says in one line what the machine lacks."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sen.paths import PROJECT

SCRIPT = PROJECT / "toolchain" / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("SEN_LANG", "en")
    (tmp_path / "bin").mkdir()
    return module


def program(folder: Path, version: str = "uv 0.13.9") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("uv", "uvx"):
        (folder / name).write_text(f"#!/bin/sh\necho '{version} (x)'\n")
        (folder / name).chmod(0o755)
    return folder / "uv"


@pytest.fixture
def index(bootstrap, monkeypatch):
    """Stand in for the environment and the package index: pip puts a small uv there."""
    calls = []

    def run(command, **options):
        if command[1:] == ["--version"]:
            return REAL_RUN(command, **options)
        calls.append(command)
        if "pip" in command:
            program(Path(command[0]).parent)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(bootstrap.subprocess, "run", run)
    return calls


REAL_RUN = subprocess.run


def test_a_uv_on_path_is_used(bootstrap, tmp_path, capsys):
    there = program(tmp_path / "bin")

    assert bootstrap.main() == 0
    assert capsys.readouterr().out == f"{there}\n"


@pytest.mark.parametrize("version", ["uv 0.4.30", "something else"])
def test_a_uv_that_cannot_read_the_lock_file_is_not_used(bootstrap, index, tmp_path, version):
    program(tmp_path / "bin", version)

    assert bootstrap.uv_path() == str(bootstrap.home() / "bin" / "uv")


def test_a_missing_uv_is_brought_by_its_sums_and_kept(bootstrap, index, capsys):
    assert bootstrap.main() == 0
    first = capsys.readouterr()
    assert bootstrap.main() == 0
    second = capsys.readouterr()

    brought = bootstrap.home() / "bin" / "uv"
    assert first.out == second.out == f"{brought}\n"
    assert "bringing it into" in first.err
    assert second.err == ""
    pip = [command for command in index if "pip" in command]
    assert len(pip) == 1
    assert "--require-hashes" in pip[0]
    assert {file.name for file in (bootstrap.home() / "bin").iterdir()} == {"uv", "uvx"}
    assert [place.name for place in bootstrap.home().parent.iterdir()] == ["bootstrap"]


def test_what_pip_says_last_is_told(bootstrap, monkeypatch, capsys):
    def run(command, **options):
        if command[1:] == ["--version"]:
            return REAL_RUN(command, **options)
        raise subprocess.CalledProcessError(1, command, stderr=b"first\nno route to host\n")

    monkeypatch.setattr(bootstrap.subprocess, "run", run)

    assert bootstrap.main() == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "no route to host" in said.err
    assert not bootstrap.home().exists()


def test_a_full_disk_is_told_without_a_traceback(bootstrap, index, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)

    assert bootstrap.main() == 3
    assert "No space left on device" in capsys.readouterr().err


def test_a_second_run_that_was_faster_is_no_failure(bootstrap, index, monkeypatch):
    def late(*_):
        program(bootstrap.home() / "bin")
        raise OSError(39, "Directory not empty")

    monkeypatch.setattr(bootstrap.Path, "rename", late)

    assert bootstrap.uv_path() == str(bootstrap.home() / "bin" / "uv")


def test_an_old_python_says_that_it_is_too_old(bootstrap):
    with pytest.raises(bootstrap.MissingPartError, match=r"Python 3\.9\.2.*3\.11 or newer"):
        bootstrap.check_python((3, 9, 2), has_ensurepip=True)


def test_a_debian_python_without_ensurepip_names_its_package(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda _: None)

    assert bootstrap.main() == 3
    assert "apt-get install python3-venv" in capsys.readouterr().err


def test_messages_come_in_vietnamese_too(bootstrap, monkeypatch):
    monkeypatch.setenv("SEN_LANG", "vi_VN.UTF-8")

    for key in bootstrap.MESSAGES:
        assert bootstrap.message(key, found="1", why="x", home="y") != ""
    assert "hãy cài đặt" in bootstrap.message("old-python", found="3.9")


def test_the_script_needs_nothing_but_the_standard_library(tmp_path):
    there = program(tmp_path / "bin")
    run = REAL_RUN(
        [sys.executable, "-I", "-S", str(SCRIPT)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": f"{tmp_path / 'bin'}:/bin", "HOME": str(tmp_path)},
    )

    assert (run.returncode, run.stdout, run.stderr) == (0, f"{there}\n", "")
