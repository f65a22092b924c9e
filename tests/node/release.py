"""What helm is told for a real node, and what must stand in the cluster before."""

from __future__ import annotations

import os
import ssl
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sen.checks.charts import helm
from sen.local.authority import CLUSTER, Credential, certificate_file, issue
from sen.local.files import write_private
from sen.tenancy.installing import install
from tests.charts.rendering import CHART, NAMESPACE, USUAL
from tests.node.forward import forwarded
from tests.node.images import digest_of
from tests.node.node import LIFETIME, ip
from tests.node.settings import DRIVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sen.local.platform import Platform
    from tests.node.node import Node

IMAGE = "registry.gov.vn/sen/sen"
USER = 65532
# The address of the Service `kubernetes`: a node without kube-proxy has no other way to it.
API_SERVICE = "10.96.0.1"
S3_PORT = 9443


@contextmanager
def reachable(platform: Platform, node: Node) -> Iterator[str]:
    """Bring API server and S3 service, the latter with TLS, to the pods; give the address of S3."""
    home = f"{node.place.network}.1"
    ip("address", "add", f"{API_SERVICE}/32", "dev", node.place.bridge)
    pair = issue(
        platform.pki,
        Credential("s3", "s3", serving=True, client=False, addresses=(home,)),
        datetime.now(UTC),
        LIFETIME,
    )
    file = node.place.folder / "s3.pem"
    write_private(file, (pair.certificate + pair.key).decode())
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(file)
    with ExitStack() as held:
        held.enter_context(forwarded((API_SERVICE, 443), platform.port("kube-apiserver")))
        held.enter_context(forwarded((home, S3_PORT), platform.port("versitygw"), tls))
        yield f"https://{home}:{S3_PORT}"


def given(archive: Path, nodes: list[Node]) -> str:
    """Give an image to the nodes under the name that a manifest says; give its digest."""
    words = ("images", "import", "--base-name", IMAGE, "--digests", str(archive))
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda node: node.ctr(*words), nodes))
    return digest_of(archive)


def furnish(platform: Platform, records: Path) -> None:
    """Make what the chart names and does not make: secrets, authorities, a volume for records."""
    records.mkdir()
    os.chown(records, USER, USER)
    key = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    s3 = platform.s3_credentials.read_text("utf-8")
    install(
        platform.kubeconfig,
        platform.context,
        [
            _secret("sen-state", {"s3-credentials": s3, "passphrase": "only for this test"}),
            _secret("sen-portal", {"oidc-secret": "x", "key": Fernet.generate_key().decode()}),
            _secret("sen-evidence-key", {"key.pem": key.decode()}),
            _named("ConfigMap", "sen-trust")
            | {"data": {"ca.crt": certificate_file(platform.pki, CLUSTER).read_text("utf-8")}},
            *_volume(records),
        ],
    )


def values(platform: Platform, digest: str, s3: str, *, host_users: bool) -> dict:
    """Give the least that must be said, as it is here."""
    said = yaml.safe_load(USUAL.read_text("utf-8"))
    said["image"] = {"repository": IMAGE, "digest": digest}
    said["operator"]["evidenceKey"] = "sen-evidence-key"
    said["state"] |= {"cluster": platform.name, "endpoint": s3}
    said["trust"] = {"existingConfigMap": "sen-trust"}
    said["hostUsers"] = host_users
    return said


def helm_install(platform: Platform, said: dict, folder: Path) -> None:
    file = folder / "values.yaml"
    file.write_text(yaml.safe_dump(said), "utf-8")
    command = [str(helm().program), "install", "landing-zone", str(CHART), f"--values={file}"]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "KUBECONFIG": str(platform.kubeconfig),
    }
    words = [*command, f"--namespace={NAMESPACE}"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _named(kind: str, name: str, version: str = "v1", **more: object) -> dict:
    meta = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": version, "kind": kind, "metadata": meta, **more}


def _secret(name: str, texts: dict[str, str]) -> dict:
    return _named("Secret", name, type="Opaque", stringData=texts)


def _volume(records: Path) -> list[dict]:
    """Give a folder of this machine as a volume that both nodes share, as NFS would be."""
    size = {"storage": "1Gi"}
    common = {"accessModes": ["ReadWriteMany"], "storageClassName": "sen-shared"}
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "sen-evidence"},
        "spec": common
        | {
            "capacity": size,
            "flexVolume": {"driver": DRIVER, "options": {"folder": str(records)}},
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": {"name": "sen-evidence", "namespace": NAMESPACE},
        },
    }
    claim = common | {"resources": {"requests": size}, "volumeName": "sen-evidence"}
    made = _named("PersistentVolumeClaim", "sen-evidence", spec=claim)
    made["metadata"]["labels"] = {"sen.gov.vn/backup": "daily", "sen.gov.vn/shared": "true"}
    return [volume, made]
