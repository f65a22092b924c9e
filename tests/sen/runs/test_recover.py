"""Recovery frees a dead run's lock only, and tells objects that the program does not name."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable

import psutil
import pytest

from sen.errors import MissingPartError, RefusedError
from sen.runs import recover as module
from sen.runs.cluster import Found
from sen.runs.failure import failure
from sen.runs.recover import known, recover
from sen.runs.stack import Stack
from stacks.problem import Problem

HERE = socket.gethostname()
NAMESPACE = Found("v1", "Namespace", "h26-portal-staging", None)
QUOTA = Found("v1", "ResourceQuota", "quota", "h26-portal-staging")
STRAY = Found("v1", "Namespace", "h26-old-staging", None)


def state(*objects: Found) -> str:
    others = [
        {"type": "pulumi:pulumi:Stack", "urn": "…"},
        {"type": "sen:tenancy:Tenant", "urn": "…", "outputs": {"kind": "of its own"}},
        {"type": "kubernetes:core/v1:Secret", "id": "not/there-yet", "outputs": {}},
    ]
    ours = [
        {
            "type": f"kubernetes:core/v1:{one.kind}",
            "id": one.id.partition(":")[2],
            "outputs": {"apiVersion": one.api_version, "kind": one.kind},
        }
        for one in objects
    ]
    return json.dumps({"deployment": {"resources": others + ours}})


def locked_by(pid: object, host: str = HERE) -> RefusedError:
    error = failure(
        "s",
        "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) "
        "to end or delete the lock file with `pulumi cancel`.\n"
        f"  s3://b/.pulumi/locks/8c.json: created by root@{host} (pid {pid}) at 2026-12-01T00:00",
    )
    assert isinstance(error, RefusedError)
    return error


class Pulumi(Stack):
    """Plays Pulumi's part: a state, and a lock until it is cancelled."""

    def __init__(self, states: list[str], lock: Exception | None = None) -> None:
        super().__init__("tenants-h26-dev", {}, policies=False)
        object.__setattr__(self, "said", [])
        object.__setattr__(self, "states", states)
        object.__setattr__(self, "lock", lock)

    def pulumi(self, *arguments: str, line: Callable[[str], None] | None = None) -> str:
        self.said.append(arguments)
        match arguments:
            case ("stack", "export", *_):
                return self.states.pop(0) if len(self.states) > 1 else self.states[0]
            case ("cancel", *_):
                object.__setattr__(self, "lock", None)
            case ("refresh", *_) if self.lock:
                raise self.lock
        return ""

    @property
    def verbs(self) -> list[str]:
        return [said[0] for said in self.said]


@pytest.fixture
def cluster(monkeypatch):
    """Play the cluster's part: what carries the stack's label, and what was deleted."""
    labels, deleted = [], []

    def labelled(_kubeconfig, _context, label):
        labels.append(label)
        return (NAMESPACE, QUOTA, STRAY)

    def delete(_kubeconfig, _context, objects):
        deleted.extend(objects)
        return len(deleted)

    monkeypatch.setattr(module, "labelled", labelled)
    monkeypatch.setattr(module, "delete", delete)
    return labels, deleted


@pytest.fixture
def dead() -> int:
    """Give the number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


@pytest.fixture
def pulumi_at_work(monkeypatch) -> int:
    """Give the number of a process that runs Pulumi."""
    monkeypatch.setattr(psutil.Process, "name", lambda _: "pulumi")
    return os.getpid()


def test_what_the_state_knows_is_read_by_identity():
    assert known(Pulumi([state(NAMESPACE, QUOTA)])) == {
        "v1/Namespace:h26-portal-staging",
        "v1/ResourceQuota:h26-portal-staging/quota",
    }


def test_a_state_with_nothing_in_it_knows_nothing():
    assert known(Pulumi([json.dumps({"deployment": {}})])) == frozenset()
    assert known(Pulumi([json.dumps({"deployment": {"resources": None}})])) == frozenset()


def test_a_dead_runs_lock_goes_and_the_run_is_finished(quiet_platform, cluster, dead):
    stack = Pulumi([state(NAMESPACE), state(NAMESPACE, QUOTA)], locked_by(dead))

    outcome = recover(quiet_platform, stack, prune=False)

    assert stack.verbs == ["stack", "refresh", "cancel", "refresh", "up", "stack"]
    assert "--clear-pending-creates" in stack.said[3]
    assert (outcome.unlocked, outcome.before, outcome.after) == (True, 1, 2)
    assert cluster[0] == ["sen.gov.vn/stack=tenants-h26-dev"]


def test_without_a_lock_none_is_taken_away(quiet_platform, cluster):
    stack = Pulumi([state(NAMESPACE)])

    outcome = recover(quiet_platform, stack, prune=False)

    assert not outcome.unlocked
    assert "cancel" not in stack.verbs


def test_strays_are_told_and_left(quiet_platform, cluster):
    outcome = recover(quiet_platform, Pulumi([state(NAMESPACE, QUOTA)]), prune=False)

    assert outcome.strays == (STRAY,)
    assert cluster[1] == []
    assert outcome.row() == {
        "stack": "tenants-h26-dev",
        "unlocked": False,
        "known_before": 2,
        "known_after": 2,
        "strays": ["v1/Namespace:h26-old-staging"],
        "pruned": 0,
    }


def test_strays_go_when_that_was_asked_for(quiet_platform, cluster):
    outcome = recover(quiet_platform, Pulumi([state(NAMESPACE, QUOTA)]), prune=True)

    assert cluster[1] == [STRAY]
    assert outcome.pruned == 1


def test_a_run_at_work_keeps_its_lock(quiet_platform, cluster, pulumi_at_work):
    stack = Pulumi([state()], locked_by(pulumi_at_work))

    with pytest.raises(RefusedError) as refused:
        recover(quiet_platform, stack, prune=True)

    (problem,) = refused.value.problems
    assert problem.key == "run-alive"
    assert str(pulumi_at_work) in problem.text()
    assert stack.verbs == ["stack", "refresh"]
    assert cluster[1] == []


def test_a_number_that_is_another_programs_by_now_holds_no_lock(quiet_platform, cluster):
    stack = Pulumi([state(NAMESPACE)], locked_by(os.getpid()))

    assert recover(quiet_platform, stack, prune=False).unlocked


def test_a_run_on_another_machine_keeps_its_lock(quiet_platform, cluster, dead):
    stack = Pulumi([state()], locked_by(dead, host="elsewhere"))

    with pytest.raises(RefusedError, match="elsewhere"):
        recover(quiet_platform, stack, prune=False)

    assert "cancel" not in stack.verbs


def test_a_holder_that_nobody_names_keeps_its_lock(quiet_platform, cluster):
    stack = Pulumi([state()], failure("s", "error: the stack is currently locked by 1 lock(s)."))

    with pytest.raises(RefusedError) as refused:
        recover(quiet_platform, stack, prune=False)

    assert refused.value.problems[0].key == "run-alive"
    assert "cancel" not in stack.verbs


@pytest.mark.parametrize(
    "error",
    [
        RefusedError(Problem("run-failed", "s", {"stack": "s", "said": "words"})),
        MissingPartError(Problem("run-unreachable", "s", {"stack": "s"})),
    ],
    ids=["failed", "unreachable"],
)
def test_another_failure_of_the_refresh_is_told_as_it_is(quiet_platform, cluster, error):
    stack = Pulumi([state()], error)

    with pytest.raises(type(error)) as refused:
        recover(quiet_platform, stack, prune=False)

    assert refused.value is error
    assert stack.verbs == ["stack", "refresh"]
