"""The text of the policies: what shares one, what is put where, how names are kept apart."""

from __future__ import annotations

import re

import pytest

from policies.expression import REFERENCE
from policies.gates.admission import policy_objects
from policies.gates.admission_cel import LONGEST, variables
from policies.gates.admission_group import groups, part_of, parts
from policies.gates.admission_inline import put_in
from policies.kind import kinds
from policies.rule import Action, load_rules
from tests.policies.homes import rule_like

FOUND = tuple(groups(load_rules()))


def test_every_served_kind_of_every_rule_is_judged_in_its_part_and_no_other():
    judged = {
        (rule.id, kind) for group in FOUND for rule in group.rules for kind in group.kinds_of(rule)
    }
    asked = {
        (rule.id, kind)
        for rule in load_rules()
        if rule.asked_at_admission
        for kind in rule.kinds
        if kinds().kinds[kind].resources
    }

    assert judged == asked
    assert all(part_of(kind) == group.part for group in FOUND for kind in group.kinds)


def test_kind_of_no_family_belongs_to_its_api_group():
    assert part_of("v1/Pod") == "pod-spec"
    assert part_of("storage.k8s.io/v1/StorageClass") == "storage"
    assert part_of("v1/LimitRange") == "core"


@pytest.mark.parametrize("group", FOUND, ids=lambda each: each.name("sen"))
def test_variable_stands_after_those_that_it_reads(group):
    known: set[str] = set()
    for name, text in variables(group).items():
        assert set(REFERENCE.findall(text)) <= known, name
        known.add(name)


def test_rule_about_some_kinds_of_a_part_asks_for_them():
    rule = rule_like("no-public-service", matches=("v1/Service",))
    other = rule_like("no-public-service", id="more", matches=("v1/Service", "v1/LimitRange"))
    (deny, _) = groups([rule, other])

    words = " ".join(variables(deny).values())
    assert words.count('in ["v1/Service"]) ||') == 1
    assert "v1/LimitRange" not in words
    assert parts([rule, other]) == ("core",)


def test_name_that_two_families_use_differently_is_two_variables():
    rules = [
        rule_like(
            "no-public-service",
            id=f"rule-{word}",
            variables={"own": f"object.metadata.name + '{word}'"},
            expression="variables.own != '' && variables.own != 'x'",
        )
        for word in ("a", "b")
    ]
    (deny, _) = groups(rules)

    found = variables(deny)
    assert {found["rule_a__own"], found["rule_b__own"]} == {
        "object.metadata.name + 'a'",
        "object.metadata.name + 'b'",
    }


def test_family_variables_of_one_name_and_two_meanings_stay_apart(monkeypatch):
    given = {"rule-a": {"x": "object.a"}, "rule-b": {"x": "object.b", "y": "variables.x + 1"}}
    monkeypatch.setattr("policies.gates.admission_cel.shared", lambda rule: given[rule.id])
    rules = [
        rule_like(
            "no-public-service",
            id=name,
            variables={},
            parameters={},
            expression=text,
        )
        for name, text in (
            ("rule-a", "variables.x == variables.x"),
            ("rule-b", "variables.y == variables.x"),
        )
    ]
    (deny, _) = groups(rules)

    found = variables(deny)
    assert (found["x"], found["x_2"]) == ("object.a", "object.b")
    words = " ".join(found.values())
    assert "variables.x == variables.x)" in words or "variables.x == variables.x ?" in words
    assert "(variables.x_2 + 1) == variables.x_2" in words


def test_constant_is_put_in_everywhere():
    left = put_in({"p": "'a|b'", "q": "object.x.matches(variables.p)"}, "variables.q")

    assert left == {"q": "object.x.matches(('a|b'))"}


def test_what_is_read_once_is_put_in_unless_in_a_loop():
    ordered = {
        "a": "object.a",
        "b": "object.b",
        "c": "variables.a == 1",
        "l": "object.l.all(i, i == variables.b)",
    }

    left = put_in(ordered, "variables.c variables.l")

    assert left == {
        "b": "object.b",
        "c": "(object.a) == 1",
        "l": "object.l.all(i, i == variables.b)",
    }


def test_what_is_read_twice_or_dear_keeps_its_variable():
    twice = {"a": "object.a", "b": "variables.a == variables.a"}
    dear = {"a": "object.l.all(i, i.matches('x'))", "b": "[variables.a]"}

    assert put_in(twice, "variables.b") == twice
    assert put_in(dear, "variables.b") == dear


def test_every_policy_fails_closed_and_reads_the_record_or_its_context():
    objects = policy_objects()
    policies = [each for each in objects if each["kind"] == "ValidatingAdmissionPolicy"]
    bindings = [each for each in objects if each["kind"].endswith("Binding")]

    assert {each["spec"]["failurePolicy"] for each in policies} == {"Fail"}
    assert {each["spec"]["paramRef"]["parameterNotFoundAction"] for each in bindings} == {"Deny"}
    named = {each["spec"]["paramRef"].get("name", "") for each in bindings}
    assert named == {"kube-system", ""}
    assert {str(each["spec"]["validationActions"]) for each in bindings} == {
        "['Deny']",
        "['Warn', 'Audit']",
    }


def test_message_holds_in_bytes_what_is_counted_in_characters():
    """The API server counts bytes; two for a character is more than any text of ours needs."""
    texts = [str(rule.message) for rule in load_rules()]

    assert max(len(each.encode()) / len(each) for each in texts) < 2
    assert 2 * LONGEST < 5 * 1024
    assert re.search(
        str(LONGEST), policy_objects()[0]["spec"]["validations"][0]["messageExpression"]
    )


def test_action_of_a_group_is_asked_by_each_of_its_rules():
    for group in FOUND:
        for rule in group.rules:
            wanted = {group.action} | ({Action.DENY} if rule.transition else set())
            assert wanted & set(rule.levels.values())
