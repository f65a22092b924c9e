"""A platform goes up, down and away without touching what is not its own."""

import json
import os
import signal
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from sen import local
from sen.errors import MissingPartError
from sen.local import authority, cluster, lifecycle, ports, record
from sen.local.files import write_private
from sen.local.lifecycle import PROGRAMS
from sen.local.platform import Platform
from sen.local.record import Record, StartedPart
from tests.platform_fixture import as_admin

NOTE = "/api/v1/namespaces/default/configmaps"


@pytest.fixture(scope="module")
def own(tools, worker_id) -> Platform:
    """A platform beside the shared one, each worker's own, which these tests may take down."""
    mine = Platform(f"own{worker_id}")
    yield mine
    local.reset(mine)


def pids(platform: Platform) -> dict[str, int | None]:
    return {part.part: part.pid for part in local.status(platform)}


def changed(before: dict, after: dict) -> set[str]:
    return {part for part in before if before[part] != after[part]}


def expire(platform: Platform, name: str) -> None:
    """Put a certificate in place that ended a year ago."""
    [credential] = [each for each in authority.CREDENTIALS if each.name == name]
    long_ago = datetime.now(UTC) - timedelta(days=730)
    pair = authority.issue(platform.pki, credential, long_ago)
    write_private(authority.key_file(platform.pki, name), pair.key)
    write_private(authority.certificate_file(platform.pki, name), pair.certificate)


@pytest.mark.platform
def test_second_up_changes_no_process_even_when_two_come_at_once(own):
    local.up(own, fsync=False)
    before = pids(own)
    others = [threading.Thread(target=local.up, args=(own,)) for _ in range(2)]

    for other in others:
        other.start()
    for other in others:
        other.join()

    assert None not in before.values()
    assert pids(own) == before


@pytest.mark.platform
@pytest.mark.parametrize("part", ["kube-scheduler", "etcd"])
def test_up_restarts_the_part_that_died_and_no_other(own, part):
    local.up(own, fsync=False)
    before = pids(own)

    psutil.Process(before[part]).send_signal(signal.SIGKILL)
    local.up(own)

    assert changed(before, pids(own)) == {part}
    assert [each.health for each in local.status(own)] == ["healthy"] * 6


@pytest.mark.platform
def test_down_leaves_no_process_and_keeps_the_data(own):
    local.up(own, fsync=False)
    note = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kept"}}
    as_admin(own).ask("POST", NOTE, note)
    before = pids(own)

    local.down(own)
    gone = [pid for pid in before.values() if not lives(pid)]
    left_in_state = [
        process.pid for process in psutil.process_iter() if str(own.state) in command_of(process)
    ]
    states = {part.health for part in local.status(own)}
    local.up(own)

    assert gone == list(before.values())
    assert left_in_state == []
    assert states == {"down"}
    assert as_admin(own).ask("GET", f"{NOTE}/kept")[0] == 200


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@pytest.mark.platform
def test_nodes_are_held_anew_when_up_is_done_so_that_pods_run_at_once(own):
    local.up(own, fsync=False)
    before = cluster._leases(as_admin(own))

    local.down(own)
    local.up(own)

    after = cluster._leases(as_admin(own))
    assert after.keys() == before.keys() != set()
    assert not set(after.values()) & set(before.values())


@pytest.mark.platform
def test_two_platforms_stand_side_by_side_and_know_nothing_of_each_other(platform, own):
    local.up(own, fsync=False)
    note = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "here"}}

    as_admin(own).ask("POST", NOTE, note)

    assert as_admin(own).ask("GET", f"{NOTE}/here")[0] == 200
    assert as_admin(platform).ask("GET", f"{NOTE}/here")[0] == 404
    assert not set(pids(own).values()) & set(pids(platform).values())
    assert not set(own.load().ports.values()) & set(platform.load().ports.values())


@pytest.mark.platform
def test_expired_certificate_is_named_by_status_and_renewed_by_up(own):
    local.up(own, fsync=False)
    before = pids(own)
    expire(own, "apiserver")

    ill = {part.part: part.health for part in local.status(own) if not part.healthy}
    local.up(own)

    last_year = datetime.now(UTC).year - 1
    assert ill.keys() == {"kube-apiserver"}
    assert ill["kube-apiserver"].startswith(f"certificate apiserver expired on {last_year}-")
    assert changed(before, pids(own)) == {"kube-apiserver"}
    assert [part.health for part in local.status(own)] == ["healthy"] * 6


@pytest.mark.platform
def test_expired_kubeconfig_is_renewed_by_up_without_a_restart(own):
    local.up(own, fsync=False)
    before, kubeconfig = pids(own), own.kubeconfig.read_text()
    expire(own, "admin")

    ill = [part.health for part in local.status(own) if part.part == "kube-apiserver"]
    local.up(own)

    assert ill[0].startswith("certificate admin expired on ")
    assert own.kubeconfig.read_text() != kubeconfig
    assert pids(own) == before
    assert as_admin(own).ask("GET", NOTE)[0] == 200


@pytest.mark.platform
def test_new_ports_are_taken_when_asked_for_and_the_kubeconfig_follows(own):
    local.up(own, fsync=False)
    old = own.load().ports

    local.up(own, new_ports=True)

    new = own.load().ports
    assert not set(new.values()) & set(old.values())
    assert f":{new['kube-apiserver']}" in own.kubeconfig.read_text()
    assert [part.health for part in local.status(own)] == ["healthy"] * 6


@pytest.mark.platform
def test_number_of_nodes_grows_and_shrinks_as_asked(own):
    local.up(own, 5, fsync=False)
    five = json.loads(as_admin(own).ask("GET", "/api/v1/nodes")[1])["items"]
    local.up(own, 2)
    two = json.loads(as_admin(own).ask("GET", "/api/v1/nodes")[1])["items"]

    assert (len(five), len(two)) == (5, 2)


@pytest.mark.platform
def test_reset_ends_the_platform_and_removes_its_state(tools):
    third = Platform("third")
    write_private(third.state / "data" / "kept", "x")

    local.reset(third)

    assert not third.state.exists()
    assert not third.exists


@pytest.mark.platform
def test_part_that_does_not_come_up_is_named_with_the_last_lines_of_its_log(tools):
    broken = Platform("broken")
    write_private(broken.config / "encryption.yaml", "kind: EncryptionConfiguration\n")

    with pytest.raises(MissingPartError) as caught:
        local.up(broken, fsync=False)
    local.reset(broken)

    text = str(caught.value)
    assert text.startswith("kube-apiserver: ")
    assert "ended at start" in text
    assert "encryption" in text
    assert "sen local up --name broken" in text


def test_process_that_got_a_recorded_pid_by_chance_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    platform = Platform("recycled")
    foreign = subprocess.Popen(["sleep", "60"])
    executable = psutil.Process(foreign.pid).exe()
    other_start = StartedPart(pid=foreign.pid, started="boot/1", executable=executable, digest="x")
    record.save(platform.record_file, Record(parts=dict.fromkeys(PROGRAMS, other_start)))

    local.down(platform)

    still_there = foreign.poll() is None
    foreign.kill()
    foreign.wait()
    assert still_there
    assert platform.load().parts == {}


def test_remembered_port_that_another_holds_is_refused_by_name(tmp_path, monkeypatch, tool_stubs):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    platform = Platform("taken")
    record.save(platform.record_file, Record(ports=ports.choose()))
    listener = ports._listener(platform.port("etcd"))

    with pytest.raises(MissingPartError) as caught:
        local.up(platform)
    listener.close()

    text = str(caught.value)
    assert f"127.0.0.1:{platform.port('etcd')}" in text
    assert f"(pid {os.getpid()})" in text
    assert "sen local up --name taken --new-ports" in text
    assert caught.value.exit_code == 3
    assert not platform.exists


def test_every_missing_tool_is_named_before_anything_is_started(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingPartError) as caught:
        local.up(Platform("poor"))

    assert [problem.thing for problem in caught.value.problems] == list(PROGRAMS)
    assert not (tmp_path / "state").exists()


@pytest.fixture
def tool_stubs(monkeypatch):
    """Tools that are there as far as the lookup can tell."""
    monkeypatch.setattr(lifecycle, "find", lambda name: Path("/nowhere") / name)
