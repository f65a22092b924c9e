"""What the API server itself can take: the same objects by bare requests, sixteen at a time."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from kubernetes import config

from sen.local.platform import Platform
from stacks.components.manifest import Manifest

_AT_ONCE = 16
_PLURALS = {"NetworkPolicy": "networkpolicies"}
_HEADERS = {"Content-Type": "application/apply-patch+yaml", "Accept": "application/json"}


def raw_seconds(platform: Platform, objects: Sequence[Manifest]) -> float:
    """Apply objects by server-side apply, namespaces first, and give the seconds it took."""
    api = config.new_client_from_config(str(platform.kubeconfig), platform.context)
    api.configuration.connection_pool_maxsize = _AT_ONCE
    pool = api.rest_client.pool_manager
    host = api.configuration.host

    def apply(one: Manifest) -> None:
        answer = pool.request(
            "PATCH",
            f"{host}{path(one)}?fieldManager=bench&force=true",
            body=json.dumps(one),
            headers=_HEADERS,
        )
        if answer.status >= 400:
            raise RuntimeError(f"{path(one)}: {answer.data[:500]!r}")

    started = time.monotonic()
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for wave in (True, False):
            some = [one for one in objects if (one["kind"] == "Namespace") is wave]
            list(threads.map(apply, some))
    return time.monotonic() - started


def path(one: Manifest) -> str:
    """Give the path of an object in the API."""
    version, metadata = one["apiVersion"], one["metadata"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    home = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
    plural = _PLURALS.get(one["kind"], one["kind"].lower() + "s")
    return f"{root}{home}/{plural}/{metadata['name']}"
