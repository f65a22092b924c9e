"""Plans on paper: previews and states of the real Pulumi, with what they leave unknown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policies.finding import Gate, Verdict
from policies.gates.choice import Choice
from policies.gates.saved_plan import COMPUTED, SECRET, check, concealed, resources, revealed
from policies.partial import UNKNOWN
from policies.rule import load_rules
from policies.sample import base
from stacks.problem import ProblemError

DATA = Path(__file__).parent / "data"
NAMES = {
    "image-by-digest",
    "no-host-namespace",
    "namespace-labels",
    "quota-present",
    "secret-from-store",
}
RULES = tuple(rule for rule in load_rules() if rule.id in NAMES)
CHOICE = Choice(RULES)
SIGNATURE = "4dabf18193072939515e22adb298388d"


def none(_inputs):
    return None


def look(name, render=none):
    return check(name, (DATA / name).read_text(), CHOICE, render)


def preview(*steps):
    return json.dumps({"steps": list(steps), "changeSummary": {}})


def step(op, kind, name, inputs):
    urn = f"urn:pulumi:dev::p::{kind}::{name}"
    return {"op": op, "urn": urn, "newState": {"urn": urn, "type": kind, "inputs": inputs}}


def pod(**spec):
    return {"metadata": {"name": "web"}, "spec": {**base("pod")["spec"], **spec}}


def test_a_preview_of_the_real_pulumi_is_judged_with_its_unknowns():
    found = {(each.target.name, each.rule): each for each in look("preview.json").findings()}

    image = found["d", "image-by-digest"]
    assert image.verdict is Verdict.UNDETERMINED
    assert image.unknown == ("spec.template.spec.containers[0].image",)
    assert not image.blocks
    assert found["d", "no-host-namespace"].verdict is Verdict.PASS
    assert found["d", "quota-present"].verdict is Verdict.FAIL
    assert {each.gate for each in found.values()} == {Gate.PLAN}
    assert found["d", "image-by-digest"].place.document == 5


def test_a_release_whose_chart_is_not_there_is_not_assessed():
    seen = look("preview.json")

    (hidden,) = seen.apart
    assert (hidden.verdict, hidden.object) == (Verdict.NOT_ASSESSED, "Release rel")
    assert seen.others == {"pulumi": 2}
    assert seen.objects == 6


def test_a_release_whose_chart_is_there_is_judged_by_what_it_makes():
    given = []

    def render(inputs):
        given.append(inputs)
        made = {"apiVersion": "v1", "kind": "Pod", **pod(hostNetwork=True)}
        return [{**made, "spec": {**made["spec"], "nodeName": f"a-{COMPUTED}"}}]

    seen = look("preview.json", render)

    assert seen.apart == ()
    assert given[0]["values"] == {"a": 1, "sec": UNKNOWN}
    assert Verdict.FAIL in {each.verdict for each in seen.told if each.object == "Pod web"}


def test_a_state_of_the_real_pulumi_is_judged():
    seen = look("state.json")

    assert {each.object for each in seen.told} >= {"Namespace ns-d8c9339f"}
    assert seen.objects == 4


def test_what_is_deleted_is_not_judged_and_a_replacement_once():
    bad = pod(hostNetwork=True)
    text = preview(
        step("delete", "kubernetes:core/v1:Pod", "old", bad),
        step("delete-replaced", "kubernetes:core/v1:Pod", "new", bad),
        step("create-replacement", "kubernetes:core/v1:Pod", "new", bad),
        step("replace", "kubernetes:core/v1:Pod", "new", bad),
        step("same", "kubernetes:core/v1:Pod", "kept", pod()),
        {"op": "delete", "urn": "x", "oldState": {}},
    )

    assert [each.number for each in resources("p", text)] == [3, 4]
    assert check("p", text, CHOICE, none).objects == 2


def test_lists_numbers_and_patches_are_read_as_pulumi_means_them():
    text = preview(
        step("create", "kubernetes:core/v1:PodList", "l", {"items": [pod(), pod(hostPID=True)]}),
        step("create", "kubernetes:core/v1:PodPatch", "p", pod()),
        step("create", "kubernetes:apps/v1:Deployment", "d", {"spec": {"replicas": 2.0}}),
        step("create", "random:index:RandomId", "r", {}),
    )

    seen = check("p", text, CHOICE, none)

    assert seen.objects == 4
    assert [each.object for each in seen.apart] == ["PodPatch p"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (COMPUTED, UNKNOWN),
        (f"http://{COMPUTED}/", UNKNOWN),
        (SECRET, UNKNOWN),
        ("secret", "secret"),
        ({SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}, UNKNOWN),
        ({SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": ["a"]}, ["a"]),
        ({SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}, UNKNOWN),
        ({"a": [1, COMPUTED, None]}, {"a": [1, UNKNOWN, None]}),
    ],
)
def test_what_is_not_known_or_secret_is_marked(given, found):
    assert revealed(given) == found


def test_unknown_values_are_written_as_pulumi_does():
    assert concealed({"a": [UNKNOWN, 1]}) == {"a": [COMPUTED, 1]}


def test_no_finding_quotes_a_secret():
    text = (DATA / "state.json").read_text()

    said = json.dumps([each.record() for each in check("s", text, CHOICE, none).findings()])

    assert "v1:b+uBhpa7k2UDz9mT" in text
    assert "v1:b+uBhpa7k2UDz9mT" not in said


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "check-plan-kind"),
        ("[]", "check-plan-kind"),
        ("{}", "check-plan-kind"),
        ('{"a": 1} {"b": 2}', "check-plan-kind"),
        ('{"resourcePlans": {}}', "check-plan-kind"),
        ('{"steps": [7]}', "check-plan-kind"),
        ('{"steps": [{"op": 1}]}', "check-plan-kind"),
        ('{"steps": [{"op": "create", "newState": {"type": 1}}]}', "check-plan-kind"),
        ('{"version": 3, "deployment": {"resources": [1]}}', "check-plan-kind"),
        ('{"version": 2, "deployment": {"manifest": {"version": "v2.1.0"}}}', "check-plan-version"),
        ('{"version": 3, "deployment": {"manifest": {"version": "v4.0"}}}', "check-plan-version"),
        ('{"version": "3", "deployment": {}}', "check-plan-version"),
        ("steps: []", "check-json-broken"),
        ('{"steps": [', "check-json-broken"),
    ],
)
def test_what_is_no_plan_of_this_pulumi_is_refused(text, key):
    with pytest.raises(ProblemError) as raised:
        check("plan.json", text, CHOICE, none)

    assert [each.key for each in raised.value.problems] == [key]


def test_an_empty_plan_has_nothing_to_look_at():
    assert check("p", '{"changeSummary": {}}', CHOICE, none).objects == 0


def test_a_state_without_a_manifest_and_with_leftovers_is_read():
    resource = {"type": "kubernetes:core/v1:Pod", "urn": "u", "inputs": pod()}
    gone = {**resource, "urn": "v", "delete": True}
    text = json.dumps({"version": 3, "deployment": {"resources": [resource, gone]}})

    assert check("s", text, CHOICE, none).objects == 1
