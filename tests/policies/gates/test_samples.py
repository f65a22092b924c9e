"""Every sample gets from files the verdict that the judge gives it directly."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import yaml

from policies.finding import Gate, Verdict
from policies.gates.choice import Choice
from policies.gates.cluster import served
from policies.gates.files import check
from policies.gates.live import check as live
from policies.gates.plan import dated
from policies.judge import Judge
from policies.rule import load_rules
from policies.sample import samples_of
from policies.yaml_file import _loader
from tests.policies.gates.fake_cluster import FakeCluster
from tests.policies.gates.stream import cannot_be_seen, streams

RULES = {rule.id: rule for rule in load_rules()}

SERVED = {name: rule for name, rule in RULES.items() if all(map(served, rule.kinds))}


def by_files(rule, level, documents):
    text = yaml.dump_all(documents, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper))
    assert list(yaml.load_all(text, Loader=_loader())) == documents
    look = check(["-"], Choice((rule,), level=level), pipe=io.BytesIO(text.encode()))
    assert look.problems == ()
    return {each.place.document: each.verdict for each in look.findings()}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_sample_in_a_stream_gets_the_verdict_it_has(rule):
    judge = Judge([rule])
    wrong, looked_at = [], 0
    for level, samples, documents in streams(rule):
        found = by_files(rule, level, documents)
        for sample, number in samples:
            looked_at += 1
            subject = replace(sample.subject, thing=dated(sample.thing))
            (direct,) = judge.findings(subject, Gate.FILES, [rule])
            if cannot_be_seen(rule, sample):
                assert found[number] is Verdict.UNDETERMINED
            elif found[number] is not direct.verdict:
                wrong.append(f"{sample.name}: {found[number]}, directly {direct.verdict}")

    assert wrong == []
    assert looked_at == len(samples_of(rule.id)) >= 8


def by_live(rule, level, documents):
    """Give the verdicts of a cluster that has the documents' objects, by the object."""
    lists = {served(name).path(): [] for name in ("v1/Namespace", *rule.kinds) if served(name)}
    for each in documents:
        version = each["apiVersion"]
        asked = served(f"{version}/{each['kind']}")
        lists.setdefault(asked.path(), []).append({**dated(each)})
    look = live(FakeCluster(lists), Choice((rule,), level=level))
    return {name_of(each.target): each.verdict for each in look.findings()}


def name_of(target):
    return target.kind, target.namespace, target.name


@pytest.mark.parametrize("rule", SERVED.values(), ids=SERVED)
def test_a_sample_in_a_cluster_gets_the_verdict_it_has(rule):
    judge = Judge([rule])
    wrong, looked_at = [], 0
    for level, samples, documents in streams(rule):
        found = by_live(rule, level, documents)
        for sample, number in samples:
            looked_at += 1
            subject = replace(sample.subject, thing=dated(documents[number]))
            (direct,) = judge.findings(subject, Gate.LIVE, [rule])
            if found[name_of(direct.target)] is not direct.verdict:
                wrong.append(f"{sample.name}: {found[name_of(direct.target)]}, {direct.verdict}")

    assert wrong == []
    assert looked_at == len(samples_of(rule.id)) >= 8


def test_verdicts_of_samples_are_pass_and_fail():
    assert len(SERVED) >= len(RULES) / 2
    assert {Verdict.PASS, Verdict.FAIL} == {
        each
        for rule in list(RULES.values())[:5]
        for level, _, documents in streams(rule)
        for each in by_files(rule, level, documents).values()
        if each in {Verdict.PASS, Verdict.FAIL}
    }
