"""A platform that is up is a real control plane, closed where it should be."""

import base64
import json
import os
import ssl
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import yaml

from sen import local
from sen.local import buckets
from sen.local.authority import CLUSTER, STORE
from sen.local.patience import wait_until
from sen.local.wire import Caller, caller

pytestmark = pytest.mark.platform
KUBECTL = Path(sys.executable).parent / "kubectl"


def kubectl(kubeconfig: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [KUBECTL, "--kubeconfig", kubeconfig, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"KUBECACHEDIR": f"{os.environ['XDG_STATE_HOME']}/kubectl"},
    )


def nobody(platform) -> Caller:
    return caller(platform.pki, platform.port("kube-apiserver"), CLUSTER)


def audit_lines(platform, mark: str) -> list[dict]:
    text = platform.audit_log.read_text("utf-8")
    return [json.loads(line) for line in text.splitlines() if mark in line]


def stored(platform) -> bytes:
    """Everything etcd has on disk."""
    files = (platform.data / "etcd").rglob("*")
    return b"".join(file.read_bytes() for file in files if file.is_file())


def test_api_server_answers_an_ordinary_client(platform):
    answer = kubectl(platform.kubeconfig, "version", "-o", "json")

    assert json.loads(answer.stdout)["serverVersion"]["minor"] == "36", answer.stderr


def test_kubeconfig_names_the_platform_and_is_its_owners_alone(platform):
    content = yaml.safe_load(platform.kubeconfig.read_text())

    assert platform.kubeconfig.stat().st_mode & 0o777 == 0o600
    assert content["current-context"] == platform.context == f"sen-{platform.name}"


def test_nothing_of_the_platform_is_open_to_others(platform):
    """What the S3 service and Pulumi store has modes of its own, inside a folder that is closed."""
    stores = {platform.data / "s3", platform.state / "pulumi-state"}
    paths = [platform.state, platform.data / "s3", *platform.state.rglob("*")]
    checked = [path for path in paths if stores.isdisjoint(path.parents)]

    assert len(checked) > 50
    assert [path for path in checked if path.lstat().st_mode & 0o077] == []


@pytest.mark.control("IA-2")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/readyz", 200), ("/livez", 200), ("/healthz", 200), ("/api", 401), ("/version", 401)],
)
def test_who_gives_no_name_learns_only_whether_the_server_is_well(platform, path, status):
    assert nobody(platform).ask("GET", path)[0] == status


@pytest.mark.control("AC-3")
def test_a_client_of_the_cluster_cannot_open_the_store(platform):
    port = platform.port("etcd")

    assert caller(platform.pki, port, STORE, "apiserver-etcd").ask("GET", "/health")[0] == 200
    for intruder in ("admin", None):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            caller(platform.pki, port, STORE, intruder).ask("GET", "/health")


def test_nodes_are_ready_labelled_by_zone_and_called_simulated(platform, api):
    nodes = json.loads(api.ask("GET", "/api/v1/nodes")[1])["items"]

    zones = [node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in nodes]
    assert zones == ["vn-north-1", "vn-central-1", "vn-south-1"]
    assert {node["metadata"]["labels"]["sen.gov.vn/simulated"] for node in nodes} == {"true"}
    ready = [
        condition["status"]
        for node in nodes
        for condition in node["status"]["conditions"]
        if condition["type"] == "Ready"
    ]
    assert ready == ["True"] * 3


def test_a_pod_is_scheduled_runs_and_its_log_tells_that_it_is_simulated(platform, api, namespace):
    pods = f"/api/v1/namespaces/{namespace}/pods"
    container = {"name": "web", "image": "registry.example/web:1"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}

    assert wait_until(
        lambda: api.ask("POST", pods, {**pod, "spec": {"containers": [container]}})[0] == 201, 20
    ), "the default service account did not appear"

    def phase() -> str:
        return json.loads(api.ask("GET", f"{pods}/web")[1])["status"]["phase"]

    assert wait_until(lambda: phase() == "Running", 20), phase()
    log = kubectl(platform.kubeconfig, "logs", "--namespace", namespace, "web")
    assert log.stdout == "simulated (kwok): no container runs here\n", log.stderr


@pytest.mark.control("SC-28")
def test_a_secret_is_on_disk_and_in_the_audit_log_without_its_content(platform, api, namespace):
    value = f"plain-{namespace}"
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
    secret["stringData"] = {"password": value}
    open_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}}
    open_map["data"] = {"greeting": f"open-{namespace}"}

    assert api.ask("POST", f"/api/v1/namespaces/{namespace}/secrets", secret)[0] == 201
    assert api.ask("POST", f"/api/v1/namespaces/{namespace}/configmaps", open_map)[0] == 201

    encoded = base64.b64encode(value.encode())
    assert f"open-{namespace}".encode() in stored(platform)
    assert value.encode() not in stored(platform)
    assert encoded not in stored(platform)
    log = platform.audit_log.read_bytes()
    assert value.encode() not in log
    assert encoded not in log


@pytest.mark.control("AU-3")
def test_audit_log_names_who_wrote_what_with_the_body_outside_secrets(platform, api, namespace):
    place = f"/api/v1/namespaces/{namespace}"
    a_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}}
    a_map["data"] = {"k": f"v-{namespace}"}
    a_secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}

    api.ask("POST", f"{place}/configmaps", a_map)
    api.ask("POST", f"{place}/secrets", a_secret)
    api.ask("GET", f"{place}/configmaps/m")
    token = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    assert wait_until(
        lambda: api.ask("POST", f"{place}/serviceaccounts/default/token", token)[0] == 201, 20
    )

    def seen(resource: str, verb: str) -> list[dict]:
        return [
            line
            for line in audit_lines(platform, namespace)
            if line["objectRef"].get("resource") == resource
            and line["verb"] == verb
            and line["user"]["username"] == "sen:admin"
        ]

    [written] = seen("configmaps", "create")
    assert written["requestObject"]["data"] == {"k": f"v-{namespace}"}
    [read] = seen("configmaps", "get")
    assert read["level"] == "Metadata"
    [hidden] = seen("secrets", "create")
    assert "requestObject" not in hidden
    assert all("requestObject" not in line for line in seen("serviceaccounts", "create"))
    assert {line["stage"] for line in audit_lines(platform, namespace)} == {"ResponseComplete"}


@pytest.mark.control("AC-6")
def test_a_minted_client_may_only_what_a_role_binding_says(platform, tmp_path):
    mine = platform.client_kubeconfig("lan@example.vn", ["h26-admins"], tmp_path / "kubeconfig")

    who = kubectl(mine, "auth", "whoami", "-o", "json")
    refused = kubectl(mine, "get", "namespaces")

    info = json.loads(who.stdout)["status"]["userInfo"]
    assert info["username"] == "lan@example.vn"
    assert info["groups"] == ["h26-admins", "system:authenticated"]
    assert "forbidden" in refused.stderr
    assert mine.stat().st_mode & 0o777 == 0o600


def test_the_administrator_is_one_by_a_binding_that_can_be_revoked(platform, api):
    path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/sen:platform-admins"

    binding = json.loads(api.ask("GET", path)[1])
    who = json.loads(kubectl(platform.kubeconfig, "auth", "whoami", "-o", "json").stdout)

    assert binding["subjects"][0]["name"] == "sen:platform-admins"
    assert "system:masters" not in who["status"]["userInfo"]["groups"]


def test_state_and_evidence_keep_every_version_and_evidence_can_be_locked(platform):
    s3 = buckets.client(platform)

    versioning = [
        s3.get_bucket_versioning(Bucket=bucket)["Status"]
        for bucket in (platform.state_bucket, platform.evidence_bucket)
    ]
    lock = s3.get_object_lock_configuration(Bucket=platform.evidence_bucket)
    s3.put_object(Bucket=platform.state_bucket, Key="k", Body=b"one")
    s3.put_object(Bucket=platform.state_bucket, Key="k", Body=b"two")
    versions = s3.list_object_versions(Bucket=platform.state_bucket, Prefix="k")["Versions"]
    s3.close()

    assert versioning == ["Enabled", "Enabled"]
    assert lock["ObjectLockConfiguration"]["ObjectLockEnabled"] == "Enabled"
    assert len(versions) >= 2


def test_no_secret_stands_in_the_arguments_that_everybody_sees(platform):
    secret = platform.s3_credentials.read_text().split()[-1]
    processes = [psutil.Process(part.pid) for part in local.status(platform)]

    assert len(processes) == 6
    assert not any(secret in " ".join(process.cmdline()) for process in processes)


def test_every_part_is_well_and_all_fit_into_the_memory_of_a_laptop(platform):
    parts = local.status(platform)

    assert [part.health for part in parts] == ["healthy"] * 6
    assert sum(part.memory_mib for part in parts) < 1000
