"""`sen tools` and what it answers."""

import json

import pytest
import yaml
from typer.testing import CliRunner

from sen.cli.main import app
from sen.tools import crew
from tests.sen.tools.fake_toolchain import toolchain  # noqa: F401 - a fixture

RUN = CliRunner()


def test_build_ends_with_a_line_that_counts(toolchain):  # noqa: F811
    first = RUN.invoke(app, ["tools", "build"])
    second = RUN.invoke(app, ["tools", "build", "hello", "--jobs", "1"])

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "1 tool families ready: 1 built, 0 in" in first.stdout
    assert "0 built, 1 in" in second.stdout
    assert "building" not in first.stdout, "progress is no part of the answer"


def test_verify_tells_what_differs_and_builds_it_again(toolchain):  # noqa: F811
    RUN.invoke(app, ["tools", "build"])
    binary = toolchain.home / "hello"
    binary.write_bytes(binary.read_bytes().replace(b"hello", b"hollo"))

    again = RUN.invoke(app, ["tools", "build", "--verify"])

    assert "hello differs from what was built" in again.stderr
    assert "1 built" in again.stdout


def test_an_unknown_tool_is_bad_usage(toolchain):  # noqa: F811
    run = toolchain.start("tools", "build", "helo")
    _, said = run.communicate()

    assert run.returncode == 2
    assert "did you mean: hello" in said
    assert "Traceback" not in said


def test_a_full_disk_ends_with_three_and_names_the_folder(toolchain):  # noqa: F811
    toolchain.ask("fail", "write /x: no space left on device\n")

    run = toolchain.start("tools", "build")
    _, said = run.communicate()

    assert run.returncode == 3
    assert str(toolchain.cache) in said
    assert "MiB" in said
    assert "Traceback" not in said


def test_more_than_two_builds_at_a_time_are_refused(toolchain):  # noqa: F811
    assert RUN.invoke(app, ["tools", "build", "--jobs", str(crew.MAX_JOBS + 1)]).exit_code == 2


@pytest.mark.parametrize(("form", "read"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_the_list_tells_what_is_missing_and_what_is_there(toolchain, form, read):  # noqa: F811
    before = read(RUN.invoke(app, ["tools", "list", "-o", form]).stdout)
    RUN.invoke(app, ["tools", "build"])
    after = read(RUN.invoke(app, ["tools", "list", "-o", form]).stdout)

    assert [(row["tool"], row["state"], row["path"]) for row in before] == [
        ("hello", "missing", None)
    ]
    assert [(row["state"], row["version"], row["source"]) for row in after] == [
        ("ok", "1.2.3", "cache")
    ]
    assert after[0]["path"] == str(toolchain.home / "hello")


def test_the_table_leaves_the_long_paths_out(toolchain):  # noqa: F811
    RUN.invoke(app, ["tools", "build"])

    shown = RUN.invoke(app, ["tools", "list"]).stdout

    assert "hello" in shown
    assert str(toolchain.here) not in shown


def test_where_prints_the_path_alone(toolchain):  # noqa: F811
    there = toolchain.program("hello", "echo hello v1.2.3")

    assert RUN.invoke(app, ["tools", "where", "hello"]).stdout == f"{there}\n"


def test_where_ends_with_three_when_the_tool_is_missing(toolchain):  # noqa: F811
    run = toolchain.start("tools", "where", "hello")
    _, said = run.communicate()

    assert run.returncode == 3
    assert "make up" in said


def test_a_stop_ends_with_130_and_says_how_to_go_on(toolchain, monkeypatch):  # noqa: F811
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("sen.cli.tools.build_all", stopped)

    done = RUN.invoke(app, ["tools", "build"])

    assert done.exit_code == 130
    assert "goes on from here" in done.stderr
