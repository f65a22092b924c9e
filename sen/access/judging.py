"""Our own rules about what is about to be made, so that the refusal names its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policies.finding import Finding, Gate, Verdict
from policies.gates.plan import dated
from policies.judge import judge
from policies.rule import Action
from policies.surroundings import Surroundings
from sen.errors import RefusedError
from stacks.problem import Language, Problem, language


def hold_to_rules(thing: Mapping[str, Any], home: Mapping[str, Any] | None = None) -> int:
    """Judge an object in its namespace and give how many rules looked at it.

    Raises:
        RefusedError: Admission would refuse it.
    """
    around = Surroundings([] if home is None else [home])
    subject = around.subject(dated(thing))
    rules = judge().rules_for(subject)
    found = [
        each
        for rule in rules
        for each in judge().findings(around.for_rule(rule, subject), Gate.PLAN, [rule])
    ]
    refused = [each for each in found if each.verdict is Verdict.FAIL]
    problems = [_problem(each) for each in refused if each.action is Action.DENY]
    if problems:
        raise RefusedError(*problems)
    return len(found)


def _problem(found: Finding) -> Problem:
    vietnamese = language() is Language.VI
    words = {
        "rule": found.rule,
        "message": found.message.vi if vietnamese else found.message.en,
        "remedy": found.remedy.vi if vietnamese else found.remedy.en,
    }
    return Problem("access-rule", str(found.target), words)
