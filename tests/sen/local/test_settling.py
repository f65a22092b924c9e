"""Ports, sizes and names are settled before anything starts."""

import os
import socket

import psutil
import pytest

from sen.errors import MissingPartError
from sen.local import ports, record
from sen.local.control_plane import etcd, kube_apiserver
from sen.local.parts import Part, flags
from sen.local.platform import Platform
from sen.local.record import Record
from sen.local.settling import settled
from stacks.problem import ProblemError


@pytest.fixture
def platform(tmp_path, monkeypatch) -> Platform:
    """A platform that is only a name."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return Platform("lab")


def settle(platform, *, nodes=None, fsync=None, new_ports=False) -> Record:
    return settled(platform, nodes=nodes, fsync=fsync, new_ports=new_ports)


def test_each_listener_has_a_port_of_its_own_below_those_lent_to_clients():
    chosen = ports.choose()

    assert tuple(chosen) == ports.NAMES
    assert len(set(chosen.values())) == len(ports.NAMES)
    assert all(ports.FIRST <= port <= ports.LAST for port in chosen.values())


def test_ports_that_others_remember_are_not_chosen(monkeypatch):
    monkeypatch.setattr(ports, "LAST", ports.FIRST + 999)
    taken = set(range(ports.FIRST, ports.FIRST + 900))

    assert not set(ports.choose(taken).values()) & taken


def test_no_free_port_is_an_error(monkeypatch):
    monkeypatch.setattr(ports, "_listener", lambda _: None)

    with pytest.raises(OSError, match="no free port"):
        ports.choose()


def test_the_holder_of_a_port_is_named_with_its_pid():
    with socket.create_server((ports.LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]

        assert not ports.is_free(port)
        assert ports.holder(port).endswith(f"(pid {os.getpid()})")
    assert ports.is_free(port)


def test_a_holder_that_may_not_be_seen_is_another_process(monkeypatch):
    def refuse(**_):
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", refuse)

    assert ports.holder(1) == "another process"


def test_what_was_chosen_once_stays_unless_asked_otherwise(platform):
    first = settle(platform, nodes=7, fsync=False)
    record.save(platform.record_file, first)

    assert settle(platform) == first
    assert settle(platform, fsync=True).fsync
    assert settle(platform, new_ports=True).ports.keys() == first.ports.keys()
    assert not set(settle(platform, new_ports=True).ports.values()) & set(first.ports.values())


@pytest.mark.parametrize("nodes", [0, -1, 1001])
def test_a_number_of_nodes_out_of_range_is_refused(platform, nodes):
    with pytest.raises(ProblemError, match="1000"):
        settle(platform, nodes=nodes)


@pytest.mark.parametrize("text", ["", "{", '{"nodez": 3}', '{"nodes": 0}'])
def test_a_damaged_record_is_a_problem_and_no_traceback(platform, text):
    platform.state.mkdir(parents=True)
    platform.record_file.write_text(text)

    with pytest.raises(ProblemError) as caught:
        platform.load()

    assert caught.value.problems[0].thing == str(platform.record_file)


def test_a_platform_that_was_never_up_has_no_address_and_mints_nothing(platform, tmp_path):
    with pytest.raises(MissingPartError):
        _ = platform.s3_endpoint
    with pytest.raises(MissingPartError):
        platform.client_kubeconfig("lan", [], tmp_path / "kubeconfig")
    assert not platform.exists


def test_data_reach_the_disk_unless_the_platform_is_to_be_thrown_away(platform):
    known = settle(platform)

    assert "--unsafe-no-fsync=false" in etcd(platform, known).arguments
    throw_away = known.model_copy(update={"fsync": False})
    assert "--unsafe-no-fsync=true" in etcd(platform, throw_away).arguments


def test_every_listener_is_on_loopback(platform):
    known = settle(platform)
    arguments = (*etcd(platform, known).arguments, *kube_apiserver(platform, known).arguments)

    listeners = [text for text in arguments if text.startswith(("--listen", "--bind"))]
    assert len(listeners) == 3
    assert all("127.0.0.1" in text for text in listeners)


@pytest.mark.parametrize(
    "change",
    [
        {"arguments": ("--other",)},
        {"environment": {"KEY": "other"}},
        {"ports": (2,)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_part_that_is_to_run_otherwise_has_another_digest(tmp_path, change):
    file = tmp_path / "certificate"
    file.write_bytes(b"one")
    kept = {"program": "p", "health": "/", "authority": None, "files": (file,)}
    before = {"arguments": ("--one",), "environment": {"KEY": "one"}, "ports": (1,)}
    part = Part(**kept, **before)
    digest = part.digest(tmp_path, "1.0")

    assert Part(**kept, **{**before, **change}).digest(tmp_path, "1.0") != digest
    assert part.digest(tmp_path, "1.1") != digest
    assert part.digest(tmp_path, "1.0") == digest
    file.write_bytes(b"two")
    assert part.digest(tmp_path, "1.0") != digest


def test_flags_are_written_as_go_reads_them():
    assert flags({"a": True, "b": 1, "c": "x"}) == ("--a=true", "--b=1", "--c=x")
