"""What a process finds in a pod: the account that Kubernetes mounts, and what the chart sets."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from sen.errors import MissingPartError
from sen.local.files import write_private
from stacks.problem import Problem

FOLDER = "SEN_RUN_FOLDER"
# Kubernetes mounts it there, unless a pod's own manifest mounts it elsewhere and says where.
ACCOUNT = Path(
    os.environ.get("SEN_ACCOUNT_FOLDER") or "/var/run/secrets/kubernetes.io/serviceaccount"
)


def pod_kubeconfig(
    folder: Path, account: Path = ACCOUNT, variables: Mapping[str, str] = os.environ
) -> Path:
    """Write a kubeconfig (0600) that names the files of the pod's account and holds no secret.

    Raises:
        MissingPartError: This is no pod, or it has no account.
    """
    token, authority = account / "token", account / "ca.crt"
    server = pod_server(variables, account)
    path = folder / "kubeconfig"
    cluster = {"server": server, "certificate-authority": str(authority)}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "pod",
        "clusters": [{"name": "pod", "cluster": cluster}],
        "users": [{"name": "pod", "user": {"tokenFile": str(token)}}],
        "contexts": [{"name": "pod", "context": {"cluster": "pod", "user": "pod"}}],
    }
    write_private(path, json.dumps(content))
    return path


def pod_server(variables: Mapping[str, str] = os.environ, account: Path = ACCOUNT) -> str:
    """Give the address of the API server that a pod is told.

    Raises:
        MissingPartError: This is no pod, or it has no account.
    """
    if not (account / "token").is_file() or "KUBERNETES_SERVICE_HOST" not in variables:
        raise MissingPartError(Problem("run-no-account", str(account)))
    host, port = variables["KUBERNETES_SERVICE_HOST"], variables["KUBERNETES_SERVICE_PORT"]
    return f"https://{f'[{host}]' if ':' in host else host}:{port}"
