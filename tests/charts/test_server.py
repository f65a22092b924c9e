"""The chart at a real API server: objects are taken, parts may do their work and no more."""

import json
import os
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml

from sen import local
from sen.local.authority import CLUSTER, certificate_file
from sen.local.platform import Platform
from sen.tenancy.installing import install
from stacks.components import classes
from stacks.components.baseline import namespace_objects
from tests.charts.rendering import CHART, NAMESPACE, by_key, rendered
from tests.platform_fixture import as_admin

pytestmark = [pytest.mark.platform, pytest.mark.toolchain, pytest.mark.xdist_group("chart")]
KUBECTL = Path(sysconfig.get_path("scripts")) / "kubectl"
# Kinds that others bring to a cluster.
FOREIGN = {"HTTPRoute", "ServiceMonitor"}
ACCOUNT = f"system:serviceaccount:{NAMESPACE}:sen-"


@pytest.fixture(scope="module")
def cluster(tools):
    """A platform of its own: the chart brings kinds, policies and rights of the whole cluster."""
    mine = Platform(f"helm{os.getpid()}")
    local.up(mine, fsync=False)
    try:
        install(
            mine.kubeconfig, mine.context, [*namespace_objects(NAMESPACE, 4), *classes.priority()]
        )
        kinds = list(yaml.safe_load_all((CHART / "crds" / "sen.gov.vn.yaml").read_text()))
        install(mine.kubeconfig, mine.context, kinds)
        yield mine
    finally:
        local.reset(mine)


@pytest.fixture(scope="module")
def installed(cluster):
    """The usual release without its pods: no node of the platform runs an image."""
    install(
        cluster.kubeconfig,
        cluster.context,
        [one for one in rendered() if one["kind"] != "Deployment"],
    )
    return cluster


def kubectl(cluster, *words, given=""):
    command = [str(KUBECTL), f"--kubeconfig={cluster.kubeconfig}", *words]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["usual", "everything", "ingress"])
def test_every_object_is_taken_by_the_api_server(cluster, name):
    objects = [
        one for one in rendered(CHART / "ci" / f"{name}-values.yaml") if one["kind"] not in FOREIGN
    ]
    text = yaml.safe_dump_all(objects)

    words = ("apply", "--dry-run=server", "--server-side", "--field-manager=sen", "-f", "-")
    done = kubectl(cluster, *words, given=text)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("(server dry run)") == len(objects)
    assert "would violate PodSecurity" not in done.stderr


@pytest.mark.parametrize("part", ["operator", "portal"])
def test_pod_of_a_part_is_admitted_where_restricted_is_enforced(installed, part):
    template = by_key(rendered())[f"Deployment/sen-{part}"]["spec"]["template"]
    pod = {"apiVersion": "v1", "kind": "Pod", **template}
    pod["metadata"] = {**template["metadata"], "name": f"try-{part}", "namespace": NAMESPACE}

    status, body = as_admin(installed).ask(
        "POST", f"/api/v1/namespaces/{NAMESPACE}/pods?dryRun=All", pod
    )

    assert status == 201, json.loads(body)["message"]


@pytest.mark.parametrize(
    ("part", "verb", "what", "where", "may"),
    [
        ("operator", "watch", "tenantrequests.sen.gov.vn", "x", True),
        ("operator", "patch", "tenantrequests.sen.gov.vn --subresource=status", "x", True),
        ("operator", "update", "tenantrequests.sen.gov.vn", "x", False),
        ("operator", "create", "approvals.sen.gov.vn", "x", False),
        ("operator", "create", "jobs.batch", NAMESPACE, True),
        ("operator", "create", "jobs.batch", "x", False),
        ("operator", "create", "secrets", NAMESPACE, True),
        ("operator", "get", "secrets", NAMESPACE, False),
        ("operator", "create", "namespaces", "x", False),
        ("operator", "delete", "namespaces", "x", False),
        ("operator", "create", "rolebindings.rbac.authorization.k8s.io", "x", True),
        ("operator", "bind", "clusterroles.rbac.authorization.k8s.io/sen-tenant-viewer", "x", True),
        ("operator", "bind", "clusterroles.rbac.authorization.k8s.io/cluster-admin", "x", False),
        ("operator", "bind", "clusterroles.rbac.authorization.k8s.io/sen-end", "x", True),
        ("operator", "get", "secrets", "x", False),
        ("operator", "create", "pods", "x", False),
        ("operator", "update", "leases.coordination.k8s.io/sen-operator", NAMESPACE, True),
        ("operator", "update", "leases.coordination.k8s.io/other", NAMESPACE, False),
        ("run", "create", "namespaces", "x", True),
        ("run", "create", "rolebindings.rbac.authorization.k8s.io", "x", True),
        ("run", "bind", "clusterroles.rbac.authorization.k8s.io/sen-tenant-admin", "x", True),
        ("run", "bind", "clusterroles.rbac.authorization.k8s.io/cluster-admin", "x", False),
        ("run", "create", "clusterroles.rbac.authorization.k8s.io", "x", False),
        ("run", "get", "secrets", "x", False),
        ("run", "create", "pods", "x", False),
        ("run", "get", "tenantrequests.sen.gov.vn", "x", False),
        ("portal", "get", "tenantrequests.sen.gov.vn", "x", False),
        ("portal", "list", "namespaces", "x", False),
        ("portal", "impersonate", "users", "x", False),
        ("portal", "impersonate", "groups", "x", False),
    ],
)
def test_part_may_do_its_work_and_no_more(installed, part, verb, what, where, may):
    done = kubectl(
        installed, "auth", "can-i", verb, *what.split(), "-n", where, f"--as={ACCOUNT}{part}"
    )

    assert done.stdout.strip() == ("yes" if may else "no"), done.stderr


def test_portal_speaks_for_people_only_about_kinds_of_its_pages(installed):
    token = kubectl(installed, "create", "token", "sen-portal", "-n", NAMESPACE).stdout.strip()

    authority = certificate_file(installed.pki, CLUSTER)
    portal = (f"--server={installed.server}", f"--certificate-authority={authority}")

    def asked(path, user="oidc:an", group="oidc:h26-heads"):
        words = (f"--token={token}", f"--as={user}", f"--as-group={group}")
        command = (
            str(KUBECTL),
            f"--kubeconfig={os.devnull}",
            *portal,
            *words,
            "get",
            "--raw",
            path,
        )
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr

    requests = "/apis/sen.gov.vn/v1alpha1/namespaces/x/tenantrequests"
    secrets = "/api/v1/namespaces/x/secrets"

    assert 'User "oidc:an" cannot list resource "tenantrequests"' in asked(requests)
    assert "impersonate" in asked(secrets)
    assert "impersonate" in asked(requests, group="system:masters")
    assert "impersonate" in asked(requests, user="system:serviceaccount:kube-system:x")
