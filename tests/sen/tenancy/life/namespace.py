"""Objects of a cluster in memory, as the effects of a tenant's life see them."""

import copy

from sen.tenancy.life.objects import Kind
from sen.tenancy.life.workload import KINDS, POD


def thing(kind, name, namespace="h26-portal-staging", spec=None, **rest):
    api_version, kind = kind
    meta = {"name": name, "namespace": namespace, "uid": f"{kind}/{name}", **rest.pop("meta", {})}
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": meta,
        "spec": spec or {},
        **rest,
    }


DEPLOYMENT, STATEFUL_SET = Kind("apps/v1", "Deployment"), Kind("apps/v1", "StatefulSet")
CRON_JOB, JOB = Kind("batch/v1", "CronJob"), Kind("batch/v1", "Job")
SECRET, CONFIG = Kind("v1", "Secret"), Kind("v1", "ConfigMap")
CLAIM, NAMESPACE = Kind("v1", "PersistentVolumeClaim"), Kind("v1", "Namespace")


class Memory:
    """Objects by kind; `pods` follow the replicas at once, as controllers make them do."""

    def __init__(self, *things):
        self.things = {}
        self.deleted, self.calls = [], 0
        for each in things:
            self.put(each)

    def put(self, one):
        kind = Kind(one["apiVersion"], one["kind"])
        meta = one["metadata"]
        self.things[kind, meta.get("namespace"), meta["name"]] = copy.deepcopy(one)
        return one

    def kinds(self):
        found = {kind for kind, namespace, _ in self.things if namespace}
        return sorted(found | {SECRET, CONFIG, CLAIM, *KINDS, POD})

    def each(self, kind, namespace=None):
        return [
            copy.deepcopy(one)
            for (its, home, _), one in sorted(self.things.items(), key=lambda e: str(e[0]))
            if its == kind and namespace in (None, home)
        ]

    def get(self, kind, name, namespace=None):
        return copy.deepcopy(self.things.get((kind, namespace, name)))

    def create(self, one):
        meta = one["metadata"]
        if self.get(Kind(one["apiVersion"], one["kind"]), meta["name"], meta["namespace"]) is None:
            self.put(one)

    def patch(self, one, changes):
        self.calls += 1
        key = Kind(one["apiVersion"], one["kind"]), one["metadata"].get("namespace")
        found = self.things.get((*key, one["metadata"]["name"]))
        if found is not None:
            _merge(found, copy.deepcopy(changes))

    def delete(self, one):
        self.calls += 1
        key = Kind(one["apiVersion"], one["kind"]), one["metadata"].get("namespace")
        if self.things.pop((*key, one["metadata"]["name"]), None) is not None:
            self.deleted.append(f"{one['kind']}/{one['metadata']['name']}")

    def remove_namespace(self, name):
        """What the API server does in the end when a namespace is deleted."""
        self.things = {
            key: one
            for key, one in self.things.items()
            if key[1] != name and key[0::2] != (NAMESPACE, name)
        }


def _merge(into, changes):
    """RFC 7386: None takes a key away, a mapping goes into a mapping."""
    for key, value in changes.items():
        if value is None:
            into.pop(key, None)
        elif isinstance(value, dict):
            if not isinstance(into.get(key), dict):
                into[key] = {}
            _merge(into[key], value)
        else:
            into[key] = value
