"""Manifests as an agency hands them in: many kinds, some good, some not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DIGEST = "sha256:" + "4f" * 32
# Of ten documents four hold pods, as in collections of real manifests or above.
WORKLOADS_IN_TEN = 4


def write(folder: Path, documents: int) -> None:
    """Write a folder of files, a hundred documents each."""
    folder.mkdir(parents=True)
    found = list(manifests(documents))
    for start in range(0, documents, 100):
        text = yaml.dump_all(found[start : start + 100], Dumper=yaml.CSafeDumper)
        (folder / f"part-{start // 100:04}.yaml").write_text(text, "utf-8")


def manifests(documents: int) -> Iterator[dict[str, Any]]:
    """Give that many documents: ten kinds in turn."""
    makers = (
        _deployment,
        _service,
        _config,
        _cron_job,
        _ingress,
        _stateful_set,
        _network_policy,
        _pod,
        _role,
        _account,
    )
    for number in range(documents):
        yield makers[number % len(makers)](number)


def _meta(kind: str, number: int) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": f"app-{number}", "app.kubernetes.io/version": "1.0.0"}
    return {"name": f"{kind}-{number}", "namespace": f"h26-s{number % 50}-production"} | {
        "labels": labels
    }


def _pod_spec(number: int) -> dict[str, Any]:
    """Give a pod of two containers; one in three is careless."""
    careless = number % 3 == 0
    security = {"privileged": True} if careless else {"allowPrivilegeEscalation": False}
    image = "nginx:latest" if careless else f"registry.gov.vn/h26/web@{DIGEST}"
    containers = [
        {
            "name": name,
            "image": image,
            "securityContext": security,
            "resources": {
                "requests": {"cpu": "100m", "memory": "64Mi"},
                "limits": {"cpu": "200m", "memory": "128Mi"},
            },
            "env": [{"name": "MODE", "value": "production"}],
            "ports": [{"containerPort": 8080 + index}],
            "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}},
        }
        for index, name in enumerate(("web", "proxy"))
    ]
    return {
        "securityContext": {"runAsNonRoot": not careless},
        "automountServiceAccountToken": False,
        "containers": containers,
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }


def _template(number: int) -> dict[str, Any]:
    return {"metadata": {"labels": {"app": f"a{number}"}}, "spec": _pod_spec(number)}


def _workload(kind: str, number: int) -> dict[str, Any]:
    selector = {"matchLabels": {"app": f"a{number}"}}
    spec = {"replicas": 2, "selector": selector, "template": _template(number)}
    meta = _meta(kind.lower(), number)
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": meta, "spec": spec}


def _deployment(number: int) -> dict[str, Any]:
    return _workload("Deployment", number)


def _stateful_set(number: int) -> dict[str, Any]:
    made = _workload("StatefulSet", number)
    made["spec"]["serviceName"] = f"service-{number}"
    return made


def _pod(number: int) -> dict[str, Any]:
    return _plain("v1", "Pod", number, spec=_pod_spec(number))


def _cron_job(number: int) -> dict[str, Any]:
    template = _template(number)
    template["spec"]["restartPolicy"] = "Never"
    spec = {"schedule": "0 2 * * *", "jobTemplate": {"spec": {"template": template}}}
    return _plain("batch/v1", "CronJob", number, spec=spec)


def _service(number: int) -> dict[str, Any]:
    kind = "LoadBalancer" if number % 3 == 0 else "ClusterIP"
    spec = {"type": kind, "selector": {"app": f"a{number}"}, "ports": [{"port": 80}]}
    return _plain("v1", "Service", number, spec=spec)


def _config(number: int) -> dict[str, Any]:
    return _plain("v1", "ConfigMap", number, data={"mode": "production", "url": "https://a.gov.vn"})


def _ingress(number: int) -> dict[str, Any]:
    backend = {"service": {"name": f"service-{number}", "port": {"number": 80}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    spec = {"rules": [{"host": f"a{number}.gov.vn", "http": {"paths": paths}}]}
    return _plain("networking.k8s.io/v1", "Ingress", number, spec=spec)


def _network_policy(number: int) -> dict[str, Any]:
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    return _plain("networking.k8s.io/v1", "NetworkPolicy", number, spec=spec)


def _role(number: int) -> dict[str, Any]:
    verbs = ["*"] if number % 3 == 0 else ["get", "list"]
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": verbs}]
    return _plain("rbac.authorization.k8s.io/v1", "Role", number, rules=rules)


def _account(number: int) -> dict[str, Any]:
    return _plain("v1", "ServiceAccount", number, automountServiceAccountToken=False)


def _plain(version: str, kind: str, number: int, **body: Any) -> dict[str, Any]:
    meta = _meta(kind.lower(), number)
    return {"apiVersion": version, "kind": kind, "metadata": meta, **body}
