"""A host rule that is wrong in one place contradicts at least one of its samples."""

import pytest

from policies.gates import host
from policies.gates.hosts.sample import samples_of
from policies.host_rule import load_host_rules
from tests.policies.host_mutant import mutants


@pytest.mark.parametrize("rule", load_host_rules(), ids=lambda rule: rule.id)
def test_no_wrong_host_rule_passes_its_samples(rule, monkeypatch):
    samples = samples_of(rule)
    right = outcomes(rule, samples)
    assert [verdict for verdict, _ in right] == [each.verdict for each in samples]
    survivors = []
    for mutant in mutants(rule.file.read_text("utf-8")):
        monkeypatch.setattr(host, "check_of", lambda _, check=mutant.check: check)
        if outcomes(rule, samples) == right:
            survivors.append(mutant.what)

    assert survivors == []


def outcomes(rule, samples):
    """Give each verdict, and whether the check tripped over what the host said."""
    given = [host.answer(rule, each.host, each.level) for each in samples]
    return [(each.verdict, "not understood" in each.evidence) for each in given]
