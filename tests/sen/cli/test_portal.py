"""`sen portal`: what it serves, and what it refuses to serve."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from sen.errors import MissingPartError
from sen.portal import serve
from sen.portal.access import Access, in_cluster
from sen.portal.cluster import Cluster


@pytest.fixture
def served(monkeypatch):
    """Take note of what would be served."""
    calls = []
    monkeypatch.setattr(serve.uvicorn, "run", lambda app, **given: calls.append((app, given)))
    return calls


@pytest.mark.platform
def test_portal_is_served_on_loopback_and_keeps_its_key(sen, platform, served):
    words = ("portal", "run", "--name", platform.name, "--dev-login", "--port", "23456")

    first, second = sen(*words), sen(*words)

    assert (first.code, second.code) == (0, 0)
    (_, given), _ = served
    assert (given["host"], given["port"]) == ("127.0.0.1", 23456)
    files = {file.name: file for file in (platform.state / "portal").iterdir()}
    assert set(files) == {"portal.crt", "portal.key", "session.key"}
    assert all(file.stat().st_mode & 0o077 == 0 for file in files.values())


@pytest.mark.platform
@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ((), "--oidc-issuer"),
        (("--dev-login", "--url", "https://cong.gov.vn"), "loopback"),
        (("--oidc-issuer", "https://x.test", "--url", "http://cong.gov.vn"), "https"),
    ],
)
def test_unsafe_portal_is_not_served(sen, platform, served, words, rule):
    said = sen("portal", "run", "--name", platform.name, *words)

    assert (said.code, served) == (2, [])
    assert rule in said.err


@pytest.mark.platform
def test_secret_comes_from_a_file(sen, platform, served, tmp_path):
    given = ("portal", "run", "--name", platform.name, "--oidc-issuer", "https://x.test")

    assert sen(*given, "--oidc-secret-file", tmp_path / "none").code == 3
    (tmp_path / "secret").write_text("s3cr3t\n")
    assert sen(*given, "--oidc-secret-file", tmp_path / "secret").code == 0
    assert serve.directory("https://x.test", "c", tmp_path / "secret").secret == "s3cr3t"  # noqa: S105 - a made-up one


@pytest.mark.parametrize("command", ["run", "install"])
def test_platform_that_never_was_is_told(sen, tmp_path, monkeypatch, command):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    assert sen("portal", command, "--name", "never").code == 3


ANYWHERE = "0.0.0.0"  # noqa: S104 - as in a pod
POD = {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}


def test_portal_in_a_pod_shows_its_token(tmp_path):
    (tmp_path / "token").write_text("t0ken\n")

    given = in_cluster(tmp_path, POD)

    assert Cluster(given).own_headers() == [("Authorization", "Bearer t0ken")]
    assert given.server == "https://10.96.0.1:443"


def test_portal_outside_a_pod_is_not_in_a_cluster(tmp_path):
    with pytest.raises(MissingPartError, match="no service account"):
        in_cluster(tmp_path, POD)


IN_POD = (
    *("portal", "run", "--in-cluster", "--listen", ANYWHERE, "--url", "https://sen.gov.vn"),
    *("--oidc-issuer", "https://login.gov.vn"),
)


def test_portal_in_a_pod_listens_to_all_and_takes_the_key_that_copies_share(
    sen, served, tmp_path, monkeypatch
):
    monkeypatch.setattr(serve, "in_cluster", lambda: Access("https://10.96.0.1:443"))
    key, sealed = tmp_path / "key", []
    monkeypatch.setattr(serve, "create", sealed.append)
    key.write_bytes(Fernet.generate_key() + b"\n")

    assert sen(*IN_POD, "--key-file", key).code == 0

    ((_, given),) = served
    assert (given["host"], given["port"]) == (ANYWHERE, 8380)
    assert sealed[0].key == key.read_bytes().strip()


@pytest.mark.parametrize("content", [None, b"", b"short"])
def test_portal_in_a_pod_makes_no_key_of_its_own(sen, served, tmp_path, content):
    """Each copy would have another, and no session would outlive a request."""
    key = tmp_path / "key"
    if content is not None:
        key.write_bytes(content)

    assert sen(*IN_POD, "--key-file", key).code == 3
    assert sen(*IN_POD).code == 3
    assert served == []


@pytest.mark.platform
def test_demo_people_are_offered_on_loopback_only(sen, platform, served):
    words = ("portal", "run", "--name", platform.name, "--dev-login", "--listen", ANYWHERE)

    assert (sen(*words).code, served) == (2, [])


@pytest.mark.parametrize("block", ["10.0.0.0/8", "gateway"])
def test_a_proxy_that_is_none_is_told_before_a_platform_is_looked_for(sen, served, block):
    done = sen("portal", "run", "--name", "no-such-platform", "--trusted-proxy", block)

    assert done.code == 2
    assert block in done.err
    assert served == []
