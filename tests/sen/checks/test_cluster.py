"""`sen check cluster` on a real API server: its answers, its refusals, its changes."""

from __future__ import annotations

import json
import threading

import pytest

from policies.finding import Gate, Verdict
from policies.gates.choice import Choice, Held
from policies.gates.cluster import ClusterError, pages, served
from policies.gates.live import READABLE, Where, check
from policies.gates.look import Bench
from policies.gates.watch import Change, Watch
from policies.rule import load_rules
from sen.assessment.store import default_store
from sen.checks import watching
from sen.checks.cluster import Connection, connection, told
from sen.checks.options import Options
from sen.errors import MissingPartError, RefusedError
from sen.findings.formats import Format
from stacks.problem import Language
from tests.sen.cli.conftest import sen

__all__ = ["sen"]

ONE = tuple(rule for rule in load_rules() if rule.id in {"no-public-service", "secret-type-fits"})
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "open"},
    "spec": {"type": "NodePort", "ports": [{"port": 80}]},
}


def make(api, path, thing):
    status, body = api.ask("POST", path, thing)
    assert status in {201, 409}, body


@pytest.fixture
def filled(api, namespace):
    """A namespace with a Service that breaks a rule, and a Secret."""
    make(api, f"/api/v1/namespaces/{namespace}/services", SERVICE)
    secret = {"metadata": {"name": "s"}, "stringData": {"a": "b"}}
    make(api, f"/api/v1/namespaces/{namespace}/secrets", secret)
    return namespace


@pytest.fixture
def inspector(api, platform, filled, tmp_path):
    """A kubeconfig of somebody who may read all of the namespace but its Secrets."""
    rules = [{"apiGroups": [""], "resources": ["services", "namespaces"], "verbs": ["get", "list"]}]
    role = {"metadata": {"name": "inspector"}, "rules": rules}
    binding = {
        "metadata": {"name": "inspector"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "inspector"},
        "subjects": [
            {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "inspector"}
        ],
    }
    root = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{filled}"
    make(api, f"{root}/roles", role)
    make(api, f"{root}/rolebindings", binding)
    return platform.client_kubeconfig("inspector", [], tmp_path / "kubeconfig")


@pytest.mark.platform
def test_a_namespace_is_judged_and_the_run_kept(sen, platform, filled):
    words = ("check", "cluster", "--name", platform.name, "--namespace", filled)

    said = sen(*words, "--rule", "no-public-service", "-o", "json")

    assert said.code == 1, said.err
    found = json.loads(said.out)
    assert [each["object"] for each in found["findings"]] == [f"Service {filled}/open"]
    assert found["verdicts"]["fail"] == 1
    kept = [run for run in default_store().runs() if filled in run.scope]
    assert [run.scope for run in kept] == [f"namespace {filled} (no-public-service)"]


@pytest.mark.platform
def test_the_whole_cluster_is_judged_by_every_rule(platform, filled):
    look = check(connection(name=platform.name), Choice(load_rules()))

    targets = {str(each.target) for each in look.judged}
    assert f"Service {filled}/open" in targets
    assert f"Namespace {filled}" in targets
    assert look.apart == ()
    assert "velero.io/Schedule" in look.absent
    assert look.verdicts[Verdict.PASS] > 100
    unreadable = [each for each in look.told if each.verdict is Verdict.UNDETERMINED]
    assert unreadable == []


@pytest.mark.platform
def test_who_may_not_read_secrets_is_told_so_and_gets_the_rest(sen, inspector, filled):
    words = ("check", "cluster", "--kubeconfig", inspector, "--namespace", filled, "--no-record")

    said = sen(*words, "-o", "json", "--rule", "no-public-service", "--rule", "secret-type-fits")

    assert said.code == 1, said.err
    found = {(each["rule"], each["verdict"]): each for each in json.loads(said.out)["findings"]}
    assert set(found) == {("no-public-service", "fail"), (READABLE, "not-assessed")}
    assert found[READABLE, "not-assessed"]["target"]["kind"] == "/Secret"


@pytest.mark.platform
def test_a_change_in_the_cluster_is_seen(platform, api, filled):
    server = connection(name=platform.name)
    looking = Watch(server, Choice(ONE), Where(namespace=filled), seconds=20)
    assert [each.rule for each in looking.first().told] == ["no-public-service"]
    changes = looking.changes()
    path = f"/api/v1/namespaces/{filled}/services"
    other = {**SERVICE, "metadata": {"name": "other"}}
    later = threading.Timer(0.2, make, (api, path, other))
    later.start()

    change = next(changes)
    later.join()
    api.ask("DELETE", f"{path}/open")
    gone = next(changes)
    changes.close()

    assert (change.target.name, [each.rule for each in change.begun]) == (
        "other",
        ["no-public-service"],
    )
    assert (gone.target.name, gone.gone) == ("open", True)


@pytest.mark.platform
def test_pages_of_the_real_api_server_add_up(platform, api, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    for number in range(60):
        make(api, path, {"metadata": {"name": f"c{number}"}})
    server = connection(name=platform.name)

    found = list(pages(server, served("v1/ConfigMap"), namespace))

    names = {each["metadata"]["name"] for page in found for each in page.things}
    assert len(found) == 2
    assert {f"c{number}" for number in range(60)} <= names


@pytest.mark.platform
def test_a_watch_that_may_not_be_is_refused(inspector, filled):
    server = Connection(inspector, None)

    with pytest.raises(ClusterError) as raised:
        list(server.watch(f"/api/v1/namespaces/{filled}/secrets", {"watch": "true"}))

    assert raised.value.status == 403


@pytest.mark.parametrize(
    ("status", "error"), [(401, RefusedError), (403, RefusedError), (500, MissingPartError)]
)
def test_an_api_server_that_does_not_answer_is_told(status, error):
    with pytest.raises(error, match="why it is"), told("c"):
        raise ClusterError(status, "why it is")


def test_a_server_that_is_gone_is_told(tmp_path):
    file = tmp_path / "kubeconfig"
    file.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: a\n"
        "clusters: [{name: a, cluster: {server: 'http://127.0.0.1:9'}}]\n"
        "contexts: [{name: a, context: {cluster: a, user: a}}]\nusers: [{name: a, user: {}}]\n"
    )
    server = Connection(file, None)
    server._pool.connection_pool_kw["retries"] = False

    with pytest.raises(ClusterError):
        server.get("/api", {})
    with pytest.raises(ClusterError):
        list(server.watch("/api", {}))


def finding():
    choice = Choice(ONE)
    thing = {**SERVICE, "metadata": {"name": "x\x1b"}}
    (each,) = Bench(choice, Gate.LIVE).judged(thing, Held(choice)).told
    return each


class Looking:
    def __init__(self, *changes):
        self._changes = changes

    def changes(self):
        yield from self._changes


@pytest.mark.parametrize("language", Language)
def test_changes_are_told_in_lines(capsys, language):
    each = finding()
    one = Change(each.target, each.seen_at, begun=(each,))
    two = Change(each.target, each.seen_at, ended=(each,))
    gone = Change(each.target, each.seen_at, ended=(each,), gone=True)

    watching.follow(Looking(one, two, gone), Options(lang=language))

    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert [line.split()[3] for line in out.splitlines()[:2]] == ["+", "-"]
    assert ("deleted" in out) == (language is Language.EN)
    assert "no-public-service" in out


def test_changes_are_told_as_json_lines(capsys):
    each = finding()

    watching.follow(
        Looking(Change(each.target, each.seen_at, (each,))), Options(output=Format.JSON)
    )

    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["begun"][0]["rule"] == "no-public-service"
