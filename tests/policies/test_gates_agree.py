"""Every sample gets the same verdict at plan time, from a listing, and from the API server.

Sets of broken rules are compared: a sample of one rule may break others too, and breaks them at
every gate alike. What the API server fills in by default must not change a verdict.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.finding import Finding, Gate, Verdict
from policies.gates.admission import policy_objects
from policies.gates.admission_group import groups
from policies.gates.plan import dated, objects_of
from policies.judge import judge
from policies.rule import Action
from policies.sample import samples_of
from policies.subject import Subject
from tests.policies.api_server import (
    RUN,
    Answer,
    ApiServer,
    for_our_objects_only,
    joins,
    marked,
    wait_until_none,
)
from tests.policies.homes import QUOTA, RULES, Case, case, furnish, in_odd_namespace
from tests.policies.proxies import props, token

# One worker asks: the policies of a run are installed once.
pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("gates")]

ASKED = [rule for rule in RULES.values() if rule.asked_at_admission]
SAMPLES = [sample for rule in ASKED for sample in samples_of(rule.id)]
CASES = [case(sample) for sample in SAMPLES]
ODD = in_odd_namespace(
    next(
        each
        for each in SAMPLES
        if (each.rule, each.level) == ("run-as-non-root", 5) and not each.passes
    )
)
GROUPS = {group.name(RUN): group for group in groups(ASKED)}
# The record of waivers that the policies of this run read; no other run's.
RECORD = f"{RUN}-record"
CORPUS = Path(__file__).parents[1] / "corpora" / "pod-security"
LEAST_ASKED, LEAST_PODS = 1000, 65
# Kubernetes 1.36 takes no such pod; its own Pod Security never sees it either.
REFUSED_POD, MOST_REFUSED_PODS = "`hostUsers` must be false to use `Unmasked`", 3
LEAST_BROKEN, LEAST_BYTES, MOST_BYTES = 15, 2500, 5 * 1024
WORST = """
apiVersion: v1
kind: Pod
metadata: {name: worst}
spec:
  hostNetwork: true
  hostPID: true
  shareProcessNamespace: false
  hostAliases: [{ip: 10.0.0.1, hostnames: [a]}]
  nodeName: one
  tolerations: [{operator: Exists}]
  securityContext:
    {runAsUser: 0, fsGroup: 0, supplementalGroups: [0], seccompProfile: {type: Unconfined}}
  containers:
    - name: a
      image: nginx:latest
      env: [{name: DB_PASSWORD, value: "postgres://a:bbbbbbbb@db/x"}]
      ports: [{containerPort: 80, hostPort: 80}]
      securityContext: {privileged: true, capabilities: {add: [SYS_ADMIN]}}
      volumeMounts: [{name: x, mountPath: /proc, mountPropagation: Bidirectional}]
  volumes: [{name: x, hostPath: {path: /}}, {name: y, emptyDir: {medium: Memory}}]
"""
# Samples of this name are for gates before the API server, which takes no such object.
REFUSED_BY_OTHERS = "/fail-refused-earlier"
# Marked as ours, and asked about where no quota asks for amounts, an object comes back whole.
PLAIN = f"{RUN}-plain"


@pytest.fixture(scope="module")
def server(platform: Any) -> Iterator[ApiServer]:
    server = ApiServer(str(platform.kubeconfig), platform.context)
    try:
        server.make({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": RECORD}})
        known = asked_about(server, CASES)
        in_plain = [
            replace(each, home=PLAIN, context=()) for each in known if not joins(each.thing)
        ]
        furnish(server, [*known, ODD, *in_plain])
        for thing in policy_objects(prefix=RUN, waivers=RECORD):
            server.make(for_our_objects_only(thing))
        wait_until_none(lambda: list(disagreements(server, probes(server))))
        yield server
    finally:
        server.clean()


def probes(server: ApiServer) -> list[Case]:
    """Give one refused or warned case a policy: when they are right, all policies are at work."""
    found: dict[str, Case] = {}
    for each in asked_about(server, CASES):
        expected = by_plan(each)
        for name, group in GROUPS.items():
            if name not in found and each.kind in group.kinds and expected.by(name):
                found[name] = each
    return [*found.values(), *(each for each in CASES if RULES[each.rule].context), ODD]


@dataclass(frozen=True)
class Expected:
    """What a gate finds broken, by what it asks; `unread` are rules that could not be computed."""

    broken: frozenset[Finding]
    unread: frozenset[str]

    def of(self, action: Action) -> frozenset[str]:
        return frozenset(each.rule for each in self.broken if each.action is action)

    def by(self, policy: str) -> frozenset[str]:
        """Give the broken rules that one policy looks at."""
        group = GROUPS[policy]
        return self.of(group.action) & {rule.id for rule in group.rules}


def judged(subject: Subject, gate: Gate) -> Expected:
    rules = [rule for rule in judge().rules_for(subject) if rule.asked_at_admission]
    found = judge().findings(subject, gate, rules)
    closed = {Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE}
    unread = frozenset(each.rule for each in found if each.verdict not in closed)
    return Expected(frozenset(each for each in found if each.verdict is Verdict.FAIL), unread)


def by_plan(one: Case) -> Expected:
    """Judge a case as the plan shows it, once however often it is asked."""
    key = (one.name, one.home)
    if key not in PLANNED:
        (thing,) = objects_of(token(one.thing), props(one.thing))
        PLANNED[key] = judged(replace(one.subject, thing=dated(thing)), Gate.PLAN)
    return PLANNED[key]


PLANNED: dict[tuple[str, str], Expected] = {}


def by_listing(one: Case, kept: Answer) -> Expected:
    listed = {**kept.body, "metadata": {**kept.body["metadata"], "namespace": one.home}}
    return judged(replace(one.subject, thing=listed), Gate.LIVE)


def asked_about(server: ApiServer, cases: list[Case]) -> list[Case]:
    """Leave out what this API server does not serve: extensions that are not installed."""
    served = server.served()
    return [each for each in cases if each.kind in served]


def disagreements(server: ApiServer, cases: list[Case]) -> Iterator[str]:
    for one in cases:
        answer, expected = server.ask(one.thing, one.home), by_plan(one)
        if expected.unread:
            yield f"{one.name}: cannot be computed: {sorted(expected.unread)}"
        elif REFUSED_BY_OTHERS in one.name:
            if not answer.invalid:
                yield f"{one.name}: its name says that the API server refuses it, and it does not"
        elif answer.invalid:
            yield f"{one.name}: no whole object: {answer.message}"
        elif not answer.refused_earlier and not agrees(answer, expected):
            plan = f"deny {set(expected.of(Action.DENY))}, warn {set(expected.of(Action.WARN))}"
            said = f"deny {set(answer.refused_by)}, warn {set(answer.warned_by)}"
            yield f"{one.name}: plan: {plan}; admission: {said} {answer.status} {answer.message}"


def agrees(answer: Answer, expected: Expected) -> bool:
    """Compare the rules that refuse and those that warn; of several policies, one says why."""
    if answer.warned_by != expected.of(Action.WARN):
        return False
    refused = expected.by(answer.policy) if answer.refused else frozenset[str]()
    return answer.refused_by == refused and answer.refused == bool(expected.of(Action.DENY))


def test_every_sample_gets_the_same_verdict_from_plan_and_admission(server, record_property):
    asked = asked_about(server, CASES)
    left = Counter(each.kind for each in CASES if each not in asked)

    wrong = list(disagreements(server, asked))

    counted = f"{len(asked)} samples asked, {left.total()} of kinds not served here: {dict(left)}"
    record_property("samples", counted)
    sys.stderr.write(f"{counted}\n")
    assert wrong == []
    assert len(asked) >= LEAST_ASKED
    assert {each.rule for each in asked} >= {r.id for r in ASKED if set(r.kinds) <= server.served()}


def test_every_sample_gets_the_same_verdict_from_a_listing(server):
    """The object as the server would keep it, defaults filled in, is judged like the plan's."""
    unmarked = [
        replace(each, thing={**each.thing, "metadata": _unmarked(each.thing)})
        for each in asked_about(server, CASES)
        if not joins(each.thing)
    ]
    wrong, kept = [], 0

    for one in unmarked:
        home = PLAIN if one.context else one.home
        thing = one.thing
        if "namespace" in thing["metadata"]:
            thing = {**thing, "metadata": {**thing["metadata"], "namespace": PLAIN}}
        answer = server.ask(thing, home)
        if answer.status == 201:
            kept += 1
            here, there = by_plan(one).broken, by_listing(one, answer).broken
            if {each.rule for each in here} != {each.rule for each in there}:
                wrong.append(f"{one.name}: {named(here)} planned, {named(there)} listed")

    assert wrong == []
    assert kept >= LEAST_ASKED - 50


def named(found: frozenset[Finding]) -> list[str]:
    return sorted(each.rule for each in found)


def _unmarked(thing: Any) -> dict[str, Any]:
    labels = {k: v for k, v in thing["metadata"]["labels"].items() if k != "sen.gov.vn/test"}
    return {**thing["metadata"], "labels": labels}


def corpus() -> list[Case]:
    """Give the labelled pods as cases of level 5."""
    found = []
    for path in sorted(CORPUS.rglob("*.yaml")):
        pod = yaml.safe_load(path.read_text("utf-8"))
        # Some names are those of files, which no pod may bear.
        named_ = {"name": pod["metadata"]["name"].replace("_", "-"), "namespace": f"{RUN}-5"}
        thing = marked({**pod, "metadata": {**pod["metadata"], **named_}})
        name = f"corpus/{path.relative_to(CORPUS)}"
        found.append(Case(name, "", thing, f"{RUN}-5", 5, (QUOTA,)))
    return found


def test_every_pod_of_the_labelled_corpus_gets_the_same_verdict(server):
    pods = corpus()
    taken = [each for each in pods if REFUSED_POD not in server.ask(each.thing, each.home).message]

    wrong = list(disagreements(server, taken))

    assert wrong == []
    assert len(pods) - len(taken) <= MOST_REFUSED_PODS
    assert len(taken) >= LEAST_PODS


def test_every_rule_is_one_that_the_api_server_compiles(server):
    """Alone, so that the message names the rule; in its policy all rules of a part would fail."""
    wrong = []
    for rule in ASKED:
        for policy in policy_objects([rule], f"{RUN}-one"):
            if not policy["kind"].endswith("Binding"):
                answer = server.ask(policy, "")
                if answer.status != 201:
                    wrong.append(f"{rule.id}: {answer.message}")

    assert wrong == []


def test_namespace_without_a_known_level_is_held_to_the_strictest(server):
    assert "run-as-non-root" in server.ask(ODD.thing, ODD.home).refused_by


def test_so_many_broken_rules_are_all_named_within_what_a_message_holds(server):
    """The API server drops a longer message, and then nobody would know what to mend."""
    one = next(each for each in CASES if each.kind == "v1/Pod" and each.level == 5)
    pod = yaml.safe_load(WORST)
    thing = marked({**pod, "metadata": {**pod["metadata"], "namespace": one.home}})
    worst = replace(one, name="worst", rule="run-as-non-root", thing=thing, context=(QUOTA,))

    answer, expected = server.ask(thing, worst.home), by_plan(worst)

    assert len(expected.of(Action.DENY)) >= LEAST_BROKEN
    assert answer.refused_by == expected.of(Action.DENY)
    assert answer.warned_by == expected.of(Action.WARN)
    assert MOST_BYTES > len(answer.message.encode()) > LEAST_BYTES
