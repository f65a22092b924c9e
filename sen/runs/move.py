"""Moves a tenant from one stack's state to another's; its objects in the cluster stay untouched.

`pulumi state move` writes the new state first and the old one after it. What is killed between the
two leaves the tenant known to both, which the next call ends; nothing is known to neither.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sen.local.files import write_private
from sen.runs.stack import Stack
from stacks.problem import ProblemError

TENANT = "sen:tenancy:Tenant"
State = dict[str, Any]


def move(source: Stack, target: Stack, tenant: str) -> int:
    """Let a stack own what another built for a tenant; give how many resources moved.

    Neither is changed while a run holds it. Safe to call again.

    Raises:
        ProblemError: A state could not be read or written, or a run is under way.
    """
    before = _exported(source)
    ours = owned(before, tenant)
    if ours and not owned(_exported(target), tenant):
        (first,) = (urn for urn in ours if _type(urn) == TENANT)
        words = ("--source", source.name, "--dest", target.name, "--yes", first)
        source.pulumi("state", "move", *words)
        before = _exported(source)
    after = without(before, tenant)
    if after != before:
        _imported(source, after)
    return len(ours)


def owned(state: State, tenant: str) -> frozenset[str]:
    """Give the URNs of a tenant's component and of all that lies under it."""
    found: set[str] = set()
    for each in _resources(state):
        urn = str(each["urn"])
        own = _type(urn) == TENANT and urn.rpartition("::")[2] == tenant
        if own or each.get("parent") in found:
            found.add(urn)
    return frozenset(found)


def without(state: State, tenant: str) -> State:
    """Give a state that does not know a tenant: neither its resources nor the file it came from."""
    gone = owned(state, tenant)
    kept = [_forgetting(each, tenant) for each in _resources(state) if each["urn"] not in gone]
    return {**state, "deployment": {**state["deployment"], "resources": kept}}


def _forgetting(resource: Mapping[str, Any], tenant: str) -> dict[str, Any]:
    """Take a tenant out of what the stack itself told at its last run."""
    outputs = resource.get("outputs") or {}
    if resource["type"] != "pulumi:pulumi:Stack" or tenant not in (outputs.get("tenants") or ()):
        return dict(resource)
    files = {file: name for file, name in (outputs.get("files") or {}).items() if name != tenant}
    tenants = [each for each in outputs["tenants"] if each != tenant]
    return {**resource, "outputs": {**outputs, "files": files, "tenants": tenants}}


def _exported(stack: Stack) -> State:
    """Give a stack's state; an empty one where there is no stack."""
    try:
        said = stack.pulumi("stack", "export", "--stack", stack.name)
    except ProblemError as error:
        if error.problems[0].key != "run-no-stack":
            raise
        return {"deployment": {}}
    found: State = json.loads(said)
    return found


def _imported(stack: Stack, state: State) -> None:
    with tempfile.TemporaryDirectory(prefix="sen-state-") as folder:
        file = Path(folder) / "state.json"
        write_private(file, json.dumps(state))
        stack.pulumi("stack", "import", "--stack", stack.name, "--file", str(file))


def _resources(state: State) -> list[dict[str, Any]]:
    return list(state["deployment"].get("resources") or ())


def _type(urn: str) -> str:
    """Give the type of `urn:pulumi:<stack>::<project>::<types of parents>$<type>::<name>`."""
    return urn.split("::")[2].rpartition("$")[2]
