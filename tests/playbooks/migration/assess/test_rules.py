"""Every rule by its samples; strategies by what the rules add up to."""

from __future__ import annotations

import pytest

from playbooks.migration.assess.question import questions
from playbooks.migration.assess.rule import Condition, Strategy, chosen, points, rules, weights
from playbooks.migration.assess.view import View

ADDS = {each.value for each in Strategy} | {"effort", "risk"}
SAMPLES = [(rule, at, True) for rule in rules() for at in range(len(rule.pass_))]
SAMPLES += [(rule, at, False) for rule in rules() for at in range(len(rule.fail))]
LEAST_RULES = 25


def facts(**given):
    return View.model_validate({"hosts": 1, **given})


@pytest.mark.parametrize(
    ("rule", "at", "holds"),
    SAMPLES,
    ids=[f"{r.id}-{'pass' if h else 'fail'}-{a}" for r, a, h in SAMPLES],
)
def test_a_rule_holds_for_its_good_samples_only(rule, at, holds):
    sample = dict((rule.pass_ if holds else rule.fail)[at])

    assert rule.holds(facts(**sample)) is holds


def test_rules_are_told_apart_and_add_what_is_known():
    assert len({each.id for each in rules()}) == len(rules()) >= LEAST_RULES
    assert {key for each in rules() for key in each.adds} <= ADDS
    assert all(not each.vi.isascii() and each.en for each in rules())


def test_what_rules_ask_is_a_fact_or_a_question():
    asked = {name for each in (*rules(), *questions()) for name in each.when}
    answers = {f"answer.{each.id}" for each in questions()}

    assert asked <= set(View.model_fields) | answers


def test_a_fact_that_nobody_knows_fulfils_nothing():
    for condition in ({"at_most": 0}, {"at_least": 0}, {"is": 0}, {"has_any": ["a"]}):
        assert not Condition.model_validate(condition).holds(None)


def test_a_text_is_in_no_range():
    assert not Condition(at_least=0).holds("many")


@pytest.mark.parametrize(
    ("given", "strategy"),
    [
        ({"samples": 3}, Strategy.RETIRE),
        ({"samples": 3, "answers": {"still_needed": "yes"}, "own_jobs": 1}, Strategy.REHOST),
        ({"samples": 3, "callers": 2, "own_units": 1}, Strategy.REHOST),
        ({"sites": 1, "runtimes": ["php"], "engines": ["mariadb"]}, Strategy.REPLATFORM),
        ({"engines": ["postgresql"], "answers": {"may_move": "no"}}, Strategy.RETAIN),
        ({"engines": ["mariadb"], "answers": {"service_exists": "yes"}}, Strategy.REPURCHASE),
        (
            {"sites": 1, "runtimes": ["php"], "answers": {"rewrite_planned": "yes"}},
            Strategy.REBUILD,
        ),
        ({"silent_hosts": 1, "owner_known": True}, Strategy.REHOST),
        ({"licences": ["mssql"], "callers": 1}, Strategy.REHOST),
    ],
)
def test_facts_lead_to_a_strategy(given, strategy):
    held = tuple(each for each in rules() if each.holds(facts(**given)))

    assert chosen(weights(held)) is strategy


def test_among_equals_the_one_that_changes_less_is_chosen():
    assert chosen(dict.fromkeys(Strategy, 7)) is Strategy.RETAIN


def test_effort_and_risk_are_added_up():
    held = tuple(each for each in rules() if each.id in {"old-characters", "every-move"})

    assert (points(held, "effort"), points(held, "risk")) == (6, 15)
