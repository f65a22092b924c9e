"""How many evaluations a second the plan gate makes, on one core."""

from __future__ import annotations

import time
from dataclasses import dataclass

from policies import load_rules
from policies.gates.plan import evaluate_many

_OBJECTS = 2000


@dataclass(frozen=True)
class Rate:
    """What the plan gate did: rules applied to objects of their kinds."""

    rules: int
    objects: int
    evaluations: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.evaluations / self.seconds


def plan_gate() -> Rate:
    """Judge Deployments of three containers each by all rules."""
    objects = [_deployment(number) for number in range(_OBJECTS)]
    evaluate_many(objects[:10])  # the rules are compiled once a process
    started = time.monotonic()
    evaluations = evaluate_many(objects)
    return Rate(len(load_rules()), _OBJECTS, evaluations, time.monotonic() - started)


def _deployment(number: int) -> dict[str, object]:
    digest = "0" * 64
    containers = [
        {"name": name, "image": f"registry.gov.vn/h26/{name}@sha256:{digest}"}
        for name in ("web", "worker", "proxy")
    ]
    labels = {"app": f"app-{number}"}
    template = {
        "metadata": {"labels": labels},
        "spec": {"securityContext": {"runAsNonRoot": True}, "containers": containers},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"app-{number}", "namespace": "h26-portal-staging"},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }
