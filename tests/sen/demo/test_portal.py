"""The demo's two processes: both or none, and nothing stays behind."""

from __future__ import annotations

import os
import signal
import socket

import pytest

from sen.cli import demo as command
from sen.demo import portal
from sen.errors import MissingPartError, RefusedError
from sen.local import record
from sen.local.platform import Platform
from tests.sen.cli.conftest import sen
from tests.sen.runs.conftest import config_folder, quiet_platform

__all__ = ["config_folder", "quiet_platform", "sen"]

WAITS = "import time; time.sleep(600)"
SERVES = f"import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[6]))); {WAITS}"
ENDS = "print('no rights'); raise SystemExit(1)"


def playing(monkeypatch, operator, served):
    """Let small programs stand in for the operator and the portal."""
    script = f"import sys; exec({served!r} if sys.argv[1] == 'portal' else {operator!r})"
    monkeypatch.setattr(portal, "_SEN", ("-c", script))


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


def test_both_run_inside_the_block_and_neither_after_it(quiet_platform, monkeypatch, port):
    playing(monkeypatch, WAITS, SERVES)

    with portal.running(quiet_platform, port) as parts:
        assert portal._ended(parts) == []

    assert portal._ended(parts) == ["operator", "portal"]
    assert not (quiet_platform.state / "demo-portal.json").exists()


def test_what_a_killed_demo_left_is_ended_first(quiet_platform, monkeypatch, port):
    playing(monkeypatch, WAITS, SERVES)

    with (
        portal.running(quiet_platform, port) as first,
        portal.running(quiet_platform, port) as second,
    ):
        assert portal._ended(first) == ["operator", "portal"]
        assert portal._ended(second) == []


@pytest.mark.parametrize(
    ("operator", "served", "who"), [(ENDS, SERVES, "operator"), (WAITS, ENDS, "portal")]
)
def test_part_that_ends_is_told_with_its_last_words(
    quiet_platform, monkeypatch, port, operator, served, who
):
    playing(monkeypatch, operator, served)

    with (
        pytest.raises(MissingPartError, match=f"{who}.*\n.*no rights"),
        portal.running(quiet_platform, port) as parts,
    ):
        portal.watch(quiet_platform, parts)

    assert record.load(quiet_platform.state / "demo-portal.json").parts == {}


def test_port_of_another_program_is_refused_before_anything_starts(quiet_platform, monkeypatch):
    monkeypatch.setattr(portal.ports, "RELEASE_SECONDS", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as held:
        taken = held.getsockname()[1]
        with (
            pytest.raises(RefusedError, match=f"{taken}.*taken by"),
            portal.running(quiet_platform, taken),
        ):
            pytest.fail("the block must not begin")


@pytest.fixture
def steps(monkeypatch, quiet_platform):
    called = []
    monkeypatch.setattr(command, "up", lambda platform: called.append("up"))
    monkeypatch.setattr(command.build, "build_baseline", lambda *_, **__: called.append("baseline"))
    monkeypatch.setattr(command, "install_kinds", lambda name: called.append("kinds"))
    monkeypatch.setattr(command, "open_desk", lambda agency, *_: called.append(agency))
    monkeypatch.setattr(command, "set_limit", lambda agency, **given: called.append(given["vnd"]))
    monkeypatch.setattr(command, "install_rights", lambda name: called.append("rights"))
    return called


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_command_opens_the_desks_tells_the_address_and_ends_well(
    sen, steps, quiet_platform, monkeypatch, port, ending
):
    playing(monkeypatch, WAITS, SERVES)
    monkeypatch.setattr(portal, "watch", lambda *_: os.kill(os.getpid(), ending))

    said = sen("demo", "portal", "--name", "quiet", "--port", port)

    assert (said.code, Platform("quiet")) == (0, quiet_platform)
    money = portal.YEAR_VND
    assert steps == ["up", "baseline", "kinds", "H26", money, "H29", money, "rights"]
    assert f"http://127.0.0.1:{port}/" in said.err
