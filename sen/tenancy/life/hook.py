"""What a tenant declares for its own hand-over: CronJobs that dump a database or copy a volume.

A CronJob with the label `sen.gov.vn/export-hook: database` (or `volume`), usually suspended, is a
template: at the end of the tenant's term it is run once, while the tenant still runs.
"""

from __future__ import annotations

from dataclasses import dataclass

from sen.tenancy.life.objects import Kind, Object, Objects
from stacks.models.label import PREFIX

LABEL = f"{PREFIX}/export-hook"
CRON_JOB, JOB = Kind("batch/v1", "CronJob"), Kind("batch/v1", "Job")


@dataclass(frozen=True)
class Hook:
    """One hook and how its run went: `waiting`, `complete`, `failed`."""

    name: str
    what: str
    state: str

    def row(self) -> dict[str, str]:
        return vars(self).copy()


def run_hooks(objects: Objects, namespace: str, ends: str) -> tuple[Hook, ...]:
    """Start every hook that was not started, and say how each stands.

    The last day is part of the Jobs' names: a dump of an earlier end is none of this one.
    """
    found = []
    for each in objects.each(CRON_JOB, namespace):
        what = (each["metadata"].get("labels") or {}).get(LABEL)
        if what is None:
            continue
        name = _job_name(each, ends)
        job = objects.get(JOB, name, namespace)
        if job is None:
            objects.create(_job(each, name))
        found.append(Hook(each["metadata"]["name"], what, _state(job)))
    return tuple(found)


def _job(cron: Object, name: str) -> Object:
    meta, template = cron["metadata"], cron["spec"]["jobTemplate"]
    labels = {**(template.get("metadata") or {}).get("labels", {}), LABEL: meta["labels"][LABEL]}
    return {
        "apiVersion": JOB.api_version,
        "kind": JOB.name,
        "metadata": {"name": name, "namespace": meta["namespace"], "labels": labels},
        "spec": template["spec"],
    }


def _job_name(cron: Object, ends: str) -> str:
    # A Job's name has 63 characters at most, since its pods bear it as a label; a CronJob's has 52.
    return f"sen-{ends[2:].replace('-', '')}-{cron['metadata']['name']}"[:63].rstrip("-.")


def _state(job: Object | None) -> str:
    said = ((job or {}).get("status") or {}).get("conditions") or ()
    held = {each["type"] for each in said if each["status"] == "True"}
    if "Complete" in held:
        return "complete"
    return "failed" if "Failed" in held else "waiting"
