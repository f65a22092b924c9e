"""`sen doctor` judges each part and says what to do."""

import json

import pytest
from typer.testing import CliRunner

from sen.cli.main import app
from sen.tools import checkup, machine
from tests.sen.tools.fake_toolchain import HELLO, toolchain  # noqa: F401 - a fixture

RUN = CliRunner()


@pytest.fixture
def healthy(toolchain, monkeypatch):  # noqa: F811
    """Give a machine that has everything; a test takes away what it is about."""
    toolchain.program("hello", "echo hello v1.2.3")
    for name in ("podman", "runc", "git", "make"):
        toolchain.program(name, f"echo {name} 1")
    monkeypatch.setattr(machine, "chromium", lambda: "Chromium 150")
    monkeypatch.setattr(machine, "vietnamese_font", lambda: "NotoSans-Regular.ttf")
    monkeypatch.setattr(machine, "memory_gib", lambda: 8.0)
    monkeypatch.setattr(machine, "free_ports", lambda: machine.PORTS_WANTED)
    monkeypatch.setattr(checkup, "free_mib", lambda _: 50_000)
    return toolchain


def parts(*arguments):
    done = RUN.invoke(app, ["doctor", "-o", "json", *arguments])
    return done.exit_code, {part["part"]: part for part in json.loads(done.stdout)}


def test_a_healthy_machine_is_ok_in_every_part(healthy):
    code, seen = parts()

    assert code == 0
    assert {part["state"] for part in seen.values()} == {"ok"}
    assert len(seen) == 13
    assert seen["hello"]["found"] == "1.2.3 from path"
    assert seen["hello"]["where"] == str(healthy.here / "bin" / "hello")


def test_a_missing_tool_fails_with_its_remedy(healthy):
    (healthy.here / "bin" / "hello").unlink()

    code, seen = parts()

    assert code == 3
    assert seen["hello"]["state"] == "missing"
    assert "sen tools build" in seen["hello"]["remedy"]


def test_what_is_built_only_on_demand_may_be_missing(healthy):
    healthy.write({**HELLO, "optional": True})
    healthy.program("hello", "echo hello v9")

    code, seen = parts()

    assert (code, seen["hello"]["state"]) == (0, "optional missing")
    assert "sen tools build hello" in seen["hello"]["remedy"]


def test_a_wrong_version_is_told_from_a_missing_tool(healthy):
    healthy.program("hello", "echo hello v9")

    code, seen = parts()

    assert code == 3
    assert (seen["hello"]["state"], seen["hello"]["found"]) == ("wrong version", "9")


def test_optional_parts_do_not_fail(healthy, monkeypatch):
    monkeypatch.setattr(machine, "first_line", lambda name, *_: None if name == "podman" else "1")
    monkeypatch.setattr(machine, "chromium", lambda: None)

    code, seen = parts()

    assert code == 0
    assert seen["podman"]["state"] == seen["chromium"]["state"] == "optional missing"
    assert "make system" in seen["chromium"]["remedy"]


@pytest.mark.parametrize(
    ("place", "name", "value", "part"),
    [
        (machine, "memory_gib", lambda: 1.5, "memory"),
        (machine, "free_ports", lambda: 3, "ports"),
        (checkup, "free_mib", lambda _: 100, "disk of the cache"),
        (machine, "first_line", lambda name, *_: None if name == "git" else "1", "git"),
    ],
)
def test_what_the_machine_lacks_fails_with_a_remedy(healthy, monkeypatch, place, name, value, part):
    monkeypatch.setattr(place, name, value)

    code, seen = parts()

    assert code == 3
    assert seen[part]["state"] == "missing"
    assert seen[part]["remedy"]


def test_people_get_a_line_for_each_part_and_a_count(healthy, monkeypatch):
    monkeypatch.setattr(machine, "chromium", lambda: None)

    done = RUN.invoke(app, ["doctor"])

    lines = done.stdout.splitlines()
    assert len(lines) == 13 + 1 + 1
    assert lines[0].startswith("ok                python")
    assert lines[-2].startswith("chromium: ")
    assert lines[-1] == "13 parts looked at: 0 wrong, 1 optional missing"


def test_remedies_are_told_in_vietnamese_too(healthy, monkeypatch):
    monkeypatch.setenv("SEN_LANG", "vi")
    monkeypatch.setattr(machine, "chromium", lambda: None)

    _, seen = parts()

    assert "kiểm thử" in seen["chromium"]["remedy"]


def test_the_real_machine_can_be_looked_at(monkeypatch):
    done = RUN.invoke(app, ["doctor", "-o", "json"])

    seen = {part["part"] for part in json.loads(done.stdout)}
    assert {"python", "pulumi", "kube-apiserver", "kubectl", "uv", "memory", "user"} <= seen
