"""A build ends whole or not at all, and is never done twice."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from sen.errors import MissingPartError
from sen.tools import find, golang
from sen.tools.build import build_arguments
from sen.tools.catalogue import Build
from sen.tools.crew import build_all, drop_damaged
from sen.tools.progress import Lines
from sen.tools.stamp import complete
from tests.sen.tools.fake_toolchain import HELLO, runs, wait_for


def build(toolchain, **options):
    console = Console(file=(toolchain.here / "told").open("a"), width=200)
    with console.file, Lines(console) as lines:
        return build_all(toolchain.known, toolchain.known.families, lines, **options)


def problem_of(toolchain):
    with pytest.raises(MissingPartError) as caught:
        build(toolchain)
    assert caught.value.exit_code == 3
    return caught.value.problems[0]


def test_a_missing_tool_is_built_and_found(toolchain):
    outcomes = build(toolchain)

    assert [outcome.how for outcome in outcomes] == ["built"]
    tool = find("hello")
    assert (tool.version, tool.source) == ("1.2.3", "cache")
    assert (
        subprocess.run([tool.path], capture_output=True, text=True, check=True).stdout
        == "hello v1.2.3\n"
    )
    assert toolchain.left() == []
    told = (toolchain.here / "told").read_text().splitlines()
    assert [line.partition(" (")[0] for line in told] == [
        "hello 1.2.3: building",
        "hello 1.2.3: built",
    ]


@pytest.mark.skipif(shutil.which("go") is None, reason="needs Go on PATH")
def test_the_real_go_builds_the_tool_with_its_version(toolchain):
    (toolchain.here / "bin" / "go").unlink()

    build(toolchain)

    assert find("hello").version == "1.2.3"
    assert complete(toolchain.home).go == golang.go_version(Path(shutil.which("go")))


def test_the_module_in_the_repository_is_never_written(toolchain):
    before = {file: file.read_bytes() for file in toolchain.folder.rglob("*") if file.is_file()}

    build(toolchain)

    after = {file: file.read_bytes() for file in toolchain.folder.rglob("*") if file.is_file()}
    assert after == before


def test_a_second_call_starts_no_go(toolchain):
    build(toolchain)
    (toolchain.here / "bin" / "go").write_text("#!/bin/sh\nexit 99\n")

    assert [outcome.how for outcome in build(toolchain)] == ["there"]
    assert toolchain.calls("build") == 1


def test_a_lost_file_is_built_again(toolchain):
    build(toolchain)
    find("hello").path.unlink()

    assert [outcome.how for outcome in build(toolchain)] == ["built"]
    assert find("hello").path.is_file()


def test_a_file_that_was_cut_short_is_built_again(toolchain):
    build(toolchain)
    find("hello").path.write_bytes(b"#!/bin/sh")

    with pytest.raises(MissingPartError):
        find("hello")
    assert [outcome.how for outcome in build(toolchain)] == ["built"]


def test_a_changed_byte_is_seen_by_verify_only(toolchain):
    build(toolchain)
    binary = find("hello").path
    binary.write_bytes(binary.read_bytes().replace(b"hello", b"hollo"))

    assert [outcome.how for outcome in build(toolchain)] == ["there"]
    assert drop_damaged(toolchain.known, toolchain.known.families) == ["hello 1.2.3: hello"]
    assert [outcome.how for outcome in build(toolchain)] == ["built"]
    assert drop_damaged(toolchain.known, toolchain.known.families) == []


def test_what_tells_another_version_is_refused(toolchain):
    toolchain.ask("answer", "hello v9.9.9")

    problem = problem_of(toolchain)

    assert problem.key == "tool-wrong-answer"
    assert "1.2.3" in problem.text()
    assert "v9.9.9" in problem.text()
    assert not toolchain.home.exists()
    assert toolchain.left() == []


def test_what_does_not_compile_shows_the_end_of_its_log(toolchain):
    toolchain.ask("fail", "main.go:3: undefined: x\n")

    problem = problem_of(toolchain)

    assert problem.key == "tool-build-failed"
    assert "undefined: x" in problem.text()
    assert "undefined: x" in Path(problem.values["log"]).read_text()


@pytest.mark.parametrize(
    "words", ["write /x/y.a: no space left on device", "write /x: Disk quota exceeded"]
)
def test_a_disk_that_fills_up_during_the_build_is_named(toolchain, words):
    note = toolchain.ask("fail", f"{words}\n")

    problem = problem_of(toolchain)

    assert problem.key == "tool-disk-full"
    assert problem.thing.startswith(str(toolchain.cache))
    assert problem.values["need"] == 3
    assert "goes on where it stopped" in problem.text()
    assert toolchain.left() == []

    note.unlink()
    assert [outcome.how for outcome in build(toolchain)] == ["built"]


def test_a_disk_that_fills_up_while_copying_is_named(toolchain, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full)

    assert problem_of(toolchain).key == "tool-disk-full"


def test_another_error_of_the_system_is_not_taken_for_a_full_disk(toolchain, monkeypatch):
    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(shutil, "copytree", denied)

    with pytest.raises(PermissionError):
        build(toolchain)


OTHER = {
    **HELLO,
    "name": "other",
    "tools": [{**HELLO["tools"][0], "name": "other"}],
    "builds": [{**HELLO["builds"][0], "module": "other", "packages": {"other": "."}}],
}


def test_every_family_that_fails_is_told(toolchain):
    toolchain.write(HELLO, OTHER)
    toolchain.ask("fail", "broken\n")

    with pytest.raises(MissingPartError) as caught:
        build(toolchain)

    assert {p.thing for p in caught.value.problems} == {"hello 1.2.3", "other 1.2.3"}


def test_a_failure_lets_the_other_builds_end(toolchain):
    toolchain.write(HELLO, OTHER)
    toolchain.ask("fail-other", "broken\n")

    assert problem_of(toolchain).thing == "other 1.2.3"
    assert find("hello").source == "cache"


def test_a_full_disk_stops_the_other_builds(toolchain):
    toolchain.write(HELLO, OTHER)
    toolchain.ask("hang-hello")
    toolchain.ask("fail-other", "no space left on device\n")

    assert problem_of(toolchain).key == "tool-disk-full"
    assert "hello 1.2.3: stopped" in (toolchain.here / "told").read_text()
    assert toolchain.left() == []


def test_two_runs_at_once_build_once(toolchain):
    hang = toolchain.ask("hang")
    first = toolchain.start("tools", "build")
    wait_for((toolchain.here / "hanging").exists)
    second = toolchain.start("tools", "build")
    waiting = second.stderr.readline()
    hang.unlink()

    ended = [first.communicate(), second.communicate()]

    assert "waiting for the run that builds it now" in waiting
    assert (first.returncode, second.returncode) == (0, 0), ended
    assert toolchain.calls("build") == 1
    assert find("hello").source == "cache"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_run_ends_go_leaves_nothing_and_says_how_to_go_on(toolchain, number):
    hang = toolchain.ask("hang")
    run = toolchain.start("tools", "build")
    wait_for((toolchain.here / "hanging").exists)
    go = int((toolchain.here / "hanging").read_text())

    run.send_signal(number)
    _, said = run.communicate()

    assert run.returncode == 130
    assert "goes on from here" in said
    assert "Traceback" not in said
    assert not runs(go)
    assert toolchain.left() == []
    hang.unlink()
    assert [outcome.how for outcome in build(toolchain)] == ["built"]


def test_a_killed_run_is_resumed_and_swept(toolchain):
    hang = toolchain.ask("hang")
    run = toolchain.start("tools", "build")
    wait_for((toolchain.here / "hanging").exists)
    go = int((toolchain.here / "hanging").read_text())
    run.kill()
    run.communicate()
    os.killpg(go, signal.SIGKILL)
    assert len(toolchain.left()) == 1
    with pytest.raises(MissingPartError):
        find("hello")

    hang.unlink()
    build(toolchain)

    assert find("hello").source == "cache"
    assert toolchain.left() == []


def test_a_run_that_waits_can_be_stopped(toolchain):
    hang = toolchain.ask("hang")
    first = toolchain.start("tools", "build")
    wait_for((toolchain.here / "hanging").exists)
    second = toolchain.start("tools", "build")
    second.stderr.readline()

    second.send_signal(signal.SIGINT)
    second.communicate()
    hang.unlink()
    first.communicate()

    assert (first.returncode, second.returncode) == (0, 130)


def test_the_flags_are_those_that_give_the_same_binary_twice():
    several = Build(module="m", packages={"a": "x/a"}, tags=("one", "two"), variables={"p.V": "v1"})

    given = build_arguments(several)

    assert given[:1] == ("build",)
    assert "-trimpath" in given
    assert given[given.index("-tags") + 1] == "one,two"
    assert given[given.index("-ldflags") + 1] == "-s -w -X p.V=v1"


def test_files_are_embedded_with_the_version_and_put_beside_the_binary(toolchain):
    module = toolchain.here / "module" / "cmd"
    module.mkdir(parents=True)
    (module / "schema.json").write_text('{"name": "hello"}')
    (module / "start").write_text("#!/bin/sh\n")
    embed = {
        "module": "x/y",
        "folder": "cmd",
        "files": ["schema.json"],
        "versioned": "schema.json",
    }
    beside = {"module": "x/y", "files": ["cmd/start"]}
    toolchain.write({**HELLO, "builds": [{**HELLO["builds"][0], "embed": embed, "beside": beside}]})

    build(toolchain)

    assert '"version": "1.2.3"' in (toolchain.here / "schema.seen").read_text()
    assert os.access(toolchain.home / "start", os.X_OK)
    assert set(complete(toolchain.home).files) == {"hello", "start"}


PULUMI = """
[ "$1" = version ] && { echo "v3.0.0"; exit 0; }
home="$PULUMI_HOME/plugins/resource-$4-v$5"
case "$*" in *--reinstall*) ;; *) [ -d "$home" ] && exit 0 ;; esac
while [ "$1" != --file ]; do shift; done
mkdir -p "$home" && cp "$2" "$home/"
"""


def provider(toolchain):
    pulumi = {
        **HELLO,
        "name": "pulumi",
        "version": "3.0.0",
        "tools": [
            {
                **HELLO["tools"][0],
                "name": "pulumi",
                "ask": ["version"],
                "answer": "^v(?P<version>.*)",
            }
        ],
    }
    hello = {**HELLO, "tools": [{**HELLO["tools"][0], "plugin": "greeter"}]}
    toolchain.write(hello, pulumi)


def test_a_provider_is_installed_as_a_plugin_and_kept_off_path(toolchain):
    toolchain.program("pulumi", PULUMI)
    provider(toolchain)

    build(toolchain)

    tool = find("hello")
    home = toolchain.cache / "pulumi-home" / "plugins"
    assert tool.path == home / "resource-greeter-v1.2.3" / "hello"
    assert tool.path.is_file()


def test_a_lost_plugin_is_installed_again_without_a_build(toolchain):
    toolchain.program("pulumi", PULUMI)
    provider(toolchain)
    build(toolchain)
    find("hello").path.unlink()

    build(toolchain)

    assert find("hello").path.is_file()
    assert toolchain.calls("build") == 1


def test_a_changed_plugin_is_seen_by_verify(toolchain):
    toolchain.program("pulumi", PULUMI)
    provider(toolchain)
    build(toolchain)
    plugin = find("hello").path
    plugin.write_bytes(plugin.read_bytes().replace(b"hello", b"hollo"))

    assert drop_damaged(toolchain.known, [toolchain.family]) == [f"hello 1.2.3: {plugin}"]
    build(toolchain)
    assert find("hello").path.read_bytes() == (toolchain.home / "hello").read_bytes()
    assert toolchain.calls("build") == 1


def test_a_plugin_that_cannot_be_installed_is_told(toolchain):
    toolchain.program("pulumi", '[ "$1" = version ] && { echo v3.0.0; exit 0; }; echo no; exit 1')
    provider(toolchain)

    assert problem_of(toolchain).key == "tool-build-failed"
