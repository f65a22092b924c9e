"""A cluster that takes snapshots: kinds as external-snapshotter's, cut to what is needed.

The definitions are the test's own, with the group, version, kinds and status of the real ones. No
storage is there and no controller: the test says what both would say.
"""

from __future__ import annotations

import json

from sen.operator.rest import Rest
from tests.charts.pod import kubectl

GROUP, DRIVER = "snapshot.storage.k8s.io", "csi.example.vn"
AT = f"/apis/{GROUP}/v1"
CONTENTS = f"{AT}/volumesnapshotcontents"
# The API server holds who defines a kind in this group to saying so.
UNAPPROVED = {"api-approved.kubernetes.io": "unapproved, a test's own"}
FREE = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def _definition(kind: str, scope: str, *, status: bool) -> dict:
    plural = f"{kind.lower()}{'es' if kind.endswith('s') else 's'}"
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": FREE}}
    if status:
        version["subresources"] = {"status": {}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}", "annotations": UNAPPROVED},
        "spec": {
            "group": GROUP,
            "scope": scope,
            "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
            "versions": [version],
        },
    }


def definitions() -> list[dict]:
    return [
        _definition("VolumeSnapshot", "Namespaced", status=True),
        _definition("VolumeSnapshotContent", "Cluster", status=True),
        _definition("VolumeSnapshotClass", "Cluster", status=False),
    ]


def snapshot_class() -> dict:
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": "VolumeSnapshotClass",
        "metadata": {"name": "keeps"},
        "driver": DRIVER,
        "deletionPolicy": "Retain",
    }


def volume(namespace: str) -> list[dict]:
    """Give a volume of a driver, and the claim that has it."""
    size = {"storage": "5Gi"}
    common = {"accessModes": ["ReadWriteOnce"], "storageClassName": "by-hand"}
    claimed = {"namespace": namespace, "name": "data"}
    source = {"driver": DRIVER, "volumeHandle": "v-1"}
    return [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": "pv-data"},
            "spec": {**common, "capacity": size, "csi": source, "claimRef": claimed},
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": claimed,
            "spec": {**common, "resources": {"requests": size}, "volumeName": "pv-data"},
        },
    ]


def hook(namespace: str) -> dict:
    """Give a dump that the tenant declares; a simulated node says at once that it is done."""
    container = {
        "name": "dump",
        "image": "registry.invalid/dump@sha256:" + "0" * 64,
        "env": [{"name": "P", "valueFrom": {"secretKeyRef": {"name": "password", "key": "k"}}}],
    }
    pod = {"restartPolicy": "Never", "containers": [container]}
    template = {"spec": {"template": {"spec": pod}}}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {
            "name": "dump",
            "namespace": namespace,
            "labels": {"sen.gov.vn/export-hook": "database"},
        },
        "spec": {"schedule": "0 1 * * *", "suspend": True, "jobTemplate": template},
    }


def apply(cluster, folder, things) -> None:
    file = folder / "things.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": things}))
    kubectl(cluster, "apply", "-f", str(file))


def snap(rest: Rest, namespace: str) -> None:
    """Do what the controller would: make a content for each snapshot, and say both are ready."""
    for each in rest.ask("GET", f"{AT}/namespaces/{namespace}/volumesnapshots")["items"]:
        if not each.get("status"):
            _snapped(rest, each)


def _snapped(rest: Rest, snapshot: dict) -> None:
    meta = snapshot["metadata"]
    name = f"snapcontent-{meta['uid']}"
    kind = {"apiVersion": f"{GROUP}/v1", "kind": "VolumeSnapshotContent"}
    spec = {"deletionPolicy": "Retain", "driver": DRIVER, "volumeSnapshotClassName": "keeps"}
    made = rest.ask("POST", CONTENTS, {**kind, "metadata": {"name": name}, "spec": spec})
    made["status"] = {"readyToUse": True, "snapshotHandle": "snap-1", "restoreSize": 5 << 30}
    rest.ask("PUT", f"{CONTENTS}/{name}/status", made)
    ready = {"readyToUse": True, "boundVolumeSnapshotContentName": name, "restoreSize": "5Gi"}
    home = f"{AT}/namespaces/{meta['namespace']}/volumesnapshots/{meta['name']}"
    rest.ask("PUT", f"{home}/status", {**snapshot, "status": ready})
