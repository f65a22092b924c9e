"""Carries an order out: writes the requests, runs the stack, recovers what a killed run left."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sen.local.files import private_folder, write_private
from sen.operator.order import Order
from sen.operator.outcome import Outcome, changes_of
from sen.operator.pod import FOLDER, pod_kubeconfig
from sen.runs.move import move
from sen.runs.recover import recover
from sen.runs.settings import write_tenants_of
from sen.runs.stack import Stack
from stacks.problem import Problem, ProblemError

CONTEXT = "SEN_CONTEXT"


@dataclass(frozen=True)
class Reach:
    """How the cluster of a run is reached."""

    kubeconfig: Path
    context: str


def carry_out(order: Order, variables: Mapping[str, str]) -> Outcome:
    """Bring a stack to what was ordered.

    Args:
        order: What is to stand.
        variables: `SEN_RUN_FOLDER`, `KUBECONFIG` and `SEN_CONTEXT` (without them: the pod's own
            account), and what Pulumi needs.

    Raises:
        ProblemError: The run did not succeed.
    """
    started = time.monotonic()
    folder = private_folder(Path(variables[FOLDER]))
    reach = _reach(variables, folder)
    cluster = {
        "name": order.cluster,
        "kubeconfig": str(reach.kubeconfig),
        "context": reach.context,
    }
    requests = written(order, folder / order.folder)
    built = write_tenants_of(order.stack, cluster, order.agency, requests)
    stack = Stack(order.stack, {})
    refuse_losses(order, _built(stack))
    for tenant, other in order.moving.items():
        move(Stack(other, {}), stack, tenant)
    said: list[str] = []
    recovered = _up(order, stack, reach, said) if built else _down(stack, said)
    seconds = time.monotonic() - started
    return Outcome(order.id, order.plan, seconds, changes_of(said), recovered=recovered)


def written(order: Order, folder: Path) -> list[Path]:
    """Write the requests into a folder, so that nothing else lies in it; none: no folder."""
    private_folder(folder)
    for file in folder.iterdir():
        if file.name not in order.requests:
            file.unlink()
    for name, content in order.requests.items():
        write_private(folder / name, json.dumps(content, ensure_ascii=False))
    if not order.requests:
        folder.rmdir()
        return []
    return [folder]


def refuse_losses(order: Order, built: Mapping[str, str]) -> None:
    """Refuse a run that would take away a tenant without an act of its own.

    Args:
        order: What is to stand, and who may go.
        built: The tenant of each file at the stack's last run, by `<folder>/<file>`.

    Raises:
        ProblemError: Names what would go.
    """
    ours = {name: tenant for name, tenant in built.items() if name.startswith(f"{order.folder}/")}
    kept = {f"{order.folder}/{name}" for name in order.requests}
    lost = sorted(
        tenant for name, tenant in ours.items() if name not in kept and tenant not in order.leaving
    )
    if lost:
        raise ProblemError(Problem("run-loses", order.stack, {"tenants": ", ".join(lost)}))


def _built(stack: Stack) -> Mapping[str, str]:
    """Give the files of the last run, and make the stack where there was none."""
    try:
        outputs = json.loads(stack.pulumi("stack", "output", "--json", "--stack", stack.name))
    except ProblemError as error:
        if error.problems[0].key != "run-no-stack":
            raise
        stack.ensure()
        return {}
    built: Mapping[str, str] = outputs.get("files") or {}
    return built


def _up(order: Order, stack: Stack, reach: Reach, said: list[str]) -> bool:
    """Apply; say whether a killed run had to be recovered for it."""
    try:
        stack.up(line=said.append)
    except ProblemError as error:
        if error.problems[0].key != "run-locked":
            raise
        recover(reach, stack, prune=False, alone=order.alone)
        return True
    return False


def _down(stack: Stack, said: list[str]) -> bool:
    """Take the last tenants of a stack away; its name and its past stay."""
    stack.pulumi("destroy", "--yes", "--skip-preview", line=said.append)
    return False


def _reach(variables: Mapping[str, str], folder: Path) -> Reach:
    if given := variables.get("KUBECONFIG"):
        return Reach(Path(given), variables[CONTEXT])
    return Reach(pod_kubeconfig(folder), "pod")
