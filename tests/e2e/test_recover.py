"""A run killed in its middle: state and cluster come together again, nothing doubled or lost."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import psutil
import pytest

from sen.local.platform import Platform
from sen.paths import PROJECT
from sen.runs.cluster import connect, labelled, listed
from sen.runs.recover import known, recover
from stacks.components.manifest import STACK_LABEL
from stacks.components.tenant import objects_for
from stacks.models.load import load_requests
from tests.e2e.conftest import Shard, Tenants

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]

TENANTS = 40  # nine objects and a component each: 400 resources


def in_cluster(platform: Platform, shard: Tenants) -> list[str]:
    label = f"{STACK_LABEL}={shard.stack.name}"
    return [one.id for one in labelled(platform.kubeconfig, platform.context, label)]


def wanted(shard: Tenants) -> set[str]:
    return {
        f"{one['apiVersion']}/{one['kind']}:"
        + "/".join(part for key in ("namespace", "name") if (part := one["metadata"].get(key)))
        for request in load_requests([shard.folder])
        for one in objects_for(request)
    }


def policies_in(platform: Platform, shard: Tenants) -> int:
    """Count one kind only: to list all of them takes longer than the run's middle lasts."""
    dynamic = connect(platform.kubeconfig, platform.context)
    label = f"{STACK_LABEL}={shard.stack.name}"
    return len(list(listed(dynamic, "networking.k8s.io/v1", "NetworkPolicy", label)))


def kill_in_the_middle(platform: Platform, shard: Tenants, at_least: int) -> int:
    """Start an `up`, kill it at that many policies, and give how many objects it had made."""
    run = subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "-s", shard.stack.name],
        cwd=PROJECT,
        env={**os.environ, **shard.stack.variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while run.poll() is None and policies_in(platform, shard) < at_least:
        time.sleep(0.05)
    family = [psutil.Process(run.pid), *psutil.Process(run.pid).children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGKILL)
    run.wait()
    return len(in_cluster(platform, shard))


def test_a_killed_up_is_recovered_and_then_nothing_is_doubled_or_lost(
    platform: Platform, shard: Shard
) -> None:
    hanoi = shard("H26")
    for number in range(TENANTS):
        hanoi.ask(f"system-{number:03d}")
    goal = wanted(hanoi)
    assert len(goal) + TENANTS >= 300, "resources of the run, components among them"

    made = kill_in_the_middle(platform, hanoi, at_least=20)
    before = known(hanoi.stack)
    assert 20 <= made < len(goal), "the kill came in the middle"
    assert len(before) < made, "the state knows less than there is: this is what is recovered"
    hanoi.forget("system-000")  # what was made for it is now nobody's
    recovery = recover(platform, hanoi.stack, prune=False)

    assert recovery.unlocked
    strays = {one.id for one in recovery.strays}
    assert all("h26-system-000-staging" in stray for stray in strays)
    assert set(in_cluster(platform, hanoi)) - strays == wanted(hanoi) == known(hanoi.stack)

    hanoi.ask("system-000")
    hanoi.stack.up()
    found = in_cluster(platform, hanoi)
    assert sorted(found) == sorted(goal), "nothing doubled, nothing lost"
    hanoi.stack.up("--expect-no-changes")
