"""Plans keep every rule, are as cheap as trying everything finds, and are the same each time."""

from __future__ import annotations

import ctypes
import random
from itertools import pairwise

import pytest

from playbooks.migration.waves.answer import answer_of
from playbooks.migration.waves.aside import words_aside
from playbooks.migration.waves.checker import faults
from playbooks.migration.waves.construct import construct
from playbooks.migration.waves.effort import Effort, seconds_for
from playbooks.migration.waves.instance import instance_of
from playbooks.migration.waves.parts import parts
from playbooks.migration.waves.plan import FaultyPlanError, plan_of
from playbooks.migration.waves.state import State
from tests.playbooks.migration.waves.portfolios import (
    brute_force,
    edge,
    graph,
    portfolio,
    random_graph,
    system,
    window,
)


def still() -> float:
    """A clock that stands: only the work ends a search."""
    return 0.0


def planned(data, seconds=0.1, **more):
    return plan_of(portfolio(data), Effort(seconds, clock=still, **more))


def windows(plan):
    return {each: wave.window for wave in plan.answer.waves for each in wave.systems}


@pytest.mark.parametrize("seed", range(10))
def test_a_small_plan_costs_what_trying_everything_finds(seed):
    data = random_graph(seed, 3 + seed % 5, 2 + seed % 3, tight=0.6 + 0.05 * (seed % 8))

    answer = planned(data).answer

    assert (len(answer.unplaced), answer.cost) == brute_force(data)
    assert answer.optimal


def test_small_applications_of_a_portfolio_are_proven():
    """Applications of up to six systems, loosely joined: 486 choices of a system's window."""
    draw = random.Random(2)  # noqa: S311 - a test graph
    names = [f"s{each}" for each in range(54)]
    groups = [names[each : each + draw.randint(3, 6)] for each in range(0, 54, 5)]
    pairs = [draw.sample(group, 2) for group in groups for _ in range(6)]
    pairs += [draw.sample(names, 2) for _ in range(10)]
    edges = [edge(*each, draw.choice(["strong", "weak"])) for each in pairs]
    sizes = [draw.randint(5, 200) for _ in names]
    rooms = [window(each, sum(sizes) / 9 * 1.3, systems=8) for each in range(1, 10)]
    systems = [system(name, gib) for name, gib in zip(names, sizes, strict=True)]

    answer = planned(graph(systems, edges, rooms), 6).answer

    assert (answer.cost, answer.optimal) == (12, True)


@pytest.mark.parametrize("seed", range(2))
def test_a_larger_plan_keeps_every_rule_and_is_no_worse_than_its_start(seed):
    found = portfolio(random_graph(seed, 260, 9, tight=0.85))
    inst = instance_of(found)

    plan = plan_of(found, Effort(0.4, clock=still))

    first = State(inst, construct(inst)).worth
    full = sum(each.why.key == "full" for each in plan.answer.unplaced)
    assert (full, plan.answer.cost) <= first
    assert faults(found, plan.answer) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_first_plan_keeps_every_rule_whatever_it_is_wished(seed):
    found = portfolio(random_graph(seed, 60, 5, tight=0.9))
    inst = instance_of(found)

    for slots in (construct(inst), construct(inst, parts(inst)), construct(inst, [0] * inst.n)):
        assert faults(found, answer_of(found, inst, slots, 0)) == []


@pytest.mark.parametrize("size", [40, 230])
def test_the_same_graph_gives_the_same_plan(size):
    data = random_graph(5, size, 4)

    assert planned(data, 0.2).answer == planned(data, 0.2).answer


def test_groups_that_fill_their_windows_are_found():
    """Eight groups that hang together, each nearly as large as a window: little lies between."""
    draw = random.Random(2)  # noqa: S311 - a test graph
    sizes = {
        f"{group}-{number}": draw.randint(10, 200) for group in range(8) for number in range(15)
    }
    groups = [[name for name in sizes if name.startswith(f"{group}-")] for group in range(8)]
    pairs = [draw.sample(group, 2) for group in groups for _ in range(45)]
    pairs += [draw.sample(list(sizes), 2) for _ in range(48)]
    edges = [edge(*each, draw.choice(["strong", "weak"])) for each in pairs]
    between = [each for each in edges if str(each["from"])[0] != str(each["to"])[0]]
    names = draw.sample(list(sizes), len(sizes))
    room = 1.1 * max(sum(sizes[name] for name in group) for group in groups)
    windows_ = [window(number, room) for number in range(1, 9)]

    plan = planned(graph([system(name, sizes[name]) for name in names], edges, windows_), 0.3)

    assert plan.answer.unplaced == ()
    assert plan.answer.cost <= sum(10 if each["kind"] == "strong" else 1 for each in between)


def test_a_chain_longer_than_the_windows_keeps_its_end():
    names = ["a", "b", "c", "d"]
    chain = [system(one, before=[other]) for one, other in pairwise(names)]

    plan = planned(graph([*chain, "d"], windows=3))

    assert windows(plan) == {"a": "w1", "b": "w2", "c": "w3"}
    assert [(each.id, each.why.key) for each in plan.answer.unplaced] == [("d", "too-late")]


def test_an_order_that_every_move_would_break_is_mended():
    """Windows of one place each: only changing places keeps the room, and the order is strict."""
    names = [f"s{each}" for each in range(8)]
    chain = [system(one, before=[other]) for one, other in pairwise(names)]
    rooms = [window(each, systems=1) for each in range(8, 0, -1)]

    plan = planned(graph([*reversed(chain), "s7"], windows=rooms))

    assert windows(plan) == {f"s{each}": f"w{each + 1}" for each in range(8)}


def test_nobody_hurries_for_what_finds_no_room():
    rows = [system("b", before=["c"]), "c", system("d", before=["e"]), "e"]

    plan = planned(graph(rows, windows=[window(1, systems=1), window(2)]))

    assert len(plan.answer.unplaced) == 1


def test_windows_that_start_together_are_not_one_after_the_other():
    both = [window(1), window(1, id="other")]

    plan = planned(graph([system("a", before=["b"]), "b"], windows=both))

    assert [each.id for each in plan.answer.unplaced] == ["b"]


def test_a_star_keeps_its_strong_edges():
    leaves = [f"l{each}" for each in range(6)]
    edges = [edge("hub", each, "strong" if each in {"l4", "l5"} else "weak") for each in leaves]

    plan = planned(graph(["hub", *leaves], edges, [window(1, 30), window(2, 40)]))

    assert windows(plan)["hub"] == windows(plan)["l4"] == windows(plan)["l5"]
    assert plan.answer.cost == 3


@pytest.mark.parametrize("stage", ["test", "Dev", "UAT", "qa", "pre-production"])
def test_tests_move_before_production_where_it_costs_nothing(stage):
    stages = [system("live", stage="production"), system("trial", stage=stage)]

    plan = planned(graph(stages, windows=[window(1, 10), window(2, 10)]))

    assert windows(plan) == {"trial": "w1", "live": "w2"}


def test_tests_do_not_move_first_where_it_would_cut_an_edge():
    stages = [system("live", stage="production", before=["trial"]), system("trial", stage="test")]

    plan = planned(graph(stages, windows=2))

    assert windows(plan) == {"live": "w1", "trial": "w2"}


def test_an_earlier_plan_stays_where_it_costs_nothing():
    data = graph(
        ["a", "b", "c", "d"], [edge("a", "b"), edge("c", "d")], [window(1, 20), window(2, 20)]
    )

    for first, second in (("w1", "w2"), ("w2", "w1")):
        earlier = {"a": first, "b": first, "c": second, "d": second, "gone": "w9"}
        assert windows(planned(data, previous=earlier)).items() <= earlier.items()


def test_an_earlier_plan_gives_way_where_it_costs_more():
    earlier = {"a": "w2", "b": "w1"}

    plan = planned(graph(["a", "b"], [edge("a", "b")]), previous=earlier)

    assert plan.answer.cost == 0


@pytest.mark.parametrize(("kind", "cost"), [("weak", 1), ("strong", 0)])
def test_an_earlier_plan_gives_way_only_where_that_is_worth_telling_people_another_day(kind, cost):
    data = graph(["a", "b", "c", "d"], [edge("a", "b", kind)], [window(1, 20), window(2, 20)])
    earlier = {"a": "w1", "c": "w1", "b": "w2", "d": "w2"}

    plan = planned(data, previous=earlier)

    assert plan.answer.cost == cost
    assert (windows(plan) == earlier) == (kind == "weak")


def test_one_more_system_moves_few_of_a_portfolio():
    data = random_graph(11, 60, 4, tight=0.7)
    earlier = windows(planned(data, 0.3))
    data["systems"].append(system("new", 0.5))

    now = windows(planned(data, 0.3, previous=earlier))

    assert sum(now[each] != earlier[each] for each in earlier) <= 10


def test_what_a_library_prints_is_not_in_the_answer(capfd):
    with words_aside():
        ctypes.CDLL(None).puts(b"cannot part this")

    assert capfd.readouterr() == ("", "cannot part this\n")


def test_nothing_to_move_is_an_empty_plan():
    assert planned(graph([])).answer.waves == ()
    assert planned(graph([], windows=0)).answer.cost == 0


def test_a_search_that_is_late_ends_with_what_it_has():
    ticks = iter(range(0, 10**9, 1000))
    found = portfolio(random_graph(2, 240, 6))

    plan = plan_of(found, Effort(50, clock=lambda: float(next(ticks))))

    assert faults(found, plan.answer) == []


def test_a_plan_that_breaks_a_rule_is_never_given(monkeypatch):
    monkeypatch.setattr("playbooks.migration.waves.plan.faults", lambda *_: ["a is twice"])

    with pytest.raises(FaultyPlanError, match="a is twice"):
        planned(graph(["a"]))


def test_more_systems_get_less_effort_each():
    assert seconds_for(200) > seconds_for(201) > seconds_for(10_000)
