"""Settings are written where Pulumi looks; what Pulumi put there stays."""

from __future__ import annotations

import pytest
import yaml

from sen.local.platform import Platform
from sen.paths import PROJECT
from sen.runs import settings
from sen.runs.settings import (
    baseline_stack,
    config_file,
    forget,
    tenants_stack,
    write_baseline,
    write_tenants,
)
from stacks.settings import BaselineSettings, TenantsSettings, parse_settings

SALT = "v1:JIYO2VpO/d8=:v1:guKeDiUx1jCmV20m"


def written(stack: str) -> dict:
    return yaml.safe_load(config_file(stack).read_text("utf-8"))


def test_the_baselines_settings_are_what_the_layer_reads(quiet_platform, config_folder):
    stack = write_baseline(quiet_platform)

    given = written(stack)["config"]["sen:stack"]
    read = parse_settings(given, stack)
    assert isinstance(read, BaselineSettings)
    assert read.cluster.name == "quiet"
    assert read.cluster.kubeconfig == str(quiet_platform.kubeconfig)
    assert read.cluster.context == "sen-quiet"
    assert read.security_officers == ("sen-security-officers",)
    assert config_file(stack).parent == config_folder


def test_the_tenants_settings_are_what_the_layer_reads(quiet_platform, config_folder, tmp_path):
    inside, outside = PROJECT / "stacks" / "agencies" / "h26", tmp_path / "elsewhere"

    stack = write_tenants(quiet_platform, "H26", [inside, outside])

    read = parse_settings(written(stack)["config"]["sen:stack"], stack)
    assert isinstance(read, TenantsSettings)
    assert (read.agency, read.protect) == ("H26", False)
    assert [str(path) for path in read.requests] == ["stacks/agencies/h26", str(outside)]


def test_pulumis_own_words_stay(quiet_platform, config_folder):
    stack = write_baseline(quiet_platform)
    with config_file(stack).open("a") as file:
        file.write(f"encryptionsalt: {SALT}\n")
    content = written(stack)
    content["config"]["kubernetes:strict"] = "true"
    content["config"]["sen:stack"] = {"layer": "old"}
    config_file(stack).write_text(yaml.safe_dump(content))

    write_baseline(quiet_platform)

    after = written(stack)
    assert after["encryptionsalt"] == SALT
    assert after["config"]["kubernetes:strict"] == "true"
    assert after["config"]["sen:stack"]["layer"] == "baseline"


def test_a_file_that_pulumi_left_without_config_is_filled(quiet_platform, config_folder):
    config_file(baseline_stack(quiet_platform)).write_text(f"encryptionsalt: {SALT}\nconfig:\n")

    stack = write_baseline(quiet_platform)

    assert set(written(stack)) == {"encryptionsalt", "config"}


def test_what_is_right_already_is_not_written_again(quiet_platform, config_folder):
    file = config_file(write_baseline(quiet_platform))
    before = file.stat().st_mtime_ns
    file.chmod(0o444)

    write_baseline(quiet_platform)

    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("name", "baseline", "tenants"),
    [
        ("local", "baseline-local-dev", "tenants-h26-dev"),
        ("second", "baseline-second-seconddev", "tenants-h26-seconddev"),
    ],
)
def test_stacks_of_two_platforms_never_meet(name, baseline, tenants):
    assert baseline_stack(Platform(name)) == baseline
    assert tenants_stack(Platform(name), "H26") == tenants


def test_settings_of_this_machine_stay_out_of_version_control():
    ignored = (PROJECT / ".gitignore").read_text().split()

    assert settings.CONFIG == PROJECT / "stacks" / "config"
    assert "stacks/config/Pulumi.*dev.yaml" in [each.lstrip("/") for each in ignored]


def test_folders_that_were_there_are_kept_beside_new_ones(quiet_platform, config_folder, tmp_path):
    """The demo and the whole country share an agency's stack; neither deletes the other's."""
    one, two, gone = (tmp_path / name for name in ("one", "two", "gone"))
    one.mkdir()
    two.mkdir()
    write_tenants(quiet_platform, "H26", [gone])
    write_tenants(quiet_platform, "H26", [one])

    write_tenants(quiet_platform, "H26", [two])
    stack = write_tenants(quiet_platform, "H26", [one])

    assert written(stack)["config"]["sen:stack"]["requests"] == [str(one), str(two)]


def test_a_platform_that_goes_takes_its_own_settings_along_and_no_other(
    quiet_platform, config_folder
):
    ours = [write_baseline(quiet_platform), write_tenants(quiet_platform, "H26", [PROJECT])]
    other = config_file("tenants-h29-quietdev")
    other.write_text("config: {sen:stack: {cluster: {kubeconfig: /elsewhere}}}\n")
    empty = config_file("tenants-h57-quietdev")
    empty.write_text("")
    production = config_file("tenants-h26-production")
    production.write_text(config_file(ours[1]).read_text())

    gone = forget(quiet_platform)

    assert gone == len(ours)
    assert set(config_folder.iterdir()) == {other, empty, production}
