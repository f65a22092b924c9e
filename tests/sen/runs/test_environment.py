"""The environment of a run names files and addresses, and never holds a secret."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from pathlib import Path

import pytest

from sen.errors import MissingPartError
from sen.local.platform import Platform
from sen.runs.environment import Backend, _without_log, environment, passphrase_file
from sen.tools import find

PASSPHRASE, PASSPHRASE_FILE = "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"


@pytest.fixture(autouse=True)
def _no_passphrase(monkeypatch):
    for name in (PASSPHRASE, PASSPHRASE_FILE):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.platform
@pytest.mark.parametrize("backend", list(Backend))
def test_no_variable_is_a_secret(platform, backend):
    variables = environment(platform, backend)

    files = [passphrase_file(platform.state), platform.s3_credentials, *platform.pki.glob("*key*")]
    secrets = {word for file in files for word in file.read_text().split() if len(word) >= 16}
    assert len(secrets) >= 4
    assert [name for name, value in variables.items() if secrets & set(value.split())] == []
    assert [value for value in variables.values() for secret in secrets if secret in value] == []


@pytest.mark.platform
def test_secrets_lie_in_files_that_only_their_owner_reads(platform):
    variables = environment(platform)

    for name in (PASSPHRASE_FILE, "AWS_SHARED_CREDENTIALS_FILE", "KUBECONFIG"):
        assert stat.S_IMODE(Path(variables[name]).stat().st_mode) == 0o600, name


@pytest.mark.platform
@pytest.mark.toolchain
@pytest.mark.parametrize("backend", list(Backend))
def test_plain_pulumi_reaches_its_state(platform, backend):
    variables = {**os.environ, **environment(platform, backend)}

    said = subprocess.run(
        ["pulumi", "whoami", "--verbose", "--non-interactive"],
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert f"Backend URL: {variables['PULUMI_BACKEND_URL'].partition('?')[0]}" in said


@pytest.mark.toolchain
def test_state_on_the_platforms_s3_is_the_default(quiet_platform):
    variables = environment(quiet_platform)

    assert variables["PULUMI_BACKEND_URL"] == (
        "s3://pulumi-state?endpoint=http://127.0.0.1:4711&region=vn-1&s3ForcePathStyle=true"
    )
    assert variables["AWS_SHARED_CREDENTIALS_FILE"] == str(quiet_platform.s3_credentials)


@pytest.mark.toolchain
def test_state_in_a_folder_by_choice(quiet_platform):
    variables = environment(quiet_platform, Backend.FILE)

    folder = quiet_platform.state / "pulumi-state"
    assert variables["PULUMI_BACKEND_URL"] == f"file://{folder}?metadata=skip"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not any(name.startswith("AWS_") for name in variables)
    assert environment(quiet_platform, Backend.FILE) == variables, "the folder may be there"


@pytest.mark.toolchain
def test_the_tools_come_first_and_the_rest_of_the_path_stays(quiet_platform):
    path = environment(quiet_platform)["PATH"]

    assert path.startswith(str(find("pulumi").path.parent))
    assert path.endswith(os.environ["PATH"])


@pytest.mark.toolchain
def test_checkpoints_are_off_unless_asked_for(quiet_platform):
    off, on = environment(quiet_platform), environment(quiet_platform, checkpoints=True)

    assert {name for name in off if off[name] != on[name]} == {
        "PULUMI_SKIP_CHECKPOINTS",
        "PULUMI_EXPERIMENTAL",
    }
    assert (off["PULUMI_SKIP_CHECKPOINTS"], on["PULUMI_SKIP_CHECKPOINTS"]) == ("true", "false")


@pytest.mark.toolchain
def test_the_passphrase_is_made_once(quiet_platform):
    first = Path(environment(quiet_platform)[PASSPHRASE_FILE])
    text = first.read_text()

    again = Path(environment(quiet_platform)[PASSPHRASE_FILE])

    assert len(text) >= 40
    assert (again, again.read_text()) == (first, text)
    assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_each_platform_has_a_passphrase_of_its_own(tmp_path):
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()

    texts = {passphrase_file(folder).read_text() for folder in folders}

    assert len(texts) == len(folders)


@pytest.mark.toolchain
def test_a_passphrase_of_ones_own_is_left_alone_and_not_printed(quiet_platform, monkeypatch):
    monkeypatch.setenv(PASSPHRASE, "mine")

    variables = environment(quiet_platform)

    assert not {PASSPHRASE, PASSPHRASE_FILE} & set(variables)
    assert not (quiet_platform.state / "passphrase").exists()


@pytest.mark.toolchain
def test_a_passphrase_file_of_ones_own_is_kept(quiet_platform, monkeypatch):
    monkeypatch.setenv(PASSPHRASE_FILE, "/somewhere/else")

    assert environment(quiet_platform)[PASSPHRASE_FILE] == "/somewhere/else"
    assert not (quiet_platform.state / "passphrase").exists()


@pytest.mark.toolchain
@pytest.mark.parametrize("backend", list(Backend))
def test_a_platform_that_was_never_up_is_refused(tmp_path, monkeypatch, backend):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    with pytest.raises(MissingPartError) as refused:
        environment(Platform("never"), backend)

    assert refused.value.problems[0].key == "local-never-up"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.toolchain
def test_every_value_is_one_word_to_a_shell(quiet_platform):
    for name, value in environment(quiet_platform).items():
        assert shlex.split(f"export {name}={shlex.quote(value)}") == ["export", f"{name}={value}"]
        assert "\n" not in value


def test_the_clis_own_log_is_kept_from_being_written(tmp_path):
    """It would hold inputs in clear: a file stands where its folder would be."""
    home = tmp_path / "home"
    (home / "logs").mkdir(parents=True)
    (home / "logs" / "pulumi.log").write_text("words in clear")

    again = [_without_log(_without_log(home)), _without_log(tmp_path / "new")]

    assert all((each / "logs").is_file() for each in again)
    assert (home / "logs").read_text() == ""
