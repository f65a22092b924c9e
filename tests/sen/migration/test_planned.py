"""A plan becomes objects: one a window, changed with the plan, left alone once it has begun."""

from __future__ import annotations

import json

import pytest

from playbooks.migration.waves.effort import Effort
from playbooks.migration.waves.plan import plan_of
from playbooks.migration.waves.reading import portfolio_from
from sen.migration.planned import apply, changes, check_name, specs
from stacks.problem import ProblemError
from tests.playbooks.migration.waves.portfolios import edge, graph, system, window

ROOMS = [window(2, 20), window(1, 20)]
ROWS = [system("a"), system("b", before=["c"]), system("c"), system("d")]
EDGES = [edge("a", "b"), edge("b", "c", "weak"), edge("c", "d")]


@pytest.fixture(scope="module")
def plan():
    content = json.dumps(graph(ROWS, EDGES, ROOMS))
    return plan_of(portfolio_from(content, "graph"), Effort(1))


def thing(name, plan, phase=None):
    spec = {"plan": plan, "window": "w", "systems": [{"id": "x"}]}
    return {"metadata": {"name": name}, "spec": spec, "status": {"phase": phase} if phase else {}}


class Kept:
    def __init__(self, *things):
        self.things = {each["metadata"]["name"]: each for each in things}

    def all(self):
        return list(self.things.values())

    def put(self, name, spec):
        self.things[name] = {"metadata": {"name": name}, "spec": spec}

    def remove(self, name):
        del self.things[name]


def test_each_window_is_an_object_with_systems_reasons_and_bridges(plan):
    found = specs(plan, "ke-hoach")

    assert list(found) == ["ke-hoach-w1", "ke-hoach-w2"]
    first, second = found.values()
    assert ([each.id for each in first.systems], first.window) == (["a", "b"], "w1")
    assert all(each.reason for each in first.systems)
    assert first.bridges == ()
    (bridge,) = second.bridges
    assert (bridge.source, bridge.target, bridge.kind) == ("b", "c", "weak")
    assert first.starts.tzinfo is not None
    assert first.starts < first.ends


def test_windows_of_strange_names_get_names_of_their_own():
    rooms = [{**window(1, 20), "id": "Tết!"}, {**window(2, 20), "id": "tết?"}]
    content = json.dumps(graph([system("a", gib=15), system("b", gib=15)], [], rooms))
    found = specs(plan_of(portfolio_from(content, "graph"), Effort(1)), "k" * 40)

    assert len(found) == 2
    assert all(len(name) <= 63 for name in found)
    assert {each.window for each in found.values()} == {"Tết!", "tết?"}


def test_a_changed_plan_takes_away_what_has_not_begun_and_keeps_what_has(plan):
    waves = Kept(
        thing("p-w1", "p", "Held"),
        thing("p-w8", "p", "Rehearsed"),
        thing("p-w9", "p", "Moving"),
        thing("other-w1", "other"),
    )

    done = {each.name: each.does for each in apply(plan, "p", waves)}

    assert done == {"p-w1": "kept", "p-w2": "put", "p-w8": "removed", "p-w9": "kept"}
    assert set(waves.things) == {"p-w1", "p-w2", "p-w9", "other-w1"}
    assert waves.things["p-w1"]["spec"]["window"] == "w"
    assert changes({}, [], "p") == []


@pytest.mark.parametrize("name", ["", "Kế hoạch", "-a", "a-", "x" * 41])
def test_a_plan_needs_a_name_that_objects_can_bear(name):
    with pytest.raises(ProblemError, match="plan"):
        check_name(name)
    check_name("chuyen-doi-2027")
