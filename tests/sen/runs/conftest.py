"""A `pulumi` that plays a part, and a platform that is there as files only."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sen.local import record
from sen.local.platform import Platform
from sen.local.record import Record
from sen.runs import settings
from sen.runs.stack import Stack

Fake = Callable[..., Stack]


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """Give a stack whose `pulumi` is this Python text; its arguments are in `sys.argv`."""

    def make(text: str, *, policies: bool = False) -> Stack:
        program = tmp_path / "bin" / "pulumi"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!{sys.executable}\nimport os, signal, sys, time\n{text}\n")
        program.chmod(stat.S_IRWXU)
        path = f"{program.parent}:/usr/bin:/bin"
        return Stack("tenants-h26-dev", {"PATH": path}, policies=policies)

    return make


@pytest.fixture
def quiet_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A platform that was brought up once and is not running."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = Platform("quiet")
    made.state.mkdir(parents=True)
    made.kubeconfig.write_text("{}")
    record.save(made.record_file, Record(ports={"versitygw": 4711, "kube-apiserver": 4712}))
    return made


@pytest.fixture
def config_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where stacks' settings are written in a test: never into the project."""
    folder = tmp_path / "config"
    folder.mkdir()
    monkeypatch.setattr(settings, "CONFIG", folder)
    return folder
