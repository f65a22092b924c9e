"""A tenant leaves one state for another: with all that is under it, once, also after a kill."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from sen.errors import RefusedError
from sen.runs.move import move, owned, without
from stacks.problem import Problem, ProblemError

TYPE = "sen:tenancy:Tenant"
OLD, NEW = "tenants-h26-dev", "tenants-h29-dev"


def urn(stack, kind, name):
    return f"urn:pulumi:{stack}::sen::{kind}::{name}"


def tenant(stack, name):
    top = urn(stack, TYPE, name)
    space = urn(stack, f"{TYPE}$kubernetes:core/v1:Namespace", name)
    parts = (
        {"urn": top, "type": TYPE},
        {"urn": space, "type": "kubernetes:core/v1:Namespace", "parent": top},
    )
    return [dict(each) for each in parts]


def state(stack, *names):
    files = {f"approved/{name}.yaml": name for name in names}
    outputs = {"tenants": list(names), "files": files, "count": len(names)}
    root = {"urn": urn(stack, "pulumi:pulumi:Stack", stack), "type": "pulumi:pulumi:Stack"}
    resources = [{**root, "outputs": outputs}]
    for name in names:
        resources += tenant(stack, name)
    return {"version": 3, "deployment": {"resources": resources}}


class Backend:
    """Two stacks' states, and what `pulumi` was asked; may be killed within the move."""

    def __init__(self, **states):
        self.states, self.asked, self.dies = states, [], False

    def stack(self, name):
        return One(self, name)


class One:
    def __init__(self, backend, name):
        self.backend, self.name = backend, name

    def pulumi(self, verb, what, *words):
        self.backend.asked.append(what)
        states = self.backend.states
        if what == "export":
            if self.name not in states:
                raise ProblemError(Problem("run-no-stack", self.name))
            return json.dumps(states[self.name])
        if what == "import":
            states[self.name] = json.loads(Path(words[-1]).read_text("utf-8"))
            return ""
        name = words[-1].rpartition("::")[2]
        target = words[words.index("--dest") + 1]
        states[target]["deployment"]["resources"] += tenant(target, name)
        if self.backend.dies:
            raise RefusedError(Problem("run-interrupted", self.name, {"stack": self.name}))
        gone = owned(states[self.name], name)
        kept = states[self.name]["deployment"]
        kept["resources"] = [each for each in kept["resources"] if each["urn"] not in gone]
        return ""


@pytest.fixture
def backend():
    return Backend(**{OLD: state(OLD, "a", "b"), NEW: state(NEW, "c")})


def moved(backend):
    return move(backend.stack(OLD), backend.stack(NEW), "a")


def test_tenant_and_what_is_under_it_go_and_the_others_stay(backend):
    assert moved(backend) == 2

    assert owned(backend.states[OLD], "a") == frozenset()
    assert len(owned(backend.states[NEW], "a")) == len(owned(backend.states[OLD], "b")) == 2


def test_stack_of_before_forgets_the_file_or_it_would_miss_it(backend):
    moved(backend)

    root = backend.states[OLD]["deployment"]["resources"][0]["outputs"]
    assert (root["tenants"], root["files"]) == (["b"], {"approved/b.yaml": "b"})


def test_killed_between_the_two_states_it_ends_what_it_began(backend):
    backend.dies = True
    with pytest.raises(RefusedError):
        moved(backend)
    assert owned(backend.states[OLD], "a")
    assert owned(backend.states[NEW], "a")

    moved(backend)

    assert backend.asked.count("move") == 1
    assert owned(backend.states[OLD], "a") == frozenset()


def test_second_move_changes_nothing(backend):
    moved(backend)
    before, backend.asked = copy.deepcopy(backend.states), []

    assert moved(backend) == 0
    assert backend.states == before
    assert backend.asked == ["export"]


def test_what_no_stack_built_needs_no_move():
    backend = Backend(**{NEW: state(NEW)})

    assert moved(backend) == 0
    assert without({"deployment": {}}, "a") == {"deployment": {"resources": []}}
