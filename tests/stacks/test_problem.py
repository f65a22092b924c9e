"""One catalogue of messages: whole in both languages, all of it used, no key used without it."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from sen.paths import PROJECT
from stacks import problem
from stacks.problem import Language, Problem, ProblemError, both, half, language, messages

PACKAGES = ("sen", "stacks", "policies", "playbooks")
SOURCES = [file for package in PACKAGES for file in (PROJECT / package).rglob("*.py")]
LOCALE = ("SEN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
# Calls whose argument of this index is the key of a message.
KEYED = {"Problem": 0, "breach": 0, "refusal": 0, "_known": 1}
LEAST_CALLS, LEAST_FILLED = 60, 30


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for file in SOURCES:
        yield file, ast.parse(file.read_text("utf-8"))


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def keyed_calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Give the calls that name a message by a literal."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and len(call.args) > KEYED.get(name_of(call), 99):
            key = call.args[KEYED[name_of(call)]]
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield call, key.value


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    yield from (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))


def values_of(call: ast.Call, function: ast.FunctionDef) -> set[str] | None:
    """Give the names that a call of Problem fills, or None where the source does not say."""
    if len(call.args) < 3:
        return set()
    given = call.args[2]
    if isinstance(given, ast.Name):
        assigned = [
            each.value
            for each in ast.walk(function)
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == given.id
        ]
        given = assigned[0] if len(assigned) == 1 else given
    if isinstance(given, ast.Dict) and all(isinstance(each, ast.Constant) for each in given.keys):
        return {each.value for each in given.keys}
    return None


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_every_message_is_whole_in_both_languages():
    catalogue = messages()

    assert len(catalogue) >= 100
    for key, message in catalogue.items():
        assert set(message) == set(Language), key
        assert {part for each in message.values() for part in each} == {"rule", "remedy"}, key
        assert all(text.strip() for each in message.values() for text in each.values()), key


@pytest.mark.parametrize("part", ["rule", "remedy"])
def test_both_languages_fill_the_same_places(part):
    """A remedy may say in one language what the rule says in the other, but not drop it."""
    differing = {
        key: (en, vi)
        for key, message in messages().items()
        if (en := placeholders(message["en"][part])) != (vi := placeholders(message["vi"][part]))
    }

    assert differing == {}


def test_vietnamese_is_written_with_its_diacritics():
    plain = [
        key
        for key, message in messages().items()
        for part in ("rule", "remedy")
        if message["vi"][part].isascii()
    ]

    assert plain == []


def test_no_language_repeats_the_other():
    same = [key for key, each in messages().items() if each["vi"]["rule"] == each["en"]["rule"]]

    assert same == []


def test_every_key_in_the_code_is_in_the_catalogue():
    used = [(file.name, key) for file, tree in trees() for _, key in keyed_calls(tree)]

    assert len(used) >= LEAST_CALLS
    assert [each for each in used if each[1] not in messages()] == []


def test_every_key_of_the_catalogue_is_used():
    """Also keys that travel: in a table, or as the type of a pydantic error."""
    words = {
        each.value
        for _, tree in trees()
        for each in ast.walk(tree)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }

    assert sorted(messages().keys() - words) == []


def test_callers_fill_every_place():
    checked = 0
    for file, tree in trees():
        for function in functions(tree):
            for call, key in keyed_calls(function):
                filled = values_of(call, function) if name_of(call) == "Problem" else None
                if filled is not None:
                    checked += 1
                    asked = {
                        field
                        for part in messages()[key].values()
                        for text in part.values()
                        for field in placeholders(text)
                    }
                    assert asked <= filled | {"thing"}, f"{file.name}: {key}"
    assert checked >= LEAST_FILLED


def test_a_text_names_thing_rule_and_remedy():
    one = Problem("stack-foreign-request", "h29-portal", {"owner": "H29", "agency": "H26"})

    thing, _, rest = one.text(Language.EN).partition(": ")
    rule, _, remedy = rest.partition("; ")
    assert thing == "h29-portal"
    assert rule == "belongs to H29, but this stack builds the tenants of H26 only"
    assert remedy == "move the request to the folder of H29, or correct its agency"
    assert one.text(Language.VI).startswith("h29-portal: thuộc H29, nhưng")


def test_an_error_lists_every_problem_in_the_readers_language(monkeypatch):
    monkeypatch.setenv("SEN_LANG", "vi")
    error = ProblemError(Problem("tenant-unknown", "a"), Problem("tenant-unknown", "b"))

    assert [line[:8] for line in str(error).splitlines()] == ["a: không", "b: không"]
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, Language.EN),
        ({"LANG": "vi_VN.UTF-8"}, Language.VI),
        ({"LANG": "C.UTF-8"}, Language.EN),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "vi_VN.UTF-8"}, Language.EN),
        ({"LC_MESSAGES": "vi_VN", "LANG": "en_US"}, Language.VI),
        ({"SEN_LANG": "VI", "LC_ALL": "en_US.UTF-8"}, Language.VI),
        ({"SEN_LANG": "", "LANG": "vi"}, Language.VI),
    ],
)
def test_the_readers_language(monkeypatch, given, wanted):
    for name in LOCALE:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    assert language() is wanted


def test_a_key_in_two_files_is_refused(monkeypatch, tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("a-key: {en: {}, vi: {}}\n")
    monkeypatch.setattr(problem.resources, "files", lambda _: tmp_path)

    with pytest.raises(ValueError, match=r"\['a-key'\] stand in another file too"):
        messages.__wrapped__()


def test_what_everybody_reads_is_there_in_both_languages_and_each_reads_their_half():
    one, two = Problem("move-not-filled", "w1/kho"), Problem("backup-empty", "kho:/a / b")

    text = both(one, two)

    for lang in Language:
        assert half(text, lang) == f"{one.text(lang)}; {two.text(lang)}"
    assert one.both() == f"{one.text(Language.VI)} / {one.text(Language.EN)}"


@pytest.mark.parametrize("text", ["", "one language", "a / b / c"])
def test_what_has_no_two_halves_is_read_whole(text):
    assert {half(text, lang) for lang in Language} == {text}
