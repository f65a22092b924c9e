"""A graph from a stranger is read whole, or each fault is named with its place."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from itertools import pairwise

import pytest

from playbooks.migration.waves.eligible import usable
from playbooks.migration.waves.instance import instance_of
from playbooks.migration.waves.previous import moved, windows_in
from playbooks.migration.waves.reading import portfolio_from
from playbooks.migration.waves.staying import staying, without
from stacks.problem import Language, ProblemError
from tests.playbooks.migration.waves.portfolios import edge, graph, portfolio, system, window


def refused(data):
    """Give the texts of what is wrong, after looking that both languages have one."""
    content = data if isinstance(data, str) else json.dumps(data)
    with pytest.raises(ProblemError) as caught:
        portfolio_from(content, "g.json")
    assert all(each.text(Language.VI) for each in caught.value.problems)
    return [each.text(Language.EN) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{", "g.json: this is no JSON"),
        ("[" * 100_000, "g.json: this is no JSON"),
        ("[]", "g.json: a wave graph is one object"),
        ({"systems": {}}, "g.json: systems: this must be a list of objects"),
        ({"systems": ["a"]}, "g.json: systems[0]: this must be a list of objects"),
        (graph([{"gib": 1}]), "g.json: systems[0].id: nothing stands where"),
        (graph([system("a", -1)]), "g.json: systems[0].gib: -1 stands where a number"),
        (graph([system("a", True)]), "g.json: systems[0].gib: True stands where"),
        ('{"systems": [{"id": "a", "gib": NaN}]}', "g.json: systems[0].gib: nan stands"),
        ('{"systems": [{"id": "a", "gib": 1e400}]}', "g.json: systems[0].gib: inf stands"),
        (graph([system("a", level=2.5)]), "g.json: systems[0].level: 2.5 stands where"),
        (graph([system("a", level="3")]), "g.json: systems[0].level: '3' stands where"),
        (graph([system("a", stage=["test"])]), "g.json: systems[0].stage:"),
        (graph([system("a", before="b")]), "g.json: systems[0].before: 'b' stands where"),
        (graph([system("a", before=[True])]), "g.json: systems[0].before: [True] stands"),
        (graph(["a", "b", "a"]), "g.json: systems[2].id: a is the id of entry 0 too"),
        (graph(["a"], windows=[window(1), window(1)]), "g.json: windows[1].id: w1 is the id"),
        (graph([system("a", before=["z"])]), "g.json: systems[0].before: no system has the id z"),
        (graph([system("a", not_with=["z"])]), "g.json: systems[0].not_with: no system has"),
        (graph(["a"], [edge("a", "z")]), "g.json: edges[0].to: no system has the id z"),
        (graph(["a"], [edge("a", "a", "firm")]), "g.json: edges[0].kind: 'firm' stands where"),
        (graph([system("a", not_with=["a"])]), "g.json: systems[0].not_with: a cannot keep"),
        (
            graph([system("a", before=["a"])]),
            "these systems wait for each other in a circle: a → a",
        ),
        (graph(["a"], windows=[window(1, start="soon")]), "g.json: windows[0].start: 'soon'"),
        (graph(["a"], windows=[window(1, end="2026-01-01")]), "g.json: windows[0].end:"),
        (graph(["a"], windows=[window(1, teams=-1)]), "g.json: windows[0].teams: -1 stands"),
        (graph(["a"], windows=[window(1, teams={"x": -1})]), "g.json: windows[0].teams:"),
        (graph(["a"], freezes=[{"start": "2027-02-01"}]), "g.json: freezes[0].end: nothing"),
    ],
)
def test_a_fault_is_named_with_its_place(data, said):
    assert any(said in each for each in refused(data)), refused(data)


def test_a_cycle_is_named_in_its_order():
    chain = {"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}

    (said,) = refused(graph([system(each, before=others) for each, others in chain.items()]))

    circle = said.partition("circle: ")[2].partition(";")[0].split(" → ")
    assert circle[0] == circle[-1]
    assert all(other in chain[one] for one, other in pairwise(circle))


def test_no_more_than_twenty_faults_are_told():
    assert len(refused(graph([system(f"s{each}", -1) for each in range(50)]))) == 20


def test_what_is_absent_has_a_default_and_ids_may_be_numbers():
    found = portfolio(
        {"systems": [{"id": 7}], "windows": [{"id": 1, "start": "2027-01-01", "end": "2027-01-01"}]}
    )

    (one,), (room,) = found.systems, found.windows
    assert (one.id, one.gib, one.team, one.before) == (7, Fraction(0), None, ())
    assert (room.gib, room.systems, room.teams, room.team_systems) == (None, None, None, None)


def test_sizes_are_exact():
    found = instance_of(
        portfolio(graph([system("a", 0.1), system("b", 0.2)], windows=[window(1, 0.3)]))
    )

    assert sum(found.gib) == found.gib_room[0]


def test_parallel_edges_are_added_and_an_edge_to_itself_is_nothing():
    edges = [edge("a", "b"), edge("b", "a", "weak"), edge("a", "b"), edge("a", "a")]

    found = instance_of(portfolio(graph(["a", "b"], edges)))

    assert found.near == (((1, 21),), ((0, 21),))


@pytest.mark.parametrize(
    ("start", "end", "frozen"),
    [
        ("2027-02-05", "2027-02-05", False),
        ("2027-02-05", "2027-02-06", True),
        ("2027-02-09", "2027-02-20", True),
        ("2027-02-10", "2027-02-10", False),
        ("2027-02-05T20:00", "2027-02-06T00:00", False),
        ("2027-02-05T20:00", "2027-02-06T00:01", True),
        ("2027-02-05T16:00Z", "2027-02-05T17:00:00+00:00", False),
        ("2027-02-05T16:00Z", "2027-02-05T18:00Z", True),
        ("2027-01-01", "2027-03-01", True),
    ],
)
def test_a_window_that_a_freeze_touches_is_not_used(start, end, frozen):
    rooms = [window(1, start=start, end=end)]

    found = portfolio(graph(["a"], [], rooms, [{"start": "2027-02-06", "end": "2027-02-09"}]))

    assert (usable(found) == ()) == frozen


def test_windows_are_taken_in_time_order():
    found = portfolio(graph(["a"], windows=[window(3), window(1), window(2)]))

    assert [each.id for each in usable(found)] == ["w1", "w2", "w3"]
    assert usable(found)[0].span.start == dt.datetime(2027, 1, 9, 17, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (graph(["a"], windows=0), "no-window"),
        (graph(["a"], [], [window(1)], [{"start": "2027-01-01", "end": "2027-12-31"}]), "frozen"),
        (graph([system("a", 101)]), "too-large"),
        (graph([system("a", team="x")], windows=[window(1, teams=["y"])]), "no-team"),
        (graph([system("a", team="x")], windows=[window(1, teams={"x": 0})]), "no-team"),
        (graph([system("a", team="x")], windows=[window(1, teams=0)]), "no-team"),
        (graph(["a"], windows=[window(1, systems=0)]), "no-fit"),
        (graph([system("z", 101, before=["a"]), "a"]), "prerequisite"),
        (graph([system("z", before=["a"]), "a"], windows=1), "too-late"),
    ],
)
def test_what_no_window_can_hold_is_barred_with_its_reason(data, why):
    found = instance_of(portfolio(data))

    index = [each.id for each in found.systems].index("a")
    assert found.barred[index].key == why
    assert found.windows_of[index] == ()


def test_the_order_narrows_windows_on_both_sides():
    found = instance_of(
        portfolio(graph([system("a", before=["b"]), system("b", before=["c"]), "c"]))
    )

    assert found.windows_of == ((0,), (1,), (2,))


def test_systems_that_stay_are_taken_out_with_their_edges_and_orders():
    rows = [
        system("a", strategy="retain", before=["b"]),
        system("b", not_with=["a"], strategy="rehost"),
    ]
    whole = portfolio(graph(rows, [edge("a", "b")]))

    moving = without(whole, ["retain"])

    assert [(each.id, each.before, each.not_with) for each in moving.systems] == [("b", (), ())]
    assert moving.edges == ()
    assert [(each.id, each.why.key) for each in staying(whole, ["retain"])] == [("a", "excluded")]


def test_a_strategy_that_nobody_has_is_refused():
    with pytest.raises(ProblemError, match="no system has this strategy"):
        without(portfolio(graph([system("a", strategy="rehost")])), ["retian"])


def test_an_earlier_plan_is_read_and_compared():
    earlier = windows_in('{"waves": [{"window": "w1", "systems": ["a", "b"]}]}', "old.json")

    assert earlier == {"a": "w1", "b": "w1"}
    assert moved(earlier, {"a": "w2", "c": "w1"}) == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"waves": [1]}', '{"waves": [{}]}'])
def test_what_is_no_earlier_plan_is_refused(content):
    with pytest.raises(ProblemError, match="no earlier plan"):
        windows_in(content, "old.json")
