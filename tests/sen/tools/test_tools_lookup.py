"""A tool of the pinned version is taken from PATH; any other is not."""

import sys
import sysconfig
from pathlib import Path

import pytest

from sen.errors import MissingPartError
from sen.tools import find, lookup, pulumi_home, tool_dirs
from sen.tools.place import family_key, toolchain_cache
from stacks.problem import ProblemError
from tests.sen.tools.fake_toolchain import HELLO, KUBECTL, UV


def sibling(name: str) -> dict[str, object]:
    return {**HELLO["tools"][0], "name": name}


def test_the_pinned_version_on_path_is_preferred(toolchain):
    there = toolchain.program("hello", "echo hello v1.2.3")

    tool = find("hello")

    assert (tool.path, tool.source, tool.version) == (there, "path", "1.2.3")


def test_another_version_on_path_is_named_with_the_one_needed(toolchain):
    there = toolchain.program("hello", "echo hello v1.2.4")

    with pytest.raises(MissingPartError) as caught:
        find("hello")

    problem = caught.value.problems[0]
    assert problem.key == "tool-other-version"
    for words in ("1.2.3", "1.2.4", str(there), "sen tools build"):
        assert words in problem.text()


def test_a_missing_tool_says_how_to_get_it(toolchain):
    with pytest.raises(MissingPartError) as caught:
        find("hello")

    assert caught.value.exit_code == 3
    assert "make up" in str(caught.value)
    assert "uv run sen tools build" in str(caught.value)


def test_an_unknown_name_is_answered_with_the_closest(toolchain):
    with pytest.raises(ProblemError) as caught:
        find("helo")

    assert caught.value.exit_code == 2
    assert "did you mean: hello" in str(caught.value)


def test_a_program_that_does_not_start_is_not_taken(toolchain):
    toolchain.program("hello", "exit 0").write_text("no program")

    with pytest.raises(MissingPartError):
        find("hello")


def test_the_version_is_asked_once_until_the_file_changes(toolchain):
    count = toolchain.here / "asked"
    script = f"echo x >> {count}; echo hello v1.2.3"
    toolchain.program("hello", script)

    find("hello")
    find("hello")
    assert count.read_text() == "x\n"

    toolchain.program("hello", f"{script}; :")
    find("hello")
    assert count.read_text() == "x\nx\n"


def test_a_broken_memory_of_versions_is_asked_again(toolchain):
    toolchain.program("hello", "echo hello v1.2.3")
    toolchain.cache.mkdir(parents=True)
    for content in ("{", "[]"):
        (toolchain.cache / "versions.json").write_text(content)
        assert find("hello").version == "1.2.3"


def test_siblings_are_taken_from_path_only_together(toolchain, monkeypatch):
    toolchain.write({**HELLO, "together": True, "tools": [sibling("hello"), sibling("helper")]})
    toolchain.program("hello", "echo hello v1.2.3")
    with pytest.raises(MissingPartError):
        find("hello")

    other = toolchain.here / "elsewhere"
    other.mkdir()
    toolchain.program("helper", "echo hello v1.2.3").rename(other / "helper")
    monkeypatch.setenv("PATH", str(other), prepend=":")
    with pytest.raises(MissingPartError):
        find("hello")

    toolchain.program("helper", "echo hello v1.2.3")
    monkeypatch.setenv("PATH", str(toolchain.here / "bin"), prepend=":")
    assert find("helper").source == "path"


def test_what_sen_built_counts_as_cache_also_when_it_is_on_path(toolchain, monkeypatch):
    folder = toolchain_cache() / "hello-0000"
    folder.mkdir(parents=True)
    toolchain.program("hello", "echo hello v1.2.3").rename(folder / "hello")
    monkeypatch.setenv("PATH", str(folder), prepend=":")

    assert lookup.on_path("hello") is None


@pytest.mark.parametrize("file", ["go.mod", "go.sum", "main.go"])
def test_a_changed_module_has_another_place_in_the_cache(toolchain, file):
    before = toolchain.home
    changed = toolchain.folder / "hello" / file
    changed.write_text(changed.read_text() + "\n")

    assert toolchain.home != before


def test_changed_flags_and_go_have_another_place_in_the_cache(toolchain):
    family, folder = toolchain.family, toolchain.folder
    tags = family.builds[0].model_copy(update={"tags": ("x",)})
    versions = {
        family_key(family, folder, "1.20"),
        family_key(family, folder, "1.21"),
        family_key(family.model_copy(update={"builds": (tags,)}), folder, "1.20"),
        family_key(family.model_copy(update={"version": "2"}), folder, "1.20"),
    }

    assert len(versions) == 4


def test_kubectl_comes_from_the_python_environment_before_path(toolchain, monkeypatch):
    toolchain.write(HELLO, brought=(KUBECTL,))
    scripts = toolchain.here / "scripts"
    scripts.mkdir()
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(scripts))
    on_path = toolchain.program("kubectl", "echo v1.36.9")

    assert (find("kubectl").path, find("kubectl").source) == (on_path, "path")

    toolchain.program("kubectl", "echo v1.36.1").rename(scripts / "kubectl")
    assert (find("kubectl").source, find("kubectl").version) == ("python", "1.36.1")


def test_a_kubectl_too_far_from_the_server_is_refused(toolchain, monkeypatch):
    toolchain.write(HELLO, brought=(KUBECTL,))
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(toolchain.here))
    toolchain.program("kubectl", "echo v1.30.0")

    with pytest.raises(MissingPartError) as caught:
        find("kubectl")

    assert "1.30.0" in str(caught.value)


def test_uv_is_found_on_path_by_its_variable_and_in_the_bootstrap(toolchain, monkeypatch):
    toolchain.write(HELLO, brought=(UV,))
    monkeypatch.setenv("PATH", str(toolchain.here / "bin"))
    bootstrap = toolchain.cache / "bootstrap" / "bin"
    bootstrap.mkdir(parents=True)
    script = "#!/bin/sh\necho v1\n"
    for place in (bootstrap, toolchain.here):
        (place / "uv").write_text(script)
        (place / "uv").chmod(0o755)

    assert find("uv").path == bootstrap / "uv"
    monkeypatch.setenv("UV", str(toolchain.here / "uv"))
    assert find("uv").path == toolchain.here / "uv"
    on_path = toolchain.program("uv", "echo v1")
    assert find("uv").path == on_path


def test_the_folders_for_path_name_each_folder_once(monkeypatch):
    places = {"pulumi": "/a", "pulumi-language-python": "/a", "kubectl": "/b", "uv": "/c"}
    monkeypatch.setattr(
        lookup, "find", lambda name: lookup.Tool(name, "1", Path(places[name], name), "path")
    )

    assert tool_dirs() == [Path("/a"), Path("/b"), Path("/c")]


def test_pulumi_has_a_home_of_its_own(toolchain):
    assert pulumi_home() == toolchain.cache / "pulumi-home"


def test_kubectl_of_the_lock_file_is_the_one_found():
    tool = find("kubectl")

    assert tool.source == "python"
    assert tool.path.parent == Path(sys.executable).parent
