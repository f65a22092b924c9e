"""What the platform puts into its own cluster: administrators, kwok's rights, simulated nodes."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import yaml

from sen.errors import MissingPartError
from sen.local.authority import CLUSTER, Credential, certificate_file, issue
from sen.local.companions import SIMULATED
from sen.local.configuration import shipped
from sen.local.files import write_private
from sen.local.platform import Platform
from sen.local.wire import APPLY, Caller
from stacks.problem import Problem

ZONES = ("vn-north-1", "vn-central-1", "vn-south-1")
NODES = "/api/v1/nodes"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
FOUNDER_MINUTES = 10

Manifest = Mapping[str, object]


def node(number: int) -> Manifest:
    """Describe the n-th simulated node; zones take turns."""
    name = f"simulated-{number}"
    labels = {
        SIMULATED: "true",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/region": "vn",
        "topology.kubernetes.io/zone": ZONES[(number - 1) % len(ZONES)],
    }
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}


def furnish(platform: Platform, nodes: int) -> None:
    """Apply roles and nodes; simulated nodes beyond the number go."""
    with founder(platform) as api:
        for manifest in yaml.safe_load_all(shipped("cluster.yaml")):
            kind = f"{manifest['kind'].lower()}s"
            _apply(api, f"{RBAC}/{kind}/{manifest['metadata']['name']}", manifest)
        wanted = [node(number) for number in range(1, nodes + 1)]
        for manifest in wanted:
            _apply(api, f"{NODES}/{_name(manifest)}", manifest)
        for name in _simulated(api).keys() - {_name(manifest) for manifest in wanted}:
            _checked(api.ask("DELETE", f"{NODES}/{name}"), f"{NODES}/{name}")


def nodes_ready(platform: Platform) -> bool:
    """Say whether every simulated node is ready, and held by kwok and not only left so by it."""
    with founder(platform) as api:
        nodes = _simulated(api)
        return all(nodes.values()) and nodes.keys() <= _leases(api).keys()


def release_leases(platform: Platform) -> None:
    """Take the leases of the last kwok away; the next one would wait until they run out."""
    with founder(platform) as api:
        for name in _leases(api).keys() & _simulated(api).keys():
            _checked(api.ask("DELETE", f"{LEASES}/{name}"), f"{LEASES}/{name}")


@contextmanager
def founder(platform: Platform) -> Iterator[Caller]:
    """Call with full rights, for minutes: before the first role binding nobody has any.

    The key pair is gone afterwards; no credential of `system:masters` stays on disk.
    """
    person = Credential("founder", "sen:founder", groups=("system:masters",))
    pair = issue(platform.pki, person, datetime.now(UTC), timedelta(minutes=FOUNDER_MINUTES))
    with tempfile.TemporaryDirectory(dir=platform.state, prefix=".founder-") as folder:
        certificate, key = Path(folder, "crt"), Path(folder, "key")
        write_private(certificate, pair.certificate)
        write_private(key, pair.key)
        trusted = certificate_file(platform.pki, CLUSTER)
        yield Caller(platform.port("kube-apiserver"), trusted, certificate, key)


def _apply(api: Caller, path: str, manifest: Manifest) -> None:
    asked = f"{path}?fieldManager=sen-local&force=true"
    _checked(api.ask("PATCH", asked, manifest, APPLY), path)


def _leases(api: Caller) -> dict[str, str]:
    """Give the holder of each node's lease."""
    items = json.loads(_checked(api.ask("GET", LEASES), LEASES))["items"]
    return {item["metadata"]["name"]: item["spec"].get("holderIdentity", "") for item in items}


def _simulated(api: Caller) -> dict[str, bool]:
    path = f"{NODES}?labelSelector={SIMULATED}%3Dtrue"
    items = json.loads(_checked(api.ask("GET", path), NODES))["items"]
    return {item["metadata"]["name"]: _is_ready(item) for item in items}


def _is_ready(item: Mapping[str, Mapping[str, list[Mapping[str, str]]]]) -> bool:
    conditions = item["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _name(manifest: Manifest) -> str:
    metadata = manifest["metadata"]
    return str(metadata["name"]) if isinstance(metadata, dict) else ""


def _checked(answer: tuple[int, bytes], path: str) -> bytes:
    status, body = answer
    if status >= HTTPStatus.BAD_REQUEST:
        raise MissingPartError(Problem("local-api-refused", path, {"status": status}))
    return body
