"""`sen migrate plan`: the machine contract, the tables, earlier plans, pictures, bad input."""

from __future__ import annotations

import io
import json

import pytest
import yaml

from tests.playbooks.migration.waves.portfolios import edge, graph, system, window

ROOMS = [window(2, 20), window(1, 20)]
ROWS = [system("a", strategy="retain"), *(system(each, strategy="rehost") for each in "bcd")]
GRAPH = graph(ROWS, [edge("a", "b"), edge("b", "c", "weak"), edge("c", "d")], ROOMS)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "graph.json"
    path.write_text(json.dumps(GRAPH), "utf-8")
    return path


def test_json_is_the_contract(sen, file):
    said = sen("migrate", "plan", "--graph", file, "-o", "json")

    told = json.loads(said.out)
    assert said.code == 0
    assert told["waves"] == [
        {"window": "w1", "systems": ["a", "b"]},
        {"window": "w2", "systems": ["c", "d"]},
    ]
    assert [(each["from"], each["to"], each["open_until_window"]) for each in told["bridges"]] == [
        ("b", "c", "w2")
    ]
    assert (told["unplaced"], told["cost"], told["bound"], told["optimal"]) == ([], 1, 1, True)
    assert {each["id"] for each in told["placements"]} == set("abcd")


def test_standard_input_is_read_too(sen, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(graph([]))))

    said = sen("migrate", "plan", "--graph", "-", "-o", "json")

    assert json.loads(said.out)["waves"] == []


def test_yaml_tells_the_same_as_json(sen, file):
    as_yaml = sen("migrate", "plan", "--graph", file, "-o", "yaml").out
    as_json = sen("migrate", "plan", "--graph", file, "-o", "json").out

    assert yaml.safe_load(as_yaml) == json.loads(as_json)


def test_tables_end_with_the_summary(sen, file):
    out = sen("migrate", "plan", "--graph", file).out

    assert "2027-02-10 23:59" in out
    assert "Bridges: flows to keep open" in out
    assert out.splitlines()[-1] == (
        "4 of 4 systems in 2 waves; 1 bridges; cost 1; proven to be the least."
    )


def test_an_earlier_plan_is_kept_and_compared(sen, file, tmp_path):
    earlier = tmp_path / "old.json"
    waves = [{"window": "w2", "systems": ["a", "b"]}, {"window": "w1", "systems": ["c", "d"]}]
    earlier.write_text(json.dumps({"waves": waves}), "utf-8")
    words = ("migrate", "plan", "--graph", file, "--previous", earlier)

    assert json.loads(sen(*words, "-o", "json").out)["moved"] == 0
    assert "0 of 4 systems change their window" in sen(*words).out


def test_systems_that_stay_are_told_with_their_strategy(sen, file):
    said = sen("migrate", "plan", "--graph", file, "--stays", "retain", "-o", "json")

    told = json.loads(said.out)
    assert told["unplaced"] == [{"id": "a", "reason": "its strategy is retain: it does not move"}]
    assert told["cost"] == 1


def test_the_calendar_freezes_windows(sen, tmp_path):
    path = tmp_path / "tet.json"
    tet = window(2, id="tet", start="2027-02-05", end="2027-02-08")
    path.write_text(json.dumps(graph(["a"], windows=[tet])), "utf-8")
    words = ("migrate", "plan", "--graph", path, "-o", "json")

    assert json.loads(sen(*words).out)["unplaced"] == []
    assert json.loads(sen(*words, "--freeze", "tet").out)["unplaced"] == [
        {"id": "a", "reason": "every window is frozen"}
    ]


def test_pictures_are_written_where_asked(sen, file, tmp_path):
    sen("migrate", "plan", "--graph", file, "--picture", tmp_path / "plan")

    assert (tmp_path / "plan" / "gantt.svg").read_text("utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--graph", "none.json"], "none.json: the file cannot be read"),
        (["--graph", "{file}", "--previous", "{file}"], "this is no earlier plan"),
        (["--graph", "{file}", "--stays", "retian"], "no system has this strategy"),
    ],
)
def test_bad_input_is_told(sen, file, words, said):
    answer = sen("migrate", "plan", *(each.format(file=file) for each in words))

    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_a_key_that_nobody_reads_is_told_and_does_no_harm(sen, tmp_path):
    data = {"systems": [{"id": "a", "colour": "red"}, {"id": "b", "colour": 1}], "frezes": []}
    (tmp_path / "g.json").write_text(json.dumps(data), "utf-8")

    told = sen("migrate", "plan", "--graph", tmp_path / "g.json", "-o", "json")

    assert told.code == 0
    assert "nothing is read from frezes, systems.colour;" in told.err
    assert [each["id"] for each in json.loads(told.out)["unplaced"]] == ["a", "b"]


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--graph", "g.json", "--picture"),
        ("assess", "e.json", "--out"),
        ("discover", "--machines", "m.csv", "--out"),
    ],
    ids=["plan", "assess", "discover"],
)
def test_a_folder_that_cannot_be_written_is_bad_input(sen, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "g.json").write_text("{}", "utf-8")
    (tmp_path / "e.json").write_text('{"made": "2026-11-22T00:00:00Z"}', "utf-8")
    (tmp_path / "m.csv").write_text("name\na\n", "utf-8")
    (tmp_path / "file").write_text("", "utf-8")

    told = sen("migrate", *words, tmp_path / "file" / "plan")

    assert told.code == 2, told.err
    assert f"{tmp_path / 'file'}" in told.err
    assert "cannot be used" in told.err


def test_a_cycle_is_bad_input(sen, tmp_path):
    path = tmp_path / "cycle.json"
    rows = [system("a", before=["b"]), system("b", before=["a"])]
    path.write_text(json.dumps(graph(rows)), "utf-8")

    answer = sen("migrate", "plan", "--graph", path)

    assert answer.code == 2
    assert "wait for each other in a circle: " in answer.err
