"""A job that stands for what runs in a tenant: small, and let in at every level. Pure."""

from __future__ import annotations

from playbooks.migration.web.cron import Job
from sen.tenancy.life.objects import Object
from stacks.models.label import PREFIX

NAME = "sen-rehearsal"
# Nothing of this name is ever fetched: the job is suspended, and the pod is not kept.
_IMAGE = f"registry.gov.vn/sen/rehearsal@sha256:{'0' * 64}"


def job(home: str, account: str) -> Object:
    """Give a CronJob, suspended, that the rules of the strictest level let in."""
    made: Object = Job("0 3 * * *", "", "true", {}).manifest(NAME, home, _IMAGE)
    made["spec"] |= {"suspend": True}
    proof = f"oci://{_IMAGE}"
    template = made["spec"]["jobTemplate"]["spec"]["template"]
    template["metadata"] = {
        "annotations": {f"{PREFIX}/{word}": proof for word in ("signature", "sbom")}
    }
    template["spec"] |= {"serviceAccountName": account, "nodeSelector": {f"{PREFIX}/apart": "true"}}
    return made


def pod(made: Object) -> Object:
    """Give the pod that a CronJob would run, as its Job would make it."""
    meta = made["metadata"]
    template = made["spec"]["jobTemplate"]["spec"]["template"]
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": meta["name"], "uid": meta["name"]}
    named = {
        **template["metadata"],
        "name": meta["name"],
        "namespace": meta["namespace"],
        "ownerReferences": [{**owner, "controller": True}],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": named, "spec": template["spec"]}


def needs(one: Object) -> dict[str, str]:
    """Give what a pod takes from a quota."""
    found = {"pods": "1"}
    (container,) = one["spec"]["containers"]
    for part, amounts in container["resources"].items():
        found |= {f"{part}.{name}": amount for name, amount in amounts.items()}
    return found
