"""Text from strangers becomes objects as Kubernetes would read them, or is refused by line."""

from __future__ import annotations

import json
import math
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policies.gates.manifest import MAX_DEPTH, MAX_SCALAR, Document, documents, value
from policies.gates.objects import objects_in, of_json, opened
from policies.gates.scalar import key, plain
from stacks.problem import Language, ProblemError

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | WORDS
DATA = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4)
)


def read(text: str):
    return [value(each) for each in documents("a.yaml", text)]


def refused(text: str) -> str:
    with pytest.raises(ProblemError) as raised:
        read(text)
    (problem,) = raised.value.problems
    assert problem.text(Language.VI) != problem.text(Language.EN)
    return f"{problem.key} {problem.thing}"


@given(DATA)
def test_what_was_written_as_yaml_is_read_back(data):
    assert read(yaml.safe_dump(data, allow_unicode=True, default_style='"')) == [data]


@given(DATA)
def test_what_was_written_as_json_is_read_back_by_both_readers(data):
    text = json.dumps(data, ensure_ascii=False)

    assert [each for _, each in of_json("a.json", text)] == [data]
    assert [value(Document("a.yaml", 0, text))] == [data]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("yes", True),
        ("Off", False),
        ("on", True),
        ("n", False),
        ("~", None),
        ("0755", 493),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b101", 5),
        ("1_000", 1000),
        ("-7", -7),
        ("+5", 5),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        ("08", 8.0),
        ("22:22", "22:22"),
        ("2026-11-22", "2026-11-22"),
        ("1.2.3", "1.2.3"),
        ("100m", "100m"),
        ("0x", "0x"),
        ("-", "-"),
        (".inf", ".inf"),
        ("1" * 41, "1" * 41),
        ("18446744073709551616", 2.0**64),
    ],
)
def test_a_plain_word_means_what_it_means_to_kubernetes(word, meant):
    found = plain(word)

    assert found == meant
    assert type(found) is type(meant)
    assert not isinstance(found, float) or math.isfinite(found)


def test_words_that_are_keys_stay_words():
    assert [key(each) for each in ("on", "no", "1", "~", "data")] == [
        "true",
        "false",
        "1",
        "~",
        "data",
    ]


def test_quoted_words_are_text_and_tags_of_the_core_are_read():
    assert read("a: 'yes'\nb: !!str 1\nc: !!int '7'\nd: ! 9\ne: \"on\"") == [
        {"a": "yes", "b": "1", "c": 7, "d": "9", "e": "on"}
    ]


def test_a_stream_is_cut_at_its_marks_and_numbered():
    text = (
        "# head\n---\na: 1\n--- {b: 2}\n---\n# nothing\n---\nc: |\n  ---\n  text\n...\nd: 4\n...\n"
    )
    cut = list(documents("a.yaml", text))

    assert [(each.number, each.line) for each in cut] == [(0, 1), (1, 3), (2, 4), (3, 6), (4, 10)]
    assert read(text) == [{"a": 1}, {"b": 2}, None, {"c": "---\ntext\n"}, {"d": 4}]


def test_windows_line_ends_and_directives_are_read():
    assert read("%YAML 1.1\r\n---\r\na: 1\r\n---\r\nb: [x,\r\n z]\r\n") == [
        {"a": 1},
        {"b": ["x", "z"]},
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_a_text_without_content_has_no_document(text):
    assert list(documents("a.yaml", text)) == []


def test_anchors_aliases_and_merges_are_followed():
    text = "x: &x {a: 1, b: 2}\nv: {<<: *x, b: 3}\nz: {b: 4, <<: [*x, {c: 5}]}\nw: [*x]\n&k key: *k"

    assert read(text) == [
        {
            "x": {"a": 1, "b": 2},
            "v": {"a": 1, "b": 3},
            "z": {"a": 1, "b": 4, "c": 5},
            "w": [{"a": 1, "b": 2}],
            "key": "key",
        }
    ]
    assert read("a: &a name\nb: {*a : 1}") == [{"a": "name", "b": {"name": 1}}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: [", "check-yaml-broken a.yaml:3 (document 0)"),
        ("a: 1\n---\nb: {", "check-yaml-broken a.yaml:4 (document 1)"),
        ("a: \x01", "check-yaml-broken a.yaml:1 (document 0)"),
        ("a: 1\nb: 2\na: 3", "check-yaml-key-twice a.yaml:3 (document 0)"),
        ("\n\na: &a [*a]", "check-yaml-cycle a.yaml:3 (document 0)"),
        ("a: *b", "check-yaml-anchor a.yaml:1 (document 0)"),
        ("a: !!binary aGk=", "check-yaml-tag a.yaml:1 (document 0)"),
        ("a: !mine {b: 1}", "check-yaml-tag a.yaml:1 (document 0)"),
        ("a: !!python/object:os.system x", "check-yaml-tag a.yaml:1 (document 0)"),
        ("? [a]\n: 1", "check-yaml-key a.yaml:1 (document 0)"),
        ("a: &a [1]\nb: {*a : 1}", "check-yaml-key a.yaml:2 (document 0)"),
        ("a: {<<: 1}", "check-yaml-key a.yaml:1 (document 0)"),
        ("[" * 5000, "check-yaml-deep a.yaml:1 (document 0)"),
        ("a: " + "x" * (MAX_SCALAR + 1), "check-yaml-scalar a.yaml:1 (document 0)"),
    ],
)
def test_what_kubernetes_would_not_read_is_refused_by_line(text, said):
    assert refused(text) == said


def test_nesting_up_to_the_limit_is_read():
    (found,) = read("[" * MAX_DEPTH + "]" * MAX_DEPTH)

    assert str(found) == "[" * MAX_DEPTH + "]" * MAX_DEPTH


def test_an_alias_bomb_is_refused_before_it_grows():
    lines = ["a: &a [x,x,x,x,x,x,x,x,x,x]"]
    for one, two in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{two}: &{two} [{','.join([f'*{one}'] * 10)}]")

    assert refused("\n".join(lines)).startswith("check-yaml-bomb")


@pytest.mark.parametrize(
    ("text", "key_said"),
    [
        ("[" * 100_000, "check-yaml-deep"),
        ("[" * 150 + "]" * 150, "check-yaml-deep"),
        ('{"a": NaN}', "check-json-broken"),
        ('{"a": 1e400, "b": ' + "9" * 40 + "}", "check-json-broken"),
        ('{"a": "\\ud800"}', "check-json-broken"),
        ('{"a": 1, "a": 2}', "check-yaml-key-twice"),
        ('{"a": 1', "check-json-broken"),
        ('{"a": 1}\n{"b": }', "check-json-broken"),
        ('"' + "x" * (MAX_SCALAR + 1) + '"', "check-yaml-scalar"),
    ],
)
def test_json_that_no_api_server_would_take_is_refused(text, key_said):
    with pytest.raises(ProblemError) as raised:
        list(of_json("a.json", text))

    assert [each.key for each in raised.value.problems] == [key_said]


def test_json_values_that_follow_each_other_are_numbered_and_placed():
    found = list(of_json("a.json", '\ufeff{"a": 1}\n\n[2]'))

    assert [(each.number, each.line, read) for each, read in found] == [
        (0, 0, {"a": 1}),
        (1, 2, [2]),
    ]


def test_lists_are_opened_however_deep():
    inner = {"apiVersion": "v1", "kind": "PodList", "items": [{"metadata": {"name": "b"}}]}
    whole = {"apiVersion": "v1", "kind": "List", "items": [POD, inner]}

    found = objects_in(Document("a.yaml", 0, json.dumps([whole, POD])))

    assert [each["metadata"]["name"] for each in found] == ["a", "b", "a"]
    assert {each["kind"] for each in found} == {"Pod"}


def test_a_kind_that_only_ends_like_a_list_is_an_object():
    thing = {"apiVersion": "acme/v1", "kind": "AllowList", "spec": {}}

    assert list(opened(Document("a", 0, ""), thing)) == [thing]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("just words", "no mapping"),
        ("7", "no mapping"),
        ("a: 1", "no kind"),
        ("kind: Pod", "no apiVersion"),
        ("apiVersion: v1", "no kind"),
        ("{apiVersion: v1, kind: 5}", "no kind"),
        ("{apiVersion: 1, kind: Pod}", "no apiVersion"),
        ("{apiVersion: v1, kind: List, items: [7]}", "no mapping"),
        ("{apiVersion: v1, kind: ''}", "no kind"),
    ],
)
def test_a_document_that_is_no_object_is_refused(text, reason):
    with pytest.raises(ProblemError, match=f"no Kubernetes object: {reason}"):
        objects_in(Document("a.yaml", 3, text))


@given(st.text(max_size=60))
def test_no_text_at_all_breaks_the_reader(text):
    for each in documents("a.yaml", text):
        with suppress(ProblemError):
            assert all(isinstance(one, dict) for one in objects_in(each))
