"""Files, folders, pipes: everything that can be read is judged, what cannot is told beside it."""

from __future__ import annotations

import io
import json
import os

import pytest
import yaml

from policies.finding import Gate, Place, Verdict
from policies.gates import crew
from policies.gates.choice import Choice
from policies.gates.crew import shares
from policies.gates.files import check, collect, read
from policies.gates.manifest import Document
from policies.gates.unit import Unit
from policies.rule import load_rules
from policies.sample import base
from stacks.problem import ProblemError

RULES = tuple(
    rule
    for rule in load_rules()
    if rule.id in {"no-host-namespace", "quota-present", "no-public-service", "run-as-non-root"}
)
GOOD = dict(base("pod"))
BAD = {**GOOD, "metadata": {"name": "bad"}, "spec": {**GOOD["spec"], "hostNetwork": True}}


def choice(**given) -> Choice:
    return Choice(RULES, **given)


def stream(*things) -> str:
    return yaml.safe_dump_all(things)


def verdicts(look):
    return {(each.target.name, each.rule): each.verdict for each in look.findings()}


def in_namespace(thing, namespace):
    return {**thing, "metadata": {**thing["metadata"], "namespace": namespace}}


def home(name, level):
    labels = {"sen.gov.vn/level": str(level)}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def test_a_finding_says_file_and_document(tmp_path):
    file = tmp_path / "web.yaml"
    file.write_text(stream(GOOD, BAD))

    look = check([str(file)], choice())
    (failed,) = [each for each in look.told if each.verdict is Verdict.FAIL]

    assert failed.rule == "no-host-namespace"
    assert failed.place == Place(str(file), 1)
    assert failed.record()["place"] == {"file": str(file), "document": 1}
    assert (look.gate, look.objects, len(look.rules)) == (Gate.FILES, 2, 4)
    assert {each.place for each in look.findings()} == {Place(str(file), 0), Place(str(file), 1)}


def test_folders_are_searched_and_recipes_and_hidden_folders_left_out(tmp_path):
    for name in ("a.yaml", "b/c.yml", "b/d.json", ".git/e.yaml", "f.txt", "b/kustomization.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        thing = {**GOOD, "metadata": {"name": name[-6:-5]}}
        text = json.dumps(thing) if name.endswith("json") else yaml.safe_dump(thing)
        (tmp_path / name).write_text(text)

    look = check([str(tmp_path), str(tmp_path / "a.yaml")], choice())

    found = [each.place.file.removeprefix(f"{tmp_path}/") for each in look.judged]
    assert found == ["a.yaml", "b/c.yml", "b/d.json"]
    assert look.problems == ()


def test_a_chart_among_files_is_refused_as_a_whole(tmp_path):
    (tmp_path / "web" / "templates").mkdir(parents=True)
    (tmp_path / "web" / "Chart.yaml").write_text("name: web\n")
    (tmp_path / "web" / "templates" / "a.yaml").write_text("{{ nothing }}")

    (problem,) = check([str(tmp_path)], choice()).problems

    assert problem.key == "check-file-chart"
    assert f"sen check chart {tmp_path}/web" in problem.text()


def test_what_comes_from_a_pipe_is_judged():
    look = check(["-"], choice(), pipe=io.BytesIO(stream(BAD).encode()))

    assert verdicts(look)["bad", "no-host-namespace"] is Verdict.FAIL
    assert look.judged[0].place == Place("<stdin>", 0)


def test_bad_documents_are_told_and_the_others_judged(tmp_path):
    (tmp_path / "mixed.yaml").write_text(
        f"{yaml.safe_dump(GOOD)}---\na: [\n---\nkind: Pod\n---\n{yaml.safe_dump(BAD)}"
    )
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9")
    (tmp_path / "picture.yaml").write_bytes(b"\x89PNG\0\0")
    (tmp_path / "broken.json").write_text('{"a":')

    look = check([str(tmp_path), str(tmp_path / "none.yaml")], choice())

    assert sorted(each.key for each in look.problems) == [
        "check-file-binary",
        "check-file-binary",
        "check-file-unreadable",
        "check-json-broken",
        "check-no-object",
        "check-yaml-broken",
    ]
    assert [each.place.document for each in look.judged] == [0, 3]


def test_a_device_a_folder_of_nothing_and_a_huge_file_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr("policies.gates.files.MAX_MIB", 0)
    (tmp_path / "a.yaml").write_text("a: 1")

    keys = [each.key for each in collect(["/dev/null", str(tmp_path)]).problems]

    assert keys == ["check-file-unreadable", "check-file-large"]


def test_a_pipe_that_brings_too_much_is_told(monkeypatch):
    monkeypatch.setattr("policies.gates.files.MAX_MIB", 0)

    (problem,) = collect(["-"], io.BytesIO(b"a: 1")).problems

    assert problem.key == "check-file-large"


def test_a_named_pipe_is_read_like_a_file(tmp_path):
    reading, writing = os.pipe()
    os.write(writing, stream(BAD).encode())
    os.close(writing)
    try:
        look = check([f"/dev/fd/{reading}"], choice())
    finally:
        os.close(reading)

    assert look.objects == 1


def test_one_file_that_cannot_be_read_is_a_problem(tmp_path):
    with pytest.raises(ProblemError, match="cannot be read"):
        read(tmp_path / "none.json")


def test_the_namespace_in_the_files_says_the_level():
    things = [
        home("low", 1),
        in_namespace(BAD, "low"),
        in_namespace({**BAD, "metadata": {"name": "x"}}, "other"),
    ]

    look = check(["-"], choice(default_level=3), pipe=io.BytesIO(stream(*things).encode()))

    assert {each.target.name: each.level for each in look.judged} == {"bad": 1, "x": 3}


def test_a_namespace_that_says_the_strictest_level_keeps_it():
    things = [home("high", 5), in_namespace(BAD, "high"), {**home("odd", 9), "kind": "Namespace"}]

    look = check(["-"], choice(default_level=2), pipe=io.BytesIO(stream(*things).encode()))

    assert [each.level for each in look.judged] == [5]


def test_a_fixed_level_holds_whatever_the_namespace_says():
    look = check(
        ["-"],
        choice(level=2),
        pipe=io.BytesIO(stream(home("high", 5), in_namespace(BAD, "high")).encode()),
    )

    assert [each.level for each in look.judged] == [2]


def test_objects_without_a_namespace_go_where_one_says():
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {}}
    given = choice(namespace="given")
    look = check(["-"], given, pipe=io.BytesIO(stream(BAD, service, home("given", 2)).encode()))

    assert {(each.target.namespace, each.level) for each in look.judged} == {("given", 2)}
    assert look.others == {"/Namespace": 1}


def test_neighbours_are_seen_wherever_they_stand_in_the_files():
    hard = {"cpu": "1", "memory": "1Gi", "pods": "1"}
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "q", "namespace": "near"},
        "spec": {"hard": hard},
    }
    things = [
        in_namespace(GOOD, "near"),
        in_namespace({**GOOD, "metadata": {"name": "far"}}, "m"),
        home("near", 3),
        quota,
    ]

    found = verdicts(check(["-"], choice(), pipe=io.BytesIO(stream(*things).encode())))

    assert found["web", "quota-present"] is Verdict.PASS
    assert found["far", "quota-present"] is Verdict.UNDETERMINED


def test_several_processes_find_the_same_in_the_same_order(tmp_path):
    file = tmp_path / "many.yaml"
    many = [
        {**(BAD if n % 3 else GOOD), "metadata": {"name": f"p{n}", "namespace": "near"}}
        for n in range(40)
    ]
    file.write_text(stream(*many[:20], home("near", 2), *many[20:]) + "---\na: [\n")

    alone, together = (check([str(file)], choice(), jobs=jobs) for jobs in (1, 3))

    def told(look):
        return [
            (each.target, each.rule, each.verdict, each.level, each.place)
            for each in look.findings()
        ]

    assert told(alone) == told(together)
    assert len(told(alone)) == 40 * 3
    assert alone.problems == together.problems != ()
    assert alone.others == together.others == {"/Namespace": 1}


def test_large_input_takes_all_cores_by_itself(monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(crew, "WORTH_IT", 10)
    monkeypatch.setattr(crew, "cores", lambda: 2)
    monkeypatch.setattr(crew, "_together", lambda parts, *_: seen.append(len(parts)) or [])
    (tmp_path / "a.yaml").write_text(stream(GOOD, GOOD))

    check([str(tmp_path)], choice())

    assert seen == [2]


def test_there_is_a_core_to_work_with(monkeypatch):
    assert crew.cores() >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert crew.cores() >= 1


@pytest.mark.parametrize("count", [1, 2, 5])
def test_shares_hold_every_unit_once_in_order(count):
    units = [Unit(Document("a", n, "x" * (n % 7 + 1))) for n in range(23)]

    cut = shares(units, count)

    assert [each for one in cut for each in one] == units
    assert 1 <= len(cut) <= count


def test_a_list_of_json_is_cut_into_parts(tmp_path):
    many = {
        "apiVersion": "v1",
        "kind": "List",
        "items": [{**BAD, "metadata": {"name": f"p{n}"}} for n in range(450)],
    }
    (tmp_path / "list.json").write_text(json.dumps(many))

    collected = collect([str(tmp_path)])
    look = check([str(tmp_path)], choice())

    assert [len(each.things) for each in collected.units] == [200, 200, 50]
    assert look.objects == 450
    assert {each.place for each in look.told} == {Place(str(tmp_path / "list.json"), 0)}


def test_one_bad_value_in_a_json_file_spoils_no_other():
    pipe = io.BytesIO(json.dumps(BAD).encode() + b'\n{"kind": "X"}\n' + json.dumps(GOOD).encode())

    look = check(["-"], choice(), pipe=pipe)

    assert [each.key for each in look.problems] == ["check-no-object"]
    assert look.objects == 2


def test_yaml_in_braces_is_yaml():
    look = check(
        ["-"],
        choice(),
        pipe=io.BytesIO(b"{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}"),
    )

    assert look.problems == ()
    assert look.objects == 1


def test_unknown_kinds_and_versions_are_counted_not_judged():
    things = [
        {"apiVersion": "acme.io/v9", "kind": "Thing", "metadata": {}},
        {**GOOD, "apiVersion": "v9beta1"},
    ]

    look = check(["-"], choice(), pipe=io.BytesIO(stream(*things).encode()))

    assert look.others == {"acme.io/Thing": 1}
    assert [each.target.kind for each in look.judged] == ["/Pod"]


def test_an_object_without_usable_metadata_is_still_judged():
    things = [{**BAD, "metadata": None}, {**BAD, "metadata": [1]}, {**BAD, "metadata": {"name": 7}}]

    look = check(["-"], choice(namespace="n"), pipe=io.BytesIO(stream(*things).encode()))

    assert [each.target.name for each in look.judged] == ["", "", ""]
    assert (
        sum(each.verdict is Verdict.FAIL and each.rule == "no-host-namespace" for each in look.told)
        == 3
    )
