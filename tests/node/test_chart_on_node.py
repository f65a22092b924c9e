"""The release on real nodes: helm installs it, containers run, a tenant is asked for and built.

No pod is played here. What is not there: a network plugin that holds NetworkPolicies, DNS, and an
OIDC provider; the volume that copies share is a folder of this machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import yaml

from sen import local
from sen.cli import operator, tenant
from sen.local.buckets import client
from sen.local.platform import Platform
from sen.operator.rest import Rest
from sen.operator.site import MachineSite
from sen.runs.environment import environment
from sen.runs.settings import config_file, write_baseline
from sen.runs.stack import Stack
from sen.tenancy.enforcing import wait_until_enforced
from tests.charts.pod import kubectl
from tests.charts.rendering import NAMESPACE
from tests.charts.test_in_cluster import AN, BINH, CHI, NAME, ROLES, call, conditions
from tests.node import release
from tests.node.images import saved
from tests.node.memory import Memory
from tests.node.node import nodes
from tests.node.required import require_node
from tests.request_of import request_of

pytestmark = [pytest.mark.platform, pytest.mark.toolchain, pytest.mark.xdist_group("node")]
IMAGE = "SEN_TESTS_IMAGE"
MOST_SECONDS = 600.0
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
LOOK = """
import os, pathlib
status = dict(line.split(":", 1) for line in pathlib.Path("/proc/self/status").open())
told = [status[name].strip() for name in ("CapEff", "NoNewPrivs", "Seccomp")]
try:
    open("/opt/sen/x", "w")
except OSError as error:
    told.append(error.strerror)
print(os.getuid(), os.getgid(), os.getgroups(), *told, sep="|")
"""


@pytest.fixture(scope="module")
def cluster(request):
    """A governed cluster whose one simulated node takes no pods."""
    require_node()
    request.getfixturevalue("tools")
    mine = Platform(f"node{os.getpid()}")
    local.up(mine, nodes=1, fsync=False)
    baseline = Stack(write_baseline(mine), environment(mine), policies=False)
    try:
        baseline.ensure()
        baseline.up()
        kubectl(mine, "cordon", "simulated-1")
        yield mine
    finally:
        config_file(baseline.name).unlink(missing_ok=True)
        local.reset(mine)


@pytest.fixture(scope="module")
def rest(cluster):
    return Rest(MachineSite(cluster).api())


@pytest.fixture(scope="module")
def installed(cluster, tmp_path_factory):
    """Two nodes with the image, and the release on them as helm leaves it."""
    folder = tmp_path_factory.mktemp("release")
    seen = {}
    with nodes(cluster, 2) as made, release.reachable(cluster, made[0]) as s3:
        archive = saved(os.environ[IMAGE], folder)
        began = time.monotonic()
        digest = release.given(archive, made)
        seen["image import"] = time.monotonic() - began
        for node in made:
            node.join()
            kubectl(cluster, "wait", "--for=create", f"node/{node.place.name}", "--timeout=60s")
            ready = ("--for=condition=Ready", f"node/{node.place.name}", "--timeout=60s")
            kubectl(cluster, "wait", *ready)
        release.furnish(cluster, made[0].place.folder.parent / "records")
        began = time.monotonic()
        said = release.values(cluster, digest, s3, host_users=True)
        release.helm_install(cluster, said, folder)
        for part in ("operator", "portal"):
            rolled_out(cluster, part)
        seen["helm install to all Ready"] = time.monotonic() - began
        wait_until_enforced(cluster.kubeconfig, cluster.context)
        yield SimpleNamespace(nodes=made, memory=Memory(made), digest=digest, seen=seen)


def rolled_out(cluster, part):
    words = ("-n", NAMESPACE, "rollout", "status", f"deployment/sen-{part}", "--timeout=300s")
    try:
        kubectl(cluster, *words)
    except subprocess.CalledProcessError:
        which = ("-n", NAMESPACE, "-l", f"app.kubernetes.io/component={part}")
        told = kubectl(cluster, "describe", "pods", *which)
        pytest.fail(f"{told}\n{logs(cluster)}", pytrace=False)


@pytest.fixture(scope="module")
def built(cluster, rest, installed, tmp_path_factory):
    """A tenant that one asked for and two agreed to; give the pod of its run."""
    people = tmp_path_factory.mktemp("people")
    call(operator.app, "desk", "H26", "--officer", "a.b@hanoi.gov.vn", "--name", cluster.name)
    for person, group in ROLES.items():
        cluster.client_kubeconfig(f"oidc:{person}", [f"oidc:{group}"], people / person)
    (people / "portal.yaml").write_text(yaml.safe_dump(request_of(level=2)), "utf-8")
    call(tenant.app, "request", people / "portal.yaml", "--kubeconfig", people / AN)
    for person, role in ((BINH, "head"), (CHI, "security-officer")):
        words = ("--agency", "H26", "--role", role, "--kubeconfig", people / person)
        call(tenant.app, "approve", "portal-staging", *words)
    began = time.monotonic()
    while conditions(rest).get("Ready", {}).get("status") != "True":
        installed.memory.look()
        assert time.monotonic() - began < MOST_SECONDS, (conditions(rest), logs(cluster))
        time.sleep(0.3)
    installed.seen["approved to Ready"] = time.monotonic() - began
    return next(each for each in pods_of(rest, "run"))


def pods_of(rest, part):
    label = {"labelSelector": f"app.kubernetes.io/component={part}"}
    return rest.ask("GET", PODS, **label)["items"]


def logs(cluster):
    which = ("-l", "app.kubernetes.io/name=sen", "--prefix", "--tail=30")
    return kubectl(cluster, "-n", NAMESPACE, "logs", *which)


@pytest.mark.parametrize("part", ["operator", "portal"])
def test_both_copies_are_ready_each_on_its_node(rest, installed, part):
    found = pods_of(rest, part)

    status = [each["status"]["containerStatuses"][0] for each in found]
    assert {each["spec"]["nodeName"] for each in found} == {"real-1", "real-2"}
    assert [each["ready"] for each in status] == [True, True]
    assert [each["restartCount"] for each in status] == [0, 0]
    assert all(each["imageID"].endswith(installed.digest) for each in status)


@pytest.mark.parametrize("part", ["operator", "portal"])
def test_its_process_has_no_rights_of_its_own(cluster, installed, part):
    python = ("--", "/opt/sen/.venv/bin/python", "-c", LOOK)
    said = kubectl(cluster, "-n", NAMESPACE, "exec", f"deployment/sen-{part}", *python)

    user, group, groups, capabilities, no_new, seccomp, write = said.split("|")
    assert (user, group, groups) == ("65532", "65532", "[65532]")
    assert int(capabilities, 16) == 0
    assert (no_new, seccomp, write) == ("1", "2", "Read-only file system")


def test_node_may_not_read_what_its_pods_do_not_use(cluster, installed):
    one = installed.nodes[0].place
    access = f"--kubeconfig={one.folder / 'kubeconfig'}"
    refused = pytest.raises(Exception, match="returned non-zero")

    with refused:
        kubectl(cluster, access, "get", "secrets", "-A")
    with refused:
        kubectl(cluster, access, "label", "node", "real-2", "taken=over")


def test_a_job_builds_what_two_agreed_to(cluster, rest, installed, built):
    container = built["status"]["containerStatuses"][0]
    ended = container["state"]["terminated"]
    state = client(cluster)
    keys = [each["Key"] for each in state.list_objects_v2(Bucket="pulumi-state")["Contents"]]
    state.close()

    assert built["status"]["phase"] == "Succeeded"
    assert built["spec"]["nodeName"].startswith("real-")
    assert (ended["exitCode"], json.loads(ended["message"])["error"]) == (0, "")
    assert container["imageID"].endswith(installed.digest)
    assert any("tenants-h26-production" in each for each in keys)
    kubectl(cluster, "get", "namespace", NAME)


def test_kubectl_shows_what_each_part_says(cluster, built):
    for what in ("deployment/sen-operator", f"pod/{built['metadata']['name']}"):
        assert kubectl(cluster, "-n", NAMESPACE, "logs", what)


def test_each_stays_far_below_its_limit(rest, installed, built):
    rows = []
    for part in ("operator", "portal", "run"):
        for pod in pods_of(rest, part):
            own, peak = installed.memory.most.get(pod["metadata"]["uid"], (0, 0))
            limit = pod["spec"]["containers"][0]["resources"]["limits"]["memory"]
            rows.append((part, own, peak, limit))
    sys.stdout.write(json.dumps({**installed.seen, "memory": rows}, indent=1) + "\n")

    assert {part for part, own, _, _ in rows if own} == {"operator", "portal", "run"}
    assert all(own < 0.75 * 1024 * int(limit.removesuffix("Gi")) for _, own, _, limit in rows)
