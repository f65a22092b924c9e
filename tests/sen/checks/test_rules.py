"""A rule that is wrong is told by file and place in its text; a sample that lies, by name."""

from __future__ import annotations

import pytest
import yaml

from policies import sample
from policies.rule import RULES
from policies.yaml_file import read
from sen.checks import rules
from stacks.problem import ProblemError

NAME = "no-host-path"
GOOD = read(RULES / NAME / "rule.yaml")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sample, "RULES", tmp_path)
    (tmp_path / NAME).mkdir()
    for each in (RULES / NAME).iterdir():
        (tmp_path / NAME / each.name).write_text(each.read_text("utf-8"))
    return tmp_path


def problems(folder, **change):
    (folder / NAME / "rule.yaml").write_text(yaml.safe_dump({**GOOD, **change}))
    (checked,) = rules.check((), folder)
    assert checked.row()["state"] == ("wrong" if checked.problems else "ok")
    return {each.key: each.text() for each in checked.problems}


def test_a_rule_that_is_right_has_no_problem(folder):
    assert problems(folder) == {}


def test_cel_that_does_not_compile_is_told_with_line_and_caret(folder):
    said = problems(folder, expression="object.a\n  == == 2")["policy-bad-rule"]

    assert "no-host-path/rule.yaml: expression" in said
    assert ":2:6" in said
    assert "^" in said


def test_a_variable_that_does_not_compile_is_named(folder):
    said = problems(folder, variables={"odd": "object.("})["policy-bad-rule"]

    assert "rule.yaml: variables.odd" in said


def test_an_unknown_variable_and_an_unknown_control_are_told(folder):
    assert "policy-bad-rule" in problems(folder, expression="variables.nothing")
    assert "TCVN14423/XX-99" in problems(folder, controls=["TCVN14423/XX-99"])["check-rule-control"]


def test_samples_that_contradict_the_rule_are_told_by_name(folder):
    said = problems(folder, expression="true")["check-rule-sample"]

    assert "should give fail, but the rule says pass" in said


def test_too_few_samples_are_told(folder):
    for each in (folder / NAME).glob("*"):
        if each.name != "rule.yaml":
            each.unlink()

    assert "needs 4 of each" in problems(folder)["check-rule-samples"]


def test_a_file_that_is_no_rule_and_samples_that_are_none_are_told(folder):
    (folder / NAME / "samples.yaml").write_text("pass: 7")
    assert "policy-bad-sample" in problems(folder)
    assert "policy-bad-rule" in problems(folder, severity="huge")


def test_rules_that_are_not_there_are_told(tmp_path):
    with pytest.raises(ProblemError, match="there is no such rule"):
        rules.check(("none",), tmp_path)


def test_every_rule_of_ours_is_right():
    found = rules.check()

    assert [each.text() for one in found for each in one.problems] == []
    assert len(found) > 120
