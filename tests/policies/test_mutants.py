"""Every part of every rule matters to a sample."""

import pytest

from policies import load_rules
from policies.sample import samples_of
from tests.policies.mutant import verdicts, weakened

BY_ID = {rule.id: rule for rule in load_rules()}


@pytest.mark.parametrize("rule", BY_ID.values(), ids=BY_ID)
def test_negated_rule_is_caught_by_its_samples(rule):
    negated = rule.model_copy(update={"expression": f"!({rule.expression})"})

    found = verdicts(negated, samples_of(rule.id))

    assert found != verdicts(rule, samples_of(rule.id))


@pytest.mark.parametrize("rule", BY_ID.values(), ids=BY_ID)
def test_every_part_of_a_rule_matters_to_a_sample(rule):
    samples = samples_of(rule.id)
    right = verdicts(rule, samples)

    survivors = [label for label, mutant in weakened(rule) if verdicts(mutant, samples) == right]

    assert survivors == []
