"""`sen env` prints what a shell needs, and writes the baseline's settings."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
import yaml

from sen.runs.environment import environment
from sen.runs.settings import config_file

pytestmark = pytest.mark.toolchain


@pytest.fixture(autouse=True)
def _no_passphrase(monkeypatch):
    for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_a_shell_takes_it_as_it_is(sen, quiet_platform, config_folder):
    script = sen("env", "--name", "quiet").out

    seen = subprocess.run(
        ["bash", "-c", f"{script}\nenv -0"], capture_output=True, text=True, check=True, env={}
    ).stdout

    variables = dict(line.split("=", 1) for line in seen.split("\0") if line)
    wanted = environment(quiet_platform)
    assert {name: variables.get(name) for name in wanted} == wanted
    assert all(line.startswith("export ") for line in script.splitlines())


@pytest.mark.parametrize(("output", "read"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_a_program_reads_it(sen, quiet_platform, config_folder, output, read):
    said = sen("env", "--name", "quiet", "--output", output)

    assert read(said.out) == [environment(quiet_platform)]


def test_state_and_checkpoints_by_choice(sen, quiet_platform, config_folder):
    said = sen("env", "--name", "quiet", "--backend", "file", "--checkpoints")

    assert "export PULUMI_BACKEND_URL='file://" in said.out
    assert "export PULUMI_SKIP_CHECKPOINTS=false" in said.out


def test_the_baselines_settings_are_written_unless_told_not_to(sen, quiet_platform, config_folder):
    file = config_file("baseline-quiet-quietdev")
    sen("env", "--name", "quiet", "--no-write")
    assert not file.exists()

    sen("env", "--name", "quiet")

    assert yaml.safe_load(file.read_text())["config"]["sen:stack"]["layer"] == "baseline"


def test_a_platform_that_was_never_up_is_a_missing_part(sen, tmp_path, monkeypatch, config_folder):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    said = sen("env", "--name", "never")

    assert (said.code, said.out) == (3, "")
    assert "sen local up --name never" in said.err
    assert list(config_folder.iterdir()) == []


def test_a_tool_that_is_not_there_is_a_missing_part(
    sen, quiet_platform, config_folder, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", os.defpath)

    said = sen("env", "--name", "quiet")

    assert said.code == 3
    assert "pulumi" in said.err


def test_a_name_that_no_platform_can_have_is_refused(sen):
    assert sen("env", "--name", "No Such").code == 2
