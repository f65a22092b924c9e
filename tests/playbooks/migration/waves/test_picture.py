"""Pictures show each window, wave and cut edge, and nothing that a name could smuggle in."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from playbooks.migration.waves.document import document
from playbooks.migration.waves.effort import Effort
from playbooks.migration.waves.picture import svg
from playbooks.migration.waves.picture.gantt import gantt
from playbooks.migration.waves.picture.network import network
from playbooks.migration.waves.picture.page import write_pictures
from playbooks.migration.waves.plan import plan_of
from playbooks.migration.waves.word import say
from stacks.wording import sentences
from tests.playbooks.migration.waves.portfolios import (
    edge,
    graph,
    portfolio,
    system,
    window,
)

NASTY = "<script>alert(1)</script>"


def planned(data):
    return plan_of(portfolio(data), Effort(0.1, clock=lambda: 0.0))


@pytest.fixture(scope="module")
def cut():
    """Two waves of two: one strong and one weak edge are cut, one is kept; a window is frozen."""
    systems = [NASTY, "b", "c", "d", system("huge", 500)]
    edges = [edge(NASTY, "b"), edge("b", "c", "weak"), edge("c", "d"), edge("d", "d")]
    rooms = [window(1, 20), window(2, 20), window(3)]
    return planned(graph(systems, edges, rooms, [{"start": "2027-03-01", "end": "2027-03-31"}]))


def words(drawn):
    return [each.text for each in ET.fromstring(drawn).iter() if each.text]  # noqa: S314 - our own


def test_gantt_tells_of_every_window_what_it_holds(cut):
    told = words(gantt(cut))

    assert {"w1", "w2", "w3"} <= set(told)
    assert told.count("2 systems, 20 GiB") == 2
    assert "frozen" in told
    assert "frozen 2027-03-01 to 2027-03-31" in told


def test_gantt_without_windows_says_so():
    assert "there is no window" in words(gantt(planned(graph(["a"], windows=0))))


def test_graph_draws_cut_edges_apart_from_kept_ones(cut):
    paths = [each.attrib for each in ET.fromstring(network(cut)).iter(f"{SVG}path")]  # noqa: S314 - our own

    strokes = sorted((each["stroke"], "stroke-dasharray" in each) for each in paths)
    assert strokes == sorted([(svg.WEAK, True), (svg.FRAME, False), (svg.FRAME, False)])


SVG = "{http://www.w3.org/2000/svg}"


def test_graph_of_many_systems_shows_waves():
    plan = planned(graph([f"s{each}" for each in range(130)], windows=[window(1, None)]))

    told = words(network(plan))

    assert any(each.startswith("w1: ") for each in told)
    assert "s5" not in told


def test_page_holds_everything_and_no_foreign_markup(cut, tmp_path):
    write_pictures(cut, tmp_path / "new")

    page = (tmp_path / "new" / "plan.html").read_text("utf-8")
    assert {each.name for each in (tmp_path / "new").iterdir()} == {
        "gantt.svg",
        "graph.svg",
        "plan.html",
    }
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "500 GiB are more than any window holds (20 GiB)" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_page_speaks_the_readers_language(cut, tmp_path, monkeypatch):
    monkeypatch.setenv("SEN_LANG", "vi")

    write_pictures(cut, tmp_path)

    page = (tmp_path / "plan.html").read_text("utf-8")
    assert '<html lang="vi">' in page
    assert "Các đợt chuyển đổi" in page
    assert "<td>yếu</td>" in page


def test_a_long_table_ends_with_what_is_left_out(tmp_path):
    write_pictures(
        planned(graph([f"s{each}" for each in range(510)], windows=[window(1, None)])), tmp_path
    )

    assert "10 more are in the JSON answer." in (tmp_path / "plan.html").read_text("utf-8")


def test_every_sentence_has_both_languages():
    assert all(
        each.keys() == {"en", "vi"} for each in sentences("playbooks.migration.waves").values()
    )
    assert say("window-frozen", window="w1")


@pytest.mark.parametrize(
    ("data", "system_", "reason"),
    [
        (
            graph(["a", "b"], [edge("a", "b")], [window(1, 10), window(2, 12)]),
            "a",
            "2 GiB are free there, it has 10",
        ),
        (
            graph(["a", "b"], [edge("a", "b")], [window(1, systems=1), window(2, systems=1)]),
            "a",
            "all places are taken",
        ),
        (
            graph(
                [system("a", team="x"), system("b", team="y")],
                [edge("a", "b")],
                [window(1, teams=1), window(2, teams=1)],
            ),
            "a",
            "team x has no room there",
        ),
        (graph([system("a", before=["b"]), "b"], [edge("a", "b")]), "a", "the order forbids it"),
        (graph([system("a", before=["b"]), "b"], [edge("a", "b")]), "b", "after a"),
        (
            graph([system("a", not_with=["b"]), "b"], [edge("a", "b")]),
            "a",
            "it must keep away from b",
        ),
        (graph(["a", "b"], [edge("a", "b")]), "a", "moves with b, on which it depends"),
        (
            graph(
                [f"s{each}" for each in range(6)], [edge("s0", f"s{each}") for each in range(1, 6)]
            ),
            "s0",
            "s1, s2, s3 and 2 more",
        ),
        (graph(["a"]), "a", "depends on nothing that moves"),
        (
            graph(
                ["a", "b", "c"],
                [edge("a", "b"), edge("b", "c", "weak")],
                [window(1, 20), window(2, 20)],
            ),
            "b",
            "more would be cut here than joined there",
        ),
    ],
)
def test_each_system_is_told_why_it_is_where_it_is(data, system_, reason):
    placements = document(planned(data))["placements"]

    told = {each["id"]: each["reason"] for each in placements}
    assert reason in told[system_], told
