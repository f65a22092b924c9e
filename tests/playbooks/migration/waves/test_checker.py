"""The checker sees every broken rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playbooks.migration.waves.answer import Answer, Bridge, Unplaced, Wave
from playbooks.migration.waves.checker import faults
from playbooks.migration.waves.eligible import Barred
from tests.playbooks.migration.waves.portfolios import edge, graph, portfolio, system, window

A, B, C = (
    system("a", 10, team="x", before=["b"]),
    system("b", 20, team="y", not_with=["c"]),
    system("c", 30, team="y"),
)


def found(windows=None, freezes=()):
    rooms = windows or [window(1), window(2), window(3)]
    return portfolio(graph([A, B, C], [edge("a", "b"), edge("c", "a", "weak")], rooms, freezes))


def answer(placed, cost=11, cut=((0, 1), (1, 2)), unplaced=()):
    whole = found()
    waves = tuple(
        Wave(name, tuple(each for each, where in placed.items() if where == name))
        for name in sorted(set(placed.values()))
    )
    bridges = tuple(Bridge(whole.edges[number], f"w{last}") for number, last in cut)
    stays = tuple(Unplaced(each, Barred("full")) for each in unplaced)
    return Answer(waves, bridges, stays, cost, 0)


RIGHT = answer({"a": "w1", "b": "w2", "c": "w1"}, cost=10, cut=((0, 2),))


def test_a_right_answer_has_no_fault():
    assert faults(found(), RIGHT) == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (answer({"a": "w1", "b": "w2"}, 10, ((0, 2),)), "c is told 0 times"),
        (answer({"a": "w1", "b": "w2", "c": "w1"}, unplaced=["c"]), "c is told 2 times"),
        (answer({"a": "w1", "b": "w2", "c": "w1", "d": "w1"}), "d is not in the graph"),
        (answer({"a": "w1", "b": "w2", "c": "w8"}), "window w8 is unknown"),
        (answer({"a": "w2", "b": "w2", "c": "w1"}, 1, ((1, 2),)), "b does not move after a"),
        (answer({"b": "w2", "c": "w1"}, 0, (), ["a"]), "b does not move after a"),
        (answer({"a": "w1", "b": "w2", "c": "w2"}), "b shares a window with c"),
        (answer({"a": "w1", "b": "w2", "c": "w1"}, 11, ((0, 2),)), "the cost is 10, not 11"),
        (answer({"a": "w1", "b": "w2", "c": "w1"}, 10, ((0, 1),)), "the bridges are not the cut"),
        (answer({"a": "w1", "b": "w2", "c": "w1"}, 10, ()), "the bridges are not the cut"),
        (replace(RIGHT, waves=RIGHT.waves[::-1]), "the waves are not in time order"),
        (replace(RIGHT, waves=(*RIGHT.waves, Wave("w3", ()))), "the wave of w3 is empty"),
        (replace(RIGHT, waves=(*RIGHT.waves, Wave("w2", ()))), "window w2 has two waves"),
    ],
)
def test_a_broken_rule_is_named(wrong, fault):
    assert any(each.startswith(fault) for each in faults(found(), wrong)), faults(found(), wrong)


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        ({"gib": 39.9}, "window w1 holds too many GiB"),
        ({"systems": 1}, "window w1 holds too many systems"),
        ({"teams": 1}, "window w1 has too many teams"),
        ({"teams": {"x": 1, "y": 0}}, "team y has too many systems in w1"),
        ({"teams": ["x"]}, "team y has too many systems in w1"),
        ({"gib": 40, "systems": 2, "teams": 2}, ""),
        ({"teams": {"x": 1, "y": 1}}, ""),
    ],
)
def test_a_window_that_is_too_small_is_named(limits, fault):
    rooms = [{**window(1), **limits}, window(2), window(3)]

    assert faults(found(rooms), RIGHT) == ([fault] if fault else [])


def test_a_frozen_window_is_named():
    assert faults(found(freezes=[{"start": "2027-01-10", "end": "2027-01-10"}]), RIGHT) == [
        "window w1 is frozen"
    ]
