"""A plan becomes objects: one a window, changed with the plan, left alone once it has begun."""

from __future__ import annotations

import copy
import datetime as dt
import json

import pytest

from playbooks.migration.waves.effort import Effort
from playbooks.migration.waves.plan import plan_of
from playbooks.migration.waves.reading import portfolio_from
from sen.migration.planned import apply, changes, check_name, specs
from stacks.models.objects.wave import FRESH, WaveRun, WaveSpec
from stacks.problem import Language, ProblemError
from tests.playbooks.migration.waves.portfolios import edge, graph, system, window

ROOMS = [window(2, 20), window(1, 20)]
ROWS = [system("a"), system("b", before=["c"]), system("c"), system("d")]
EDGES = [edge("a", "b"), edge("b", "c", "weak"), edge("c", "d")]


@pytest.fixture(scope="module")
def plan():
    content = json.dumps(graph(ROWS, EDGES, ROOMS))
    return plan_of(portfolio_from(content, "graph"), Effort(1))


NOW = dt.datetime(2026, 11, 22, 13, 0, tzinfo=dt.UTC)


def thing(name, plan, phase=None, systems=("x",), window="w"):
    times = {"starts": "2027-01-09T17:00:00Z", "ends": "2027-01-10T17:00:00Z"}
    spec = {"plan": plan, "window": window, "systems": [{"id": each} for each in systems], **times}
    status = {"phase": phase} if phase else {}
    return {"metadata": {"name": name}, "spec": spec, "status": status}


def run_by(command, seen=NOW):
    run = WaveRun(
        id="a",
        command=command,
        by="lan@sen.gov.vn",
        machine="may-b",
        place="b",
        since=NOW,
        seen=seen,
    )
    return run.model_dump(mode="json")


class Kept:
    """Waves in memory; `before` stands for what others do just before one is written."""

    def __init__(self, *things):
        self.things = {each["metadata"]["name"]: each for each in things}
        for each in things:
            each["metadata"]["resourceVersion"] = "1"
        self.before = lambda _name: None

    def dated(self):
        return copy.deepcopy(list(self.things.values())), NOW

    def put(self, name, spec, version=None):
        if version is not None and not self._still(name, version):
            return False
        self.touch(name, spec=spec.model_dump(mode="json"))
        return True

    def remove(self, name, version=None):
        if version is not None and not self._still(name, version):
            return False
        del self.things[name]
        return True

    def touch(self, name, **more):
        old = self.things.get(name, {"metadata": {"name": name, "resourceVersion": "0"}})
        version = str(int(old["metadata"]["resourceVersion"]) + 1)
        self.things[name] = {**old, **more, "metadata": {"name": name, "resourceVersion": version}}

    def _still(self, name, version):
        self.before(name)
        return self.things[name]["metadata"]["resourceVersion"] == version

    @property
    def specs(self):
        return {name: WaveSpec.model_validate(each["spec"]) for name, each in self.things.items()}


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
        thing("p-w8", "p", "Rehearsed"),
        thing("p-w9", "p", "Moving"),
        thing("p-w7", "p", "RolledBack", ["a"]),
        thing("other-w1", "other", "Held", ["a"]),
    )

    done = {each.name: each.does for each in apply(plan, "p", waves)}

    expected = {"p-w1": "put", "p-w2": "put", "p-w8": "removed", "p-w9": "kept", "p-w7": "kept"}
    assert done == expected
    assert set(waves.things) == {"p-w1", "p-w2", "p-w7", "p-w9", "other-w1"}
    assert waves.things["p-w9"]["spec"]["window"] == "w"
    assert changes({}, [], "p") == []


def test_what_a_plan_does_not_change_of_a_wave_that_has_begun_is_applied(plan):
    waves = Kept()
    apply(plan, "p", waves)
    before = waves.specs
    waves.touch("p-w1", status={"phase": "Moving", "run": run_by("cutover")})

    done = {each.name: each.does for each in apply(plan, "p", waves)}

    assert done == {"p-w1": "kept", "p-w2": "put"}
    assert waves.specs == before


@pytest.mark.parametrize(
    ("there", "status", "said"),
    [
        ({}, {"phase": "Moving"}, "has begun"),
        ({}, {"phase": "Held"}, "- x; + a; + b; w 2027-01-09T17:00:00+00:00/2027"),
        ({}, {"phase": "RolledBack"}, "- x; + a"),
        ({}, {"run": run_by("fill", NOW - FRESH)}, "has begun"),
        ({}, {"run": run_by("fill")}, "lan@sen.gov.vn runs `sen migrate fill`"),
        ({}, {"run": run_by("rehearse")}, "may-b"),
        ({"systems": ("b", "a"), "window": "w1"}, {"phase": "Held"}, "b, a → a, b"),
        ({"name": "p-w5", "systems": ("x", "b")}, {"phase": "Finished"}, "b: p-w1"),
        ({"name": "p-w5"}, {"phase": "Planned", "run": run_by("rehearse")}, "- x"),
        ({"plan": "p-w1"}, {}, "belongs to the plan p-w1"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "vi"])
def test_a_wave_that_has_begun_or_runs_is_named_and_nothing_is_written(
    plan, monkeypatch, there, status, said, lang
):
    monkeypatch.setenv("SEN_LANG", lang)
    waves = Kept(
        {**thing(**{"name": "p-w1", "plan": "p", **there}), "status": status},
        thing("p-w2", "p"),
        thing("p-w9", "p"),
    )
    before = copy.deepcopy(waves.things)

    with pytest.raises(ProblemError) as refused:
        apply(plan, "p", waves)

    assert (refused.value.exit_code, len(refused.value.problems)) == (2, 1)
    assert str(refused.value).startswith(there.get("name", "p-w1"))
    assert said in refused.value.problems[0].text(Language.EN)
    assert waves.things == before


def test_a_killed_rehearsal_keeps_no_plan_away(plan):
    killed = {"phase": "Planned", "run": run_by("rehearse", NOW - FRESH)}
    waves = Kept({**thing("p-w1", "p"), "status": killed})

    assert {each.does for each in apply(plan, "p", waves)} == {"put"}
    assert [each.id for each in waves.specs["p-w1"].systems] == ["a", "b"]


def test_a_move_that_begins_while_the_plan_is_written_takes_all_of_it_back(plan):
    waves = Kept(thing("p-w1", "p"), thing("p-w8", "p"))
    before = waves.specs

    def begins(name):
        if name == "p-w8":
            waves.touch(name, status={"run": run_by("rehearse")})

    waves.before = begins

    with pytest.raises(ProblemError, match="lan@sen"):
        apply(plan, "p", waves)
    assert waves.specs == before


def test_what_is_only_told_of_a_wave_meanwhile_refuses_no_plan(plan):
    waves = Kept(thing("p-w1", "p"))
    told = iter([{"phase": "Rehearsed"}])
    waves.before = lambda name: [waves.touch(name, status=each) for each in told]

    assert {each.name: each.does for each in apply(plan, "p", waves)} == {
        "p-w1": "put",
        "p-w2": "put",
    }


def test_a_wave_that_changes_again_and_again_ends_the_tries(plan):
    waves = Kept(thing("p-w1", "p"))
    before = waves.specs
    waves.before = waves.touch

    with pytest.raises(ProblemError, match="p: "):
        apply(plan, "p", waves)
    assert waves.specs == before


@pytest.mark.parametrize("name", ["", "Kế hoạch", "-a", "a-", "x" * 41])
def test_a_plan_needs_a_name_that_objects_can_bear(name):
    with pytest.raises(ProblemError, match="plan"):
        check_name(name)
    check_name("chuyen-doi-2027")
