"""`sen portal`: what it serves, and what it refuses to serve."""

from __future__ import annotations

import pytest

from sen.portal import serve
from sen.portal.access import in_cluster
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


def test_portal_in_a_pod_shows_its_token(tmp_path):
    (tmp_path / "token").write_text("t0ken\n")

    given = in_cluster(tmp_path)

    assert Cluster(given).own_headers() == [("Authorization", "Bearer t0ken")]
    assert given.server == "https://kubernetes.default.svc"
