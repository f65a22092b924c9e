"""After a killed run: free its lock, read the cluster into the state, finish, find strays.

With checkpoints off (`sen.runs.environment`) a killed run leaves objects that no state knows.
Those that the program names are taken over by the next `up`, since server-side apply makes or
adopts; those that it does not name carry the stack's label, and are found by it.
"""

from __future__ import annotations

import json
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

from sen.errors import RefusedError
from sen.runs.cluster import Found, delete, labelled
from sen.runs.stack import Stack
from stacks.components.manifest import STACK_LABEL
from stacks.problem import Problem

_HOLDER = re.compile(r"created by (?P<user>[^@\s]+)@(?P<host>\S+) \(pid (?P<pid>\d+)\)")


@dataclass(frozen=True)
class Recovery:
    """What was found and done; `strays` are objects of the stack that its program does not name."""

    stack: str
    unlocked: bool
    before: int
    after: int
    strays: tuple[Found, ...]
    pruned: int

    def row(self) -> dict[str, object]:
        return {
            "stack": self.stack,
            "unlocked": self.unlocked,
            "known_before": self.before,
            "known_after": self.after,
            "strays": [str(each) for each in self.strays],
            "pruned": self.pruned,
        }


class Reach(Protocol):
    """How a cluster is reached; a platform on this machine is one."""

    @property
    def kubeconfig(self) -> Path: ...

    @property
    def context(self) -> str: ...


def recover(platform: Reach, stack: Stack, *, prune: bool, alone: bool = False) -> Recovery:
    """Bring a stack's state and its cluster together.

    Args:
        platform: Where its objects are.
        stack: Whose state.
        prune: Whether to delete what its program does not name.
        alone: The caller knows that no other run of this stack is alive on any machine.

    Raises:
        RefusedError: The lock's holder is still at work, or works on another machine.
    """
    before = len(known(stack))
    unlocked = _refresh(stack, alone=alone)
    stack.up()
    ours = known(stack)
    found = labelled(platform.kubeconfig, platform.context, f"{STACK_LABEL}={stack.name}")
    strays = tuple(each for each in found if each.id not in ours)
    pruned = delete(platform.kubeconfig, platform.context, strays) if prune else 0
    return Recovery(stack.name, unlocked, before, len(ours), strays, pruned)


def known(stack: Stack) -> frozenset[str]:
    """Give the state's Kubernetes objects as `apiVersion/Kind:namespace/name`."""
    state = json.loads(stack.pulumi("stack", "export", "--stack", stack.name))
    resources = state["deployment"].get("resources") or []
    return frozenset(
        f"{each['outputs']['apiVersion']}/{each['outputs']['kind']}:{each['id']}"
        for each in resources
        if each["type"].startswith("kubernetes:") and "kind" in each.get("outputs", {})
    )


def _refresh(stack: Stack, *, alone: bool) -> bool:
    """Read the cluster into the state; say whether a dead run's lock had to go for it."""
    refresh = ("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
    try:
        stack.pulumi(*refresh)
    except RefusedError as error:
        problem = error.problems[0]
        if problem.key != "run-locked":
            raise
        if not alone:
            _refuse_if_alive(stack, str(problem.values["said"]))
        stack.pulumi("cancel", "--yes")
        stack.pulumi(*refresh)
        return True
    return False


def _refuse_if_alive(stack: Stack, said: str) -> None:
    holder = _HOLDER.search(said) or {"host": "?", "pid": "0"}
    here = holder["host"] == socket.gethostname()
    if here and not _runs_pulumi(int(holder["pid"])):
        return
    values = {"stack": stack.name, "pid": holder["pid"], "host": holder["host"]}
    raise RefusedError(Problem("run-alive", stack.name, values))


def _runs_pulumi(pid: int) -> bool:
    """Say whether the process is still that run: its number may be another program's by now."""
    try:
        return psutil.Process(pid).name().startswith("pulumi")
    except psutil.NoSuchProcess:
        return False
