"""The good objects that samples differ from break no rule at all."""

import pytest

from policies.finding import Gate, Verdict
from policies.gates.plan import dated
from policies.judge import judge
from policies.sample import BASES, base
from policies.subject import Subject

NAMES = sorted(path.stem for path in BASES.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_base_breaks_no_rule_that_looks_at_it_alone(name):
    subject = Subject(dated(base(name)), 5)
    rules = [rule for rule in judge().rules_for(subject) if rule.context is None and not rule.among]

    found = judge().findings(subject, Gate.PLAN, rules)

    assert [each.rule for each in found if each.verdict is not Verdict.PASS] == []
    assert found
