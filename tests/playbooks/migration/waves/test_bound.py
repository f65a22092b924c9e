"""No plan is below the bound, and the bound says something where it can."""

from __future__ import annotations

import numpy as np
import pytest

from playbooks.migration.waves.bound import lower_bound
from playbooks.migration.waves.instance import NO_LIMIT, instance_of
from playbooks.migration.waves.merge import agreed
from playbooks.migration.waves.pairs import pairs_of
from playbooks.migration.waves.relaxation import Relaxation
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

FAR = 10**6


def never() -> bool:
    return False


def free_teams(inst, slots):
    """Give how many more teams each window takes, where it has a limit."""
    left = State(inst, slots).room.teams
    return [more for more, most in zip(left, inst.teams_room, strict=False) if most < NO_LIMIT]


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 6, 7, 8, 10])
def test_no_plan_is_below_the_bound(seed):
    data = random_graph(seed, 6, 3, tight=0.4 + 0.02 * seed)
    for each in data["windows"]:
        each["teams"] = None
    inst = instance_of(portfolio(data))
    stays, least = brute_force(data)

    assert stays == len(inst.barred)  # the bound is of plans that place everything
    assert lower_bound(inst, FAR, 0.2, never) <= least


@pytest.mark.parametrize("turns", [1, 7, 40, 130])
def test_a_bound_holds_however_early_it_is_asked_for(turns):
    """Four in a ring of strong edges, two a window: two edges are cut, whatever the plan."""
    names = ["a", "b", "c", "d"]
    ring = [edge(names[each - 1], names[each]) for each in range(4)]
    inst = instance_of(portfolio(graph(names, ring, [window(1, 20), window(2, 20)])))
    relaxation = Relaxation(pairs_of(inst))

    for turn in range(turns):
        relaxation.step()
        if turn > 60:
            relaxation.cut(search=turn % 20 == 0)

    assert relaxation.bound() <= 20 + 1e-6


def test_a_ring_is_proven():
    names = [f"s{each}" for each in range(12)]
    ring = [edge(names[each - 1], names[each]) for each in range(12)]
    inst = instance_of(portfolio(graph(names, ring, [window(each, 40) for each in (1, 2, 3)])))

    assert lower_bound(inst, 30, 2.0, never) == 30


def test_no_bound_is_above_the_plan_that_is_known():
    assert lower_bound(instance_of(portfolio(graph(["a"]))), 0, 1.0, never) == 0


@pytest.mark.parametrize(
    "rows",
    [
        [system("a", before=["b"]), system("b", before=["c"]), "c"],
        [system("a", not_with=["b", "c"]), system("b", not_with=["c"]), "c"],
        [system("a", 60), system("b", 60), system("c", 60)],
    ],
)
def test_pairs_that_can_never_meet_are_known(rows):
    pairs = pairs_of(instance_of(portfolio(graph(rows))))

    assert np.array_equal(pairs.never, ~np.eye(3, dtype=bool))


def test_what_two_plans_agree_on_is_one_and_as_large():
    edges = [edge("a", "b"), edge("b", "c", "weak"), edge("c", "d")]
    rows = [system("a", before=["c"]), "b", "c", system("d", not_with=["a"])]
    inst = instance_of(portfolio(graph(rows, edges)))

    merged = agreed(inst, [0, 0, 1, 1], [0, 0, 2, 2])

    assert merged.group == (0, 0, 1, 1)
    assert (merged.inst.gib, merged.inst.units) == ((20, 20), (2, 2))
    assert (merged.inst.near, merged.inst.later) == ((((1, 1),), ((0, 1),)), ((1,), ()))
    assert merged.inst.apart == ((1,), (0,))
    assert merged.apart(merged.together([0, 0, 2, 2])) == [0, 0, 2, 2]


@pytest.mark.parametrize(("teams", "groups"), [(1, (0, 1)), (2, (0, 0)), (3, (0, 0))])
def test_systems_of_two_teams_are_one_where_both_teams_may_always_come(teams, groups):
    rows = [system("a", team="x"), system("b", team="y")]
    rooms = [window(each, teams=teams) for each in (1, 2)]
    inst = instance_of(portfolio(graph(rows, [edge("a", "b")], rooms)))

    assert agreed(inst, [0, 0], [1, 1]).group == groups


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_of_groups_is_worth_what_it_is_as_one_of_systems(seed):
    data = random_graph(seed, 30, 4, tight=0.5)
    for each in data["systems"]:
        each["before"] = []
    inst = instance_of(portfolio(data))
    slots = [each[0] if each else inst.k for each in inst.windows_of]
    merged = agreed(inst, slots, slots)

    assert merged.inst.n < inst.n
    assert State(merged.inst, merged.together(slots)).cost == State(inst, slots).cost
    assert State(merged.inst, merged.together(slots)).room.count == State(inst, slots).room.count
    assert free_teams(merged.inst, merged.together(slots)) == free_teams(inst, slots)
