"""Bridges between waves as a picture: a place a system, or a wave where systems are many."""

from __future__ import annotations

import datetime as dt

import pytest

from sen.portal.wave_graph import LEFT, MOST_SYSTEMS, graphs
from sen.portal.waves import Wave

DAY = dt.datetime(2026, 12, 5, tzinfo=dt.UTC)


def wave(name, systems, bridges=(), plan="north"):
    given = [{"source": a, "target": b, "kind": kind} for a, b, kind in bridges]
    kept = [{"id": each} for each in systems]
    return Wave(name, plan, name, DAY, DAY, "Planned", 0, kept, 0, given, "", ())


def test_systems_stand_under_their_waves_and_strong_lines_lie_above():
    found = graphs(
        [
            wave("w1", ["portal", "idle", "a-name-that-is-longer-than-that"]),
            wave("w2", ["db"], [("portal", "db", "strong"), ("db", "portal", "weak")]),
        ]
    )

    (graph,) = found
    assert [(each.name, each.wave) for each in graph.spots] == [("portal", "w1"), ("db", "w2")]
    assert graph.spots[0].x == LEFT < graph.spots[1].x < graph.width
    assert [(each.title, each.strong) for each in graph.lines] == [
        ("db → portal", False),
        ("portal → db", True),
    ]
    assert len({each.path for each in graph.lines}) == 1


def test_an_end_that_one_may_not_see_draws_no_line_and_plans_stay_apart():
    waves = [
        wave("w1", ["a"], [("a", "hidden", "strong")]),
        wave("w2", ["a"], plan="south"),
        wave("w3", ["b"], [("a", "b", "weak")], plan="south"),
    ]

    assert [(each.plan, len(each.lines)) for each in graphs(waves)] == [("south", 1)]


@pytest.mark.parametrize(("count", "titles"), [(1, ["s0 → t"]), (MOST_SYSTEMS, ["w1 → w2 (80)"])])
def test_many_systems_are_drawn_as_waves(count, titles):
    names = [f"s{each}" for each in range(count)]
    waves = [wave("w1", names), wave("w2", ["t"], [(each, "t", "weak") for each in names])]

    (graph,) = graphs(waves)

    assert [each.title for each in graph.lines] == titles
    assert max(each.y for each in graph.spots) < graph.height
