"""What happens when a neighbour does not play along: a busy lock, a refusing S3, an odd disk."""

import os
import subprocess
import threading
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError
from filelock import FileLock

from sen import local
from sen.errors import MissingPartError
from sen.local import buckets, cluster, companions, lifecycle, ports, record
from sen.local.authority import CLUSTER
from sen.local.configuration import prepare, shipped
from sen.local.control_plane import etcd
from sen.local.files import write_private
from sen.local.health import verdict
from sen.local.patience import wait_until
from sen.local.platform import Platform
from sen.local.record import Record
from tests.platform_fixture import left_over

NOW = datetime.now(UTC)


@pytest.fixture
def platform(tmp_path, monkeypatch) -> Platform:
    """A platform that is prepared and not started."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    prepared = Platform("edge")
    record.save(prepared.record_file, Record(ports=ports.choose()))
    prepare(prepared, NOW)
    return prepared


def test_who_waits_too_long_for_another_command_is_told_so(platform, monkeypatch):
    monkeypatch.setattr(lifecycle, "LOCK_SECONDS", 0.1)
    held, done = threading.Event(), threading.Event()

    def hold():
        with FileLock(platform.lock_file):
            held.set()
            done.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    held.wait(10)
    with pytest.raises(MissingPartError, match="platform edge"):
        local.down(platform)
    done.set()
    other.join()


def test_a_refusing_s3_is_a_problem_that_names_the_endpoint(platform, monkeypatch):
    def refuse(*_):
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "later"}}, "CreateBucket")

    monkeypatch.setattr(buckets, "_make", refuse)

    with pytest.raises(MissingPartError, match=platform.s3_endpoint) as caught:
        buckets.make_buckets(platform)

    assert "SlowDown" in str(caught.value)


def test_the_s3_client_uses_no_setting_of_the_users_own_cloud(platform, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone-elses")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")

    s3 = buckets.client(platform)

    assert s3.meta.endpoint_url == platform.s3_endpoint
    assert s3._request_signer._credentials.access_key == companions.s3_keys(platform)[0]
    assert s3.meta.config.proxies == {}
    s3.close()


def test_a_disk_without_attributes_gets_a_folder_for_them(platform, monkeypatch):
    known = platform.load()
    usual = companions.versitygw(platform, known).arguments

    def refuse(*_):
        raise OSError

    monkeypatch.setattr(os, "setxattr", refuse)
    without = companions.versitygw(platform, known).arguments
    monkeypatch.delattr(os, "setxattr")

    assert not any("sidecar" in argument for argument in usual)
    assert any(argument.startswith("--sidecar=") for argument in without)
    assert companions.versitygw(platform, known).arguments == usual


def test_preparing_twice_changes_no_file(platform):
    def contents() -> dict:
        return {path: path.read_bytes() for path in platform.state.rglob("*") if path.is_file()}

    before = contents()

    assert prepare(platform, NOW) == ()
    assert contents() == before


def test_the_key_of_secrets_at_rest_is_new_for_each_platform(platform):
    other = Platform("other")
    record.save(other.record_file, Record(ports=ports.choose()))
    prepare(other, NOW)

    keys = [(each.config / "encryption.yaml").read_text() for each in (platform, other)]
    assert keys[0] != keys[1]
    assert all("secretbox" in key and "identity" not in key for key in keys)


def test_a_file_that_was_opened_to_others_is_closed_again(tmp_path):
    file = tmp_path / "key"
    write_private(file, "x")
    file.chmod(0o644)

    write_private(file, "x")

    assert file.stat().st_mode & 0o777 == 0o600


def test_a_part_that_does_not_listen_gives_no_answer(platform):
    assert verdict(platform, etcd(platform, platform.load())).startswith("no answer: ")


def test_a_listener_that_speaks_no_tls_is_told_apart(platform):
    part = etcd(platform, platform.load())
    listener = ports._listener(part.ports[0])

    def answer():
        connection, _ = listener.accept()
        connection.recv(1000)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        connection.close()

    other = threading.Thread(target=answer)
    other.start()
    found = verdict(platform, part)
    other.join()
    listener.close()

    assert found.startswith("TLS: ")


def test_an_answer_that_refuses_names_the_path():
    with pytest.raises(MissingPartError, match="/api/v1/nodes"):
        cluster._checked((403, b"{}"), "/api/v1/nodes")


def test_only_the_state_of_a_run_that_was_killed_is_left_over(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    killed, alive = (tmp_path / f"sen-tests-{pid}-x" for pid in (ended.pid, os.getpid()))
    for folder in (killed, alive, tmp_path / "sen-tests-other"):
        folder.mkdir()

    assert left_over(tmp_path) == [killed]


def test_waiting_has_an_end():
    assert not wait_until(lambda: False, 0.01)


def test_zones_take_turns():
    zones = [cluster.node(n)["metadata"]["labels"]["topology.kubernetes.io/zone"] for n in (1, 4)]

    assert zones == ["vn-north-1", "vn-north-1"]


@pytest.mark.control("AU-3")
def test_the_audit_policy_hides_credentials_before_it_shows_bodies():
    policy = shipped("audit-policy.yaml")

    assert policy.index("serviceaccounts/token") < policy.index("level: Request\n")
    assert policy.index("tokenreviews") < policy.index("level: Request\n")


def test_the_founders_key_is_gone_when_it_is_done(platform):
    with cluster.founder(platform) as caller:
        key = caller.key
        assert key.is_file()
        assert caller.authority == platform.pki / f"{CLUSTER}.crt"

    assert not key.exists()
    assert not list(platform.state.glob(".founder-*"))
