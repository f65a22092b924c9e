"""A run as Kubernetes objects: the Job from the chart's file, and the secret with its order."""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sen.errors import MissingPartError
from sen.operator.order import Order
from sen.operator.outcome import Outcome
from sen.paths import PROJECT
from stacks.problem import Problem

TEMPLATE = PROJECT / "charts" / "sen" / "files" / "run-job.yaml"
STACK = "sen.gov.vn/run-of"
PLAN = "sen.gov.vn/plan"
ORDER_FILE = "order.json.gz"
# Kubernetes keeps no secret that is larger.
MOST_BYTES = 1_000_000
_LABEL_LENGTH = 63
_ODD = re.compile(r"[^a-z0-9-]")
Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Template:
    """How a run looks as a Job.

    Attributes:
        image: Instead of the file's own, as is the account; empty: the file's.
    """

    namespace: str
    file: Path = TEMPLATE
    image: str = ""
    account: str = ""

    def job(self, order: Order) -> Manifest:
        """Give the Job of a run.

        Raises:
            MissingPartError: The file is not there, or is no Job.
        """
        made = copy.deepcopy(self._read())
        name = name_of(order)
        labels = {STACK: order.stack[:_LABEL_LENGTH], PLAN: order.plan[:_LABEL_LENGTH]}
        pod = made["spec"]["template"]
        made["metadata"] |= {"name": name, "namespace": self.namespace}
        for meta in (made["metadata"], pod.setdefault("metadata", {})):
            meta["labels"] = {**meta.get("labels", {}), **labels}
        if self.image:
            pod["spec"]["containers"][0]["image"] = self.image
        if self.account:
            pod["spec"]["serviceAccountName"] = self.account
        volumes = {each["name"]: each for each in pod["spec"]["volumes"]}
        volumes["order"]["secret"]["secretName"] = name
        return made

    def _read(self) -> dict[str, Any]:
        try:
            content = yaml.safe_load(self.file.read_text("utf-8"))
            order = [
                each for each in content["spec"]["template"]["spec"]["volumes"] if "secret" in each
            ]
            sound = content["kind"] == "Job" and any(each["name"] == "order" for each in order)
        except (OSError, yaml.YAMLError, KeyError, TypeError):
            sound = False
        if not sound:
            raise MissingPartError(Problem("run-no-template", str(self.file)))
        made: dict[str, Any] = content
        return made


def secret(order: Order, job: Manifest) -> Manifest:
    """Give the secret that holds an order; it goes with its Job. Requests name people.

    Raises:
        MissingPartError: The order is larger than Kubernetes takes.
    """
    data = order.packed()
    if len(data) > MOST_BYTES:
        raise MissingPartError(Problem("run-order-large", order.stack, {"bytes": len(data)}))
    meta = job["metadata"]
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": meta["name"], "uid": meta["uid"]}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": meta["name"],
            "namespace": meta["namespace"],
            "labels": dict(meta["labels"]),
            "ownerReferences": [owner],
        },
        "immutable": True,
        "type": "Opaque",
        "data": {ORDER_FILE: base64.b64encode(data).decode()},
    }


def name_of(order: Order) -> str:
    return f"{_ODD.sub('-', order.stack.lower())[:45]}-{order.id[:12]}"


def ended(job: Manifest) -> str | None:
    """Give how a Job ended: an empty text for well, else the reason; None while it runs."""
    for each in (job.get("status") or {}).get("conditions") or ():
        if each["status"] == "True" and each["type"] == "Complete":
            return ""
        if each["status"] == "True" and each["type"] == "Failed":
            return str(each.get("reason") or "Failed")
    return None


def told(pods: list[Manifest]) -> Outcome | None:
    """Give what the container of a run said at its end, None if it said nothing."""
    for pod in pods:
        for each in (pod.get("status") or {}).get("containerStatuses") or ():
            message = ((each.get("state") or {}).get("terminated") or {}).get("message")
            try:
                return Outcome.read(message or "")
            except ValueError:
                continue
    return None
