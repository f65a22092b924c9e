"""Everything the parts read at start, written before any of them is started."""

import base64
import secrets
from datetime import datetime
from importlib import resources

import yaml

from sen.local import authority
from sen.local.authority import CLUSTER, KeyPair, certificate_file, key_file
from sen.local.files import private_folder, write_private
from sen.local.kubeconfig import kubeconfig
from sen.local.platform import Platform

KEY_BYTES = 32
S3_FOLDERS = ("objects", "versions", "iam", "attributes")
# In the container runtime's format: time, stream, whole line.
SIMULATED_LOG = "2025-07-01T00:00:00Z stdout F simulated (kwok): no container runs here\n"


def prepare(platform: Platform, now: datetime) -> tuple[str, ...]:
    """Write keys, certificates and configuration; give the names of renewed credentials."""
    for folder in ("data/etcd", "audit", *(f"data/s3/{part}" for part in S3_FOLDERS)):
        private_folder(platform.state / folder)
    renewed = authority.renew(platform.pki, now)
    for name in ("audit-policy", "authentication"):
        write_private(platform.config / f"{name}.yaml", shipped(f"{name}.yaml"))
    for name in ("controller-manager", "scheduler", "kwok"):
        write_private(platform.config / f"{name}.kubeconfig", client_config(platform, name))
    write_private(platform.config / "scheduler.yaml", _scheduler(platform))
    write_private(platform.config / "simulated.log", SIMULATED_LOG)
    write_private(platform.config / "simulation.yaml", _simulation(platform))
    _keep_secrets(platform)
    write_private(platform.kubeconfig, client_config(platform, "admin"))
    return renewed


def shipped(name: str) -> str:
    """Read a configuration file that comes with the package."""
    return resources.files("sen.local").joinpath("config", name).read_text("utf-8")


def client_config(platform: Platform, credential: str) -> str:
    pair = KeyPair(
        certificate_file(platform.pki, credential).read_bytes(),
        key_file(platform.pki, credential).read_bytes(),
    )
    trusted = certificate_file(platform.pki, CLUSTER).read_bytes()
    return kubeconfig(platform.server, trusted, pair, platform.context)


def _keep_secrets(platform: Platform) -> None:
    """Make what must never change again: the key of Secrets at rest, the S3 root's key."""
    encryption = platform.config / "encryption.yaml"
    if not encryption.exists():
        write_private(encryption, _encryption(secrets.token_bytes(KEY_BYTES)))
    if not platform.s3_credentials.exists():
        write_private(
            platform.s3_credentials,
            "[default]\n"
            f"aws_access_key_id = SEN{secrets.token_hex(8).upper()}\n"
            f"aws_secret_access_key = {secrets.token_urlsafe(30)}\n",
        )


def _encryption(key: bytes) -> str:
    """Encrypt Secrets (SC-28); no `identity` provider: what is in clear is refused, not read."""
    text = base64.b64encode(key).decode("ascii")
    provider = {"secretbox": {"keys": [{"name": "key1", "secret": text}]}}
    return yaml.safe_dump(
        {
            "apiVersion": "apiserver.config.k8s.io/v1",
            "kind": "EncryptionConfiguration",
            "resources": [{"resources": ["secrets"], "providers": [provider]}],
        }
    )


def _scheduler(platform: Platform) -> str:
    return yaml.safe_dump(
        {
            "apiVersion": "kubescheduler.config.k8s.io/v1",
            "kind": "KubeSchedulerConfiguration",
            "clientConnection": {
                "kubeconfig": str(platform.config / "scheduler.kubeconfig"),
                "qps": 500,
                "burst": 1000,
            },
            "leaderElection": {"leaderElect": False},
            "enableProfiling": False,
        }
    )


def _simulation(platform: Platform) -> str:
    """Add to the stages what `kubectl logs` shows: one line that says the truth."""
    log = {"logsFile": str(platform.config / "simulated.log")}
    answer = {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "ClusterLogs",
        "metadata": {"name": "simulated"},
        "spec": {"logs": [log]},
    }
    return f"{shipped('simulation.yaml')}---\n{yaml.safe_dump(answer)}"
