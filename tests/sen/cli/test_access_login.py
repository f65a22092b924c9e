"""A login at a directory (a real OIDC server over TLS) that the API server takes, by groups."""

from __future__ import annotations

import datetime as dt
import json
import os
import ssl
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import werkzeug.serving
import yaml
from oidc_provider_mock import User, app
from oidc_provider_mock._app import AuthorizationCodeGrant

from sen import local
from sen.access.credential import authentication, kubeconfig, token
from sen.access.login import Client, login
from sen.cli import access_login
from sen.errors import MissingPartError, RefusedError
from sen.local.authority import CLUSTER, Credential, authority, certificate_file, issue, key_file
from sen.local.configuration import shipped
from sen.local.platform import Platform
from sen.tools import find
from stacks.problem import ProblemError
from tests.platform_fixture import as_admin

PATIENCE_SECONDS = 90
AN = User(sub="an", claims={"email": "an@h26.vn", "groups": ["h26-heads"]})
NOW = dt.datetime.now(dt.UTC)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    """An authority of our own, and a certificate of it for the loopback address."""
    folder = tmp_path_factory.mktemp("directory")
    root = authority("Directory of the tests", NOW)
    certificate_file(folder, CLUSTER).write_bytes(root.certificate)
    key_file(folder, CLUSTER).write_bytes(root.key)
    pair = issue(folder, Credential("s", "directory", serving=True, client=False), NOW)
    certificate_file(folder, "s").write_bytes(pair.certificate)
    key_file(folder, "s").write_bytes(pair.key)
    return folder


@pytest.fixture(scope="module")
def directory(trusted):
    """A directory that speaks OIDC over TLS."""
    # This program keeps no secret; the directory's stand-in lets such programs in only when told.
    patched = pytest.MonkeyPatch()
    patched.setattr(AuthorizationCodeGrant, "TOKEN_ENDPOINT_AUTH_METHODS", ["none"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted / "s.crt", trusted / "s.key")
    server = werkzeug.serving.make_server(
        "127.0.0.1", 0, app(user_claims=[AN]), threaded=True, ssl_context=context
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield Client(f"https://127.0.0.1:{server.server_port}", "sen", trusted / "ca.crt")
    server.shutdown()
    thread.join()
    server.server_close()
    patched.undo()


def browser(client, *, sub="an", change=None):
    """Give a browser in which somebody logs in, as its own thread."""

    def walk(address):
        trust = ssl.create_default_context(cafile=client.authority)
        with httpx.Client(verify=trust) as http:
            page = http.post(address, data={"sub": sub} if sub else {"action": "deny"})
            back = page.headers["location"]
            if not sub:  # a directory says it with the state, this one forgets it
                back += "&state=" + parse_qs(urlsplit(address).query)["state"][0]
            httpx.get(change(back) if change else back, trust_env=False)

    return lambda address: threading.Thread(target=walk, args=(address,)).start()


def test_login_gives_a_token_for_this_person_and_this_program(directory):
    made = login(directory, browser(directory), 20)

    assert len(made.text.split(".")) == 3
    assert NOW < made.expires < dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)


def test_answer_of_another_login_is_not_taken(directory):
    def twice(back):
        other = httpx.get(back.replace("state=", "state=x"), trust_env=False)
        assert other.status_code == 200
        assert httpx.get(back.split("/callback")[0], trust_env=False).status_code == 404
        return back

    assert login(directory, browser(directory, change=twice), 20).text


def test_who_is_refused_is_told(directory):
    with pytest.raises(RefusedError, match="refused the login"):
        login(directory, browser(directory, sub=None), 20)


def test_code_that_somebody_made_up_is_refused(directory):
    wrong = browser(directory, change=lambda back: back.replace("code=", "code=x"))

    with pytest.raises(RefusedError, match="refused the login"):
        login(directory, wrong, 20)


def test_directory_that_names_itself_otherwise_is_refused(directory):
    other = Client(
        directory.issuer.replace("127.0.0.1", "localhost") + "/", "sen", directory.authority
    )

    with pytest.raises(RefusedError, match="names itself otherwise"):
        login(other, browser(directory), 20)


def test_directory_that_is_silent_or_untrusted_is_a_missing_part(directory, tmp_path):
    with pytest.raises(MissingPartError, match="does not answer"):
        login(Client(directory.issuer, "sen"), browser(directory), 20)
    with pytest.raises(MissingPartError, match="timeout"):
        login(directory, lambda _: None, patience=0)
    with pytest.raises(ProblemError, match="no file of certificates"):
        login(Client(directory.issuer, "sen", tmp_path / "none"), browser(directory), 20)
    with pytest.raises(ProblemError, match="https only"):
        Client("http://id.example.vn", "sen")


def test_token_is_kept_until_it_ends_and_read_by_its_owner_alone(directory, tmp_path):
    asked = []

    def log_in(client):
        asked.append(client)
        return login(client, browser(client), 20)

    first = token(directory, tmp_path, log_in, NOW)
    again = token(directory, tmp_path, log_in, NOW)
    (file,) = tmp_path.iterdir()
    assert (first, len(asked), stat.S_IMODE(file.stat().st_mode)) == (again, 1, 0o600)

    token(directory, tmp_path, log_in, first.expires)
    assert len(asked) == 2
    file.write_text("{}")
    token(directory, tmp_path, log_in, NOW)
    assert len(asked) == 3


def test_kubeconfig_holds_no_token_and_names_the_command(directory):
    text = kubeconfig("https://127.0.0.1:1", b"authority", "sen-local", directory)

    user = yaml.safe_load(text)["users"][0]["user"]
    assert user.keys() == {"exec"}
    assert user["exec"]["args"][:4] == ["access", "token", "--oidc-issuer", directory.issuer]


@pytest.fixture(scope="module")
def platform(tools, directory):
    """A platform of its own whose API server trusts the directory."""
    mine = Platform(f"login{os.getpid()}")
    local.up(mine, fsync=False)
    text = authentication(shipped("authentication.yaml"), directory)
    (mine.config / "authentication.yaml").write_text(text)
    yield mine
    local.reset(mine)


@pytest.fixture
def bound(platform):
    """What heads may do: a role on ConfigMaps for their group."""
    api = as_admin(platform)
    rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default"
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}]
    api.ask("POST", f"{rbac}/roles", {"metadata": {"name": "heads"}, "rules": rules})
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "heads"}
    group = {"apiGroup": ref["apiGroup"], "kind": "Group", "name": "oidc:h26-heads"}
    binding = {"metadata": {"name": "heads"}, "roleRef": ref, "subjects": [group]}
    api.ask("POST", f"{rbac}/rolebindings", binding)


@pytest.mark.platform
@pytest.mark.xdist_group("access-login")
@pytest.mark.usefixtures("bound")
def test_kubectl_logs_in_and_may_what_the_group_may(
    sen, platform, directory, tmp_path, monkeypatch
):
    out = tmp_path / "an.kubeconfig"
    oidc = ("--oidc-issuer", directory.issuer, "--client-id", directory.client_id)
    trust = ("--oidc-authority", directory.authority)
    said = sen("access", "kubeconfig", *oidc, *trust, "--out", out, "--name", platform.name)
    assert said.code == 0, said.err
    monkeypatch.setattr(access_login, "_browse", browser(directory))
    given = json.loads(sen("access", "token", *oidc, *trust).out)
    assert given["kind"] == "ExecCredential"

    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = [str(find("kubectl").path), "--kubeconfig", str(out), "--namespace", "default"]

    def kubectl(*words):
        env = {**os.environ, "PATH": path, "HOME": str(tmp_path)}
        return subprocess.run(
            [*command, *words], check=False, capture_output=True, text=True, env=env, timeout=60
        )

    deadline = time.monotonic() + PATIENCE_SECONDS
    while (who := kubectl("auth", "whoami", "-o", "json")).returncode:
        assert time.monotonic() < deadline, who.stderr
    found = json.loads(who.stdout)["status"]["userInfo"]
    assert found["username"] == "oidc:an@h26.vn"
    assert "oidc:h26-heads" in found["groups"]
    assert kubectl("get", "configmaps").returncode == 0
    assert "forbidden" in kubectl("get", "secrets").stderr.lower()
    assert given["status"]["token"] not in out.read_text()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


@pytest.mark.platform
@pytest.mark.xdist_group("access-login")
@pytest.mark.parametrize(
    "words",
    [
        ("an@h26.vn", "--oidc-issuer", "https://id.example.vn", "--client-id", "sen"),
        ("--oidc-issuer", "https://id.example.vn"),
        ("an@h26.vn", "--group", "h26-heads"),
        ("--group", "h26-heads", "--hours", "2"),
    ],
)
def test_kubeconfig_is_of_one_kind(sen, platform, tmp_path, words):
    out = tmp_path / "k"

    said = sen("access", "kubeconfig", *words, "--out", out, "--name", platform.name)

    assert (said.code, out.exists()) == (2, False)
    assert "not both" in said.err
