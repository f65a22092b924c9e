"""No object of any kind, however odd, brings a rule or a gate down."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.finding import Gate, Verdict
from policies.gates.choice import Choice, Held
from policies.gates.look import Bench
from policies.kind import split
from policies.rule import load_rules

KINDS = sorted({name for rule in load_rules() for name in rule.kinds})
CHOICE = Choice(load_rules())
BENCH = Bench(CHOICE, Gate.FILES)
# Words that rules look for, so that objects come close to what is meant.
WORDS = """
metadata spec name namespace labels annotations template containers initContainers image env value
securityContext volumes rules verbs subjects kind data stringData type ports policyTypes ingress
egress from to podSelector provisioner parameters tls hosts hard limits
"""
FIELDS = st.sampled_from(WORDS.split())
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(["*", "", "0", "v1", "10Gi", "2026-11-22", "sen.gov.vn/level"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=25,
)
METADATA = (
    st.fixed_dictionaries(
        {}, optional={"name": LEAVES, "namespace": LEAVES, "labels": JSON, "annotations": JSON}
    )
    | JSON
)


def test_rules_are_about_many_kinds():
    assert len(KINDS) >= 30


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(metadata=METADATA, rest=st.dictionaries(FIELDS, JSON, max_size=4))
def test_an_arbitrary_object_gets_a_verdict_from_every_rule(kind, metadata, rest):
    group, version, name = split(kind)
    thing = {
        **rest,
        "apiVersion": f"{group}/{version}".strip("/"),
        "kind": name,
        "metadata": metadata,
    }
    around = Held(CHOICE, complete=True)
    around.add(thing)

    judged = BENCH.judged(CHOICE.made(thing), around)

    found = list(judged.findings({rule.id: rule for rule in CHOICE.rules}))
    assert len(found) == sum(kind in rule.kinds for rule in CHOICE.rules)
    assert {each.verdict for each in found} <= set(Verdict)
    assert json.loads(json.dumps([each.record() for each in found]))
