"""Stops all that runs in a namespace and starts it again; its data stays where it is."""

from __future__ import annotations

from dataclasses import dataclass

from sen.tenancy.life.objects import Objects
from sen.tenancy.life.workload import KINDS, POD, alive, controlled, starting, stopping


@dataclass(frozen=True)
class Stopped:
    """What was done.

    Attributes:
        workloads: How many were changed by this call.
        pods: How many still run.
        lone: Pods that nobody makes again, which were deleted.
    """

    workloads: int
    pods: int
    lone: tuple[str, ...] = ()


def suspend(objects: Objects, namespace: str) -> Stopped:
    """Stop every workload, and delete the pods that none of them would take away."""
    changed = 0
    for kind in KINDS:
        for each in objects.each(kind, namespace):
            if change := stopping(each):
                objects.patch(each, change)
                changed += 1
    running = [each for each in objects.each(POD, namespace) if alive(each)]
    lone = [each for each in running if not controlled(each)]
    for each in lone:
        objects.delete(each)
    return Stopped(changed, len(running) - len(lone), tuple(_name(each) for each in lone))


def resume(objects: Objects, namespace: str) -> int:
    """Bring back every workload as it was; give how many there were."""
    changed = 0
    for kind in KINDS:
        for each in objects.each(kind, namespace):
            if change := starting(each):
                objects.patch(each, change)
                changed += 1
    return changed


def _name(thing: dict[str, dict[str, str]]) -> str:
    return thing["metadata"]["name"]
