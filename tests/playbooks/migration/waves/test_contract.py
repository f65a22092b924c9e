"""The answer as a stranger judges it: from the JSON alone, against trying everything."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings

from playbooks.migration.waves.document import document, json_lines
from playbooks.migration.waves.effort import Effort
from playbooks.migration.waves.plan import plan_of
from tests.playbooks.migration.waves.portfolios import (
    brute_force,
    cost_of,
    holds,
    portfolio,
    unfrozen,
)
from tests.playbooks.migration.waves.strategies import graphs


def told(data: Mapping[str, Any]) -> dict[str, Any]:
    plan = plan_of(portfolio(data), Effort(0.1, clock=lambda: 0.0))
    answer: dict[str, Any] = json.loads("".join(json_lines(document(plan))))
    return answer


def bridges(data: Mapping[str, Any], window_of: Mapping[str, str]) -> Counter[tuple[str, str, str]]:
    """Give the cut edges, each with the window after which both its ends have moved."""
    at = {each["id"]: (each["start"], each["end"], each["id"]) for each in data["windows"]}
    ends = [(each["from"], each["to"]) for each in data["edges"]]
    return Counter(
        (*pair, max((window_of[each] for each in pair), key=at.__getitem__))
        for pair in ends
        if all(each in window_of for each in pair) and window_of[pair[0]] != window_of[pair[1]]
    )


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_an_answer_holds_and_nothing_is_better(data):
    answer = told(data)

    open_ = unfrozen(data)
    numbers = {each["id"]: number for number, each in enumerate(open_)}
    window_of = {each: wave["window"] for wave in answer["waves"] for each in wave["systems"]}
    placed = {each["id"]: None for each in data["systems"]}
    placed.update({each: numbers[window] for each, window in window_of.items()})
    systems = {each["id"]: each for each in data["systems"]}
    stays = [each["id"] for each in answer["unplaced"]]
    said = Counter(
        (each["from"], each["to"], each["open_until_window"]) for each in answer["bridges"]
    )

    assert sorted([*window_of, *stays]) == sorted(systems)
    assert holds(systems, open_, placed)
    assert answer["cost"] == cost_of(data["edges"], placed)
    assert said == bridges(data, window_of)
    assert (len(stays), answer["cost"]) == brute_force(data)
    assert answer["optimal"]
    assert answer["bound"] == answer["cost"]
    assert all(each["reason"] for each in answer["unplaced"])
