"""What is not known yet never becomes a pass, and never hides what is known."""

import copy
from collections import Counter

import pytest
from cel_expr_python import cel

from policies import load_rules
from policies.engine import Bound, Engine
from policies.finding import Gate, Verdict
from policies.gates.plan import dated, objects_of
from policies.judge import Judge
from policies.partial import UNKNOWN, functions, stopping_at_unknown
from policies.rule import Rule
from policies.sample import samples_of
from policies.subject import Subject
from tests.policies.proxies import UNKNOWN as PULUMIS_UNKNOWN
from tests.policies.proxies import props, token
from tests.policies.ten import ten

OPEN = {Verdict.UNDETERMINED}


def leaves(thing, path=()):
    if isinstance(thing, dict):
        for key, each in thing.items():
            yield (*path, key)
            yield from leaves(each, (*path, key))
    elif isinstance(thing, list):
        for index, each in enumerate(thing):
            yield (*path, index)
            yield from leaves(each, (*path, index))


def with_unknown(thing, path, marker=UNKNOWN):
    changed = copy.deepcopy(thing)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = marker
    return changed


def verdicts(thing, level=5, context=(), others=(), by=None):
    subject = Subject(thing, level, tuple(context), tuple(others))
    found = (by or ten()).findings(subject, Gate.PLAN)
    return {each.rule: each.verdict for each in found}


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
def test_verdict_in_spite_of_an_unknown_is_the_verdict_with_the_value(rule):
    """Every leaf and branch of every sample made unknown, one at a time."""
    seen, own = Counter(), Judge([rule])
    for sample in samples_of(rule.id):
        thing = dated(sample.thing)
        around = (sample.level, sample.context, sample.others, own)
        known = verdicts(thing, *around)
        for path in leaves(thing):
            if path in {("kind",), ("apiVersion",)}:
                continue
            unknown = verdicts(with_unknown(thing, path), *around)
            seen.update(unknown.values())
            for each, verdict in unknown.items():
                assert verdict in {known[each], Verdict.UNDETERMINED}, (sample.name, path, each)

    assert seen[Verdict.PASS] > 0
    assert seen[Verdict.FAIL] > 0


POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "h26-portal-staging"},
    "spec": {
        "hostNetwork": False,
        "containers": [
            {
                "name": "web",
                "image": "registry.gov.vn/demo/web@sha256:" + "9" * 64,
                "securityContext": {"runAsNonRoot": True, "privileged": True},
                "env": [{"name": "A", "value": "b"}],
            }
        ],
    },
}
QUOTA = {"spec": {"hard": {"cpu": "1", "memory": "1Gi", "pods": "1"}}}


def found_at(*path, thing=POD):
    (plain,) = objects_of(token(thing), props(with_unknown(thing, path, PULUMIS_UNKNOWN)))
    found = ten().findings(Subject(plain, 5, (QUOTA,)), Gate.PLAN)
    return {each.rule: each for each in found}


def test_unknown_beside_a_violation_does_not_soften_it():
    found = found_at("spec", "containers", 0, "env", 0, "value")

    assert found["no-privileged-container"].blocks
    assert not {each.verdict for each in found.values()} & OPEN


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (("spec", "hostNetwork"), "no-host-namespace"),
        (("spec", "containers", 0, "image"), "image-by-digest"),
        (("spec", "containers", 0, "securityContext", "privileged"), "no-privileged-container"),
    ],
)
def test_unknown_that_decides_is_named_and_advises(path, rule):
    found = found_at(*path)[rule]

    assert found.verdict is Verdict.UNDETERMINED
    assert found.unknown == (spelled(path),)
    assert not found.blocks
    assert found.reportable
    assert spelled(path) in found.line()


def spelled(path):
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")


def test_two_unknowns_that_decide_only_together_are_both_named():
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"type": UNKNOWN, "externalIPs": UNKNOWN},
    }

    found = ten().findings(Subject(service, 5), Gate.PLAN)[0]

    assert set(found.unknown) == {"spec.type", "spec.externalIPs"}


def test_unknown_in_the_quota_decides_too():
    quota = {"spec": {"hard": UNKNOWN}}

    found = ten().findings(Subject(POD, 5, (quota,)), Gate.PLAN)
    mine = next(each for each in found if each.rule == "quota-present")

    assert (mine.verdict, mine.unknown) == (Verdict.UNDETERMINED, ("spec.hard",))


def test_what_cannot_be_computed_although_all_is_known_blocks():
    found = ten().findings(Subject({**POD, "spec": {"containers": 7}}, 5, (QUOTA,)), Gate.PLAN)
    mine = next(each for each in found if each.rule == "no-privileged-container")

    assert (mine.verdict, mine.unknown, mine.blocks) == (Verdict.UNDETERMINED, (), True)


def rule_saying(expression):
    template = next(each for each in load_rules() if each.id == "no-public-service")
    return template.model_copy(update={"expression": expression, "parameters": {}, "variables": {}})


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        ("object.spec.a == 'x'", Verdict.UNDETERMINED),
        ("'x' == object.spec.a", Verdict.UNDETERMINED),
        ("object.spec.a != 'x'", Verdict.UNDETERMINED),
        ("object.spec.a in ['x']", Verdict.UNDETERMINED),
        ("'x' in object.spec.list", Verdict.UNDETERMINED),
        ("object.spec.map == {'k': 'v'}", Verdict.UNDETERMINED),
        ("'k' in object.spec.map", Verdict.PASS),
        ("'q' in object.spec.map", Verdict.FAIL),
        ("has(object.spec.a)", Verdict.UNDETERMINED),
        ("has(object.spec.b)", Verdict.FAIL),
        ("has(object.spec.map)", Verdict.PASS),
        ("size(object.spec.a) > 0", Verdict.UNDETERMINED),
        ("object.spec.a.size() > 0", Verdict.UNDETERMINED),
        ("object.spec.a.startsWith('x')", Verdict.UNDETERMINED),
        ("object.spec.a", Verdict.UNDETERMINED),
        ("object.spec.a == 'x' || true", Verdict.PASS),
        ("false && object.spec.a == 'x'", Verdict.FAIL),
        ("object.spec.list.exists(x, x == 'y')", Verdict.PASS),
        ("object.spec.list.all(x, x == 'z')", Verdict.FAIL),
        ("object.spec.list.all(x, x == 'y')", Verdict.UNDETERMINED),
        ("object.spec.known == 1 && object.spec.yes && object.spec.half == 0.5", Verdict.PASS),
        ("object.spec.nothing == null", Verdict.PASS),
        ("[object.spec.a, 'b'].size() == 2", Verdict.UNDETERMINED),
        ("{'a': object.spec.a} != {}", Verdict.UNDETERMINED),
    ],
)
def test_expression_stops_where_it_would_guess(expression, verdict):
    spec = {
        "a": UNKNOWN,
        "list": [UNKNOWN, "y"],
        "map": {"k": UNKNOWN},
        "known": 1,
        "yes": True,
        "half": 0.5,
        "nothing": None,
    }
    service = {"apiVersion": "v1", "kind": "Service", "spec": spec}

    found = Judge([rule_saying(expression)]).findings(Subject(service, 5), Gate.PLAN)

    assert found[0].verdict is verdict


def test_unknowns_that_matter_only_together_are_all_named():
    spec = {"a": UNKNOWN, "b": UNKNOWN, "c": 1}
    service = {"apiVersion": "v1", "kind": "Service", "spec": spec}
    rule = rule_saying("has(object.spec.a) && has(object.spec.b)")

    found = Judge([rule]).findings(Subject(service, 5), Gate.PLAN)[0]

    assert (found.verdict, found.unknown) == (Verdict.UNDETERMINED, ("spec.a", "spec.b"))


def test_unknown_in_the_context_alone_is_read_with_care():
    rule = rule_saying("params.spec.a == 'x'").model_copy(update={"context": "v1/ResourceQuota"})
    service = {"apiVersion": "v1", "kind": "Service"}
    quota = {"spec": {"a": UNKNOWN}}

    found = Judge([rule]).findings(Subject(service, 5, (quota,)), Gate.PLAN)[0]

    assert (found.verdict, found.unknown) == (Verdict.UNDETERMINED, ("spec.a",))


def test_rules_cannot_call_what_belongs_to_the_careful_reading():
    names = {str(each) for each in functions()}

    assert len(names) == 3
    for rule in load_rules():
        assert isinstance(rule, Rule)
        assert "sen_" not in rule.expression


def test_rewriting_keeps_what_it_does_not_know():
    environment = cel.NewEnv(variables={"x": cel.Type.DYN})
    parsed = environment.compile("x.y ? 1 : 2", disable_check=True).serialize()

    assert (
        environment.deserialize(stopping_at_unknown(parsed))
        .eval(data={"x": {"y": True}})
        .plain_value()
        == 1
    )


@pytest.mark.parametrize("expression", ["string(object.a) == 'x'", "'x' in [string(object.a)]"])
def test_unknown_turned_into_text_stays_unknown(expression):
    rule = load_rules()[0].model_copy(
        update={"expression": expression, "variables": {}, "parameters": {}, "context": None}
    )
    engine = Engine([rule])

    assert engine.holds(rule, engine.prepare(Bound({"a": UNKNOWN}, 5), careful=True)) is None
    assert engine.holds(rule, engine.prepare(Bound({"a": "x"}, 5), careful=True)) is True
