"""Each host rule says of recorded hosts what its samples say, and never takes unread for good."""

import ast
import re

import pytest

from policies.control import controls
from policies.finding import Verdict
from policies.gates.host import answer
from policies.gates.hosts.fact import Reading, Readings, facts
from policies.gates.hosts.host import Host
from policies.gates.hosts.sample import samples_of
from policies.host_rule import load_host_rules, schema
from policies.rule import Action, load_rules
from policies.scope import LEVELS
from policies.yaml_file import HERE

LEAST_RULES = 62
LEAST_OF_EACH = 2
# They refuse one thing wherever it stands; a text without it is fine.
LOOK_FOR_ONE_THING = {
    "host-banner",
    "host-reachable",
    "host-signed-packages",
    "host-ssh-no-exceptions",
    "host-sudo-asks-password",
}
RULES = load_host_rules()
SAMPLES = [sample for rule in RULES for sample in samples_of(rule)]
by_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def test_there_are_as_many_rules_as_promised():
    assert len(RULES) >= LEAST_RULES


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda each: f"{each.rule.id}:{each.name}")
def test_every_sample_gets_its_verdict_and_a_line_that_shows_it(sample):
    given = answer(sample.rule, sample.host, sample.level)

    assert given.verdict is sample.verdict, given.evidence
    assert given.evidence
    assert "not understood" not in given.evidence or sample.name == "other-odd"


@by_rule
def test_every_rule_has_good_and_bad_samples(rule):
    verdicts = [each.verdict for each in samples_of(rule)]

    assert verdicts.count(Verdict.PASS) >= LEAST_OF_EACH
    # A host that answers at all is reachable: what that rule finds otherwise is not assessed.
    bad = Verdict.NOT_ASSESSED if rule.id == "host-reachable" else Verdict.FAIL
    assert verdicts.count(bad) >= LEAST_OF_EACH


@by_rule
def test_samples_record_what_the_rule_reads_and_nothing_else(rule):
    for sample in samples_of(rule):
        recorded = set(sample.host.readings.facts) - {"os"}
        assert recorded <= set(rule.reads), sample.name


@by_rule
def test_rules_read_facts_that_there_are(rule):
    assert set(rule.reads) <= facts().keys()


@by_rule
def test_nothing_read_is_never_taken_for_good(rule):
    blank = Host(Readings({name: Reading(missing="root") for name in rule.reads}))

    given = answer(rule, blank, 5)

    assert given.verdict is Verdict.NOT_ASSESSED
    assert given.evidence


@by_rule
def test_nonsense_is_never_taken_for_good(rule):
    odd = Host(Readings({name: Reading("\x1b[2J ::: \n=\n- -\n \\ %") for name in facts()}))

    given = answer(rule, odd, 5)

    assert given.evidence.isprintable()
    assert given.verdict is not Verdict.PASS or rule.id in LOOK_FOR_ONE_THING


@by_rule
def test_rules_name_controls_that_the_levels_they_refuse_at_are_asked_for(rule):
    known = controls()
    for level in LEVELS:
        if rule.action(level) is Action.DENY:
            assert any(level in known[each].levels for each in rule.controls), level


@by_rule
def test_words_are_written_in_both_languages(rule):
    for text in (rule.title, rule.message, rule.remedy):
        assert text.vi != text.en
    assert not rule.title.vi.isascii()
    assert not rule.message.vi.isascii()


@by_rule
def test_every_parameter_is_used(rule):
    used = set(re.findall(r'parameters\[?,? ?\(?"(\w+)"', rule.file.read_text("utf-8")))
    used |= {
        each.value
        for each in ast.walk(ast.parse(rule.file.read_text("utf-8")))
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }

    assert set(rule.parameters) <= used


def test_the_schema_for_editors_is_the_models():
    assert (HERE / "host-rule.schema.json").read_text("utf-8") == schema()


def test_ids_differ_from_those_of_other_rules():
    assert not {rule.id for rule in RULES} & {rule.id for rule in load_rules()}
