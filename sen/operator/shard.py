"""One run of one first-level agency's stack, over what was approved for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sen.local.files import private_folder, write_private
from sen.local.platform import Platform
from sen.operator.order import folder_of
from sen.operator.world import Object, approved
from sen.runs.environment import environment
from sen.runs.recover import recover
from sen.runs.settings import write_tenants
from sen.runs.stack import Stack
from stacks.problem import ProblemError


def build(platform: Platform, shard: str, tenants: Sequence[Object]) -> None:
    """Bring the stack to what was approved, in this process.

    A tenant's file stays when its object goes: nothing is deleted but by an act of its own.

    Raises:
        ProblemError: The run did not succeed.
    """
    folder = requests_folder(platform, shard)
    remembered(folder, tenants)
    stack = Stack(write_tenants(platform, shard, [folder]), environment(platform))
    stack.ensure()
    try:
        stack.up()
    except ProblemError as error:
        if error.problems[0].key != "run-locked":
            raise
        recover(platform, stack, prune=False)


def remembered(folder: Path, tenants: Sequence[Object]) -> Mapping[str, Mapping[str, Any]]:
    """Add tenants to a folder of approved requests; give all that it holds, by file name."""
    for each in tenants:
        content = json.dumps(approved(each).model_dump(mode="json", exclude_none=True))
        write_private(folder / f"{each['metadata']['name']}.yaml", content)
    return {file.name: json.loads(file.read_bytes()) for file in sorted(folder.glob("*.yaml"))}


def requests_folder(platform: Platform, shard: str) -> Path:
    return private_folder(platform.state / "operator" / folder_of(shard))
