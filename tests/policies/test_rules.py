"""Rules are whole: known controls, both languages, samples of both kinds, nothing idle in them."""

import json
from collections import Counter
from datetime import date, timedelta

import pytest

from policies import load_rules
from policies.control import controls
from policies.finding import Gate, Verdict
from policies.gates.admission import main, policy_objects
from policies.judge import Judge, judge
from policies.kind import kinds
from policies.rule import RULES, Action, ByLevel, Rule, load
from policies.sample import load as load_sample
from policies.sample import samples_of
from policies.schema import schema
from policies.scope import scope
from policies.subject import Subject
from policies.yaml_file import HERE, read
from stacks.models.platform import PLATFORM_NAMESPACES
from stacks.models.term import MAX_TERM_DAYS, MAX_TRAINING_DAYS
from stacks.problem import ProblemError
from tests.policies.mutant import verdicts
from tests.policies.ten import TEN

BY_ID = {rule.id: rule for rule in load_rules()}
QUOTA = {"spec": {"hard": {"cpu": "1", "memory": "1Gi", "pods": "1"}}}


def test_the_first_ten_rules_are_there():
    assert set(BY_ID) >= TEN


def test_there_are_as_many_rules_as_are_promised():
    assert len(BY_ID) >= 120


@pytest.mark.parametrize("rule", BY_ID.values(), ids=BY_ID)
def test_rule_names_controls_of_the_catalogue(rule):
    assert set(rule.controls) <= controls().keys()


def test_catalogue_holds_what_the_standards_list():
    assert len(controls()) == 182 + 26


@pytest.mark.parametrize("rule", BY_ID.values(), ids=BY_ID)
def test_rule_has_four_samples_of_each_verdict_and_says_them(rule):
    samples = samples_of(rule.id)
    good = [each for each in samples if each.passes]

    found = verdicts(rule, samples)

    assert len(good) >= 4
    assert len(samples) - len(good) >= 4
    wanted = [Verdict.PASS if each.passes else Verdict.FAIL for each in samples]
    assert dict(zip([s.name for s in samples], found, strict=True)) == dict(
        zip([s.name for s in samples], wanted, strict=True)
    )


@pytest.mark.parametrize("rule", BY_ID.values(), ids=BY_ID)
def test_every_file_in_a_rules_folder_is_read(rule):
    files = {path.stem for path in (RULES / rule.id).iterdir()}
    samples = {each.name for each in samples_of(rule.id)}

    assert "rule" in files
    assert files - samples <= {"rule", "samples"}


def test_terms_are_those_of_the_models():
    given = BY_ID["end-date-in-bounds"].parameters

    assert given == {"max_term_days": MAX_TERM_DAYS, "max_training_days": MAX_TRAINING_DAYS}


def test_platform_namespaces_are_those_of_the_models():
    assert set(PLATFORM_NAMESPACES) < set(scope().platform_namespaces)


def test_schema_for_editors_is_up_to_date():
    assert (HERE / "rule.schema.json").read_text("utf-8") == schema()
    assert json.loads(schema())["additionalProperties"] is False


def test_admission_file_is_up_to_date(capsys):
    main()

    assert (HERE / "admission.yaml").read_text("utf-8") == capsys.readouterr().out


def test_every_rule_that_admission_can_judge_reaches_it():
    policies = [each for each in policy_objects() if not each["kind"].endswith("Binding")]
    text = json.dumps(policies, ensure_ascii=False)

    missing = {rule.id for rule in load_rules() if f"[{rule.id}]" not in text}
    assert missing == {rule.id for rule in load_rules() if not rule.asked_at_admission}


def test_no_object_meets_more_than_three_policies():
    """A policy costs a request more than many rules in it do."""
    met = Counter(
        resource
        for each in policy_objects()
        if not each["kind"].endswith("Binding")
        for rule in each["spec"]["matchConstraints"]["resourceRules"]
        for resource in {f"{rule['apiGroups']}/{name}" for name in rule["resources"]}
    )

    assert met["['']/pods"] == 3
    assert max(met.values()) == 3


def test_every_policy_has_its_binding_and_fails_closed():
    objects = policy_objects()
    policies = {each["metadata"]["name"] for each in objects if "failurePolicy" in each["spec"]}
    bound = {each["spec"]["policyName"] for each in objects if "policyName" in each["spec"]}

    assert policies == bound
    assert {p["spec"].get("failurePolicy", "Fail") for p in objects} == {"Fail"}


def test_parameter_that_grows_with_the_level_is_read_at_the_objects_level():
    rule = BY_ID["no-public-service"].model_copy(
        update={
            "parameters": {
                "public_types": ByLevel.model_validate(
                    {"by_level": {"1-3": ["LoadBalancer"], "4-5": ["LoadBalancer", "NodePort"]}}
                )
            }
        }
    )
    service = {"apiVersion": "v1", "kind": "Service", "spec": {"type": "NodePort"}}

    found = [
        Judge([rule]).findings(Subject(service, level), Gate.PLAN)[0].verdict
        for level in (1, 3, 4, 5)
    ]

    assert found == [Verdict.PASS, Verdict.PASS, Verdict.FAIL, Verdict.FAIL]
    assert "variables.level in [1, 2, 3] ?" in json.dumps(policy_objects([rule]))


def test_action_off_is_not_applicable():
    rule = Rule.model_validate(
        {**read(RULES / "no-host-path" / "rule.yaml"), "levels": {1: False, "2-5": "deny"}}
    )
    broken = samples_of("no-host-path")[0]

    found = Judge([rule]).findings(Subject(broken.thing, 1), Gate.PLAN)[0]

    assert (found.verdict, found.action, found.blocks) == (
        Verdict.NOT_APPLICABLE,
        Action.OFF,
        False,
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"levels": {"1-3": "deny"}}, "levels"),
        ({"levels": {"1-5": "stop"}}, "levels"),
        ({"matches": "v1/Potato"}, "v1/Potato"),
        ({"variables": {"level": "1"}}, "level"),
        ({"parameters": {"pod": 1}}, "pod"),
        ({"controls": []}, "controls"),
        ({"remedy": {"en": "only English"}}, "remedy"),
        ({"serverity": "high"}, "serverity"),
    ],
)
def test_malformed_rule_is_refused_with_the_field(change, said, tmp_path):
    folder = tmp_path / "no-host-path"
    folder.mkdir()
    document = {**read(RULES / "no-host-path" / "rule.yaml"), **change}
    (folder / "rule.yaml").write_text(json.dumps(document), "utf-8")

    with pytest.raises(ProblemError) as raised:
        load(folder / "rule.yaml")

    assert said in str(raised.value)
    assert "no-host-path/rule.yaml" in str(raised.value)


@pytest.mark.parametrize("text", ["{", "- [", "\x00"])
def test_rule_that_is_not_yaml_is_refused(text, tmp_path):
    (tmp_path / "rule.yaml").write_text(text, "utf-8")

    with pytest.raises(ProblemError, match=r"rule\.yaml"):
        load(tmp_path / "rule.yaml")


def test_rule_in_a_folder_of_another_name_is_refused(tmp_path):
    (tmp_path / "rule.yaml").write_text(
        (RULES / "no-host-path" / "rule.yaml").read_text("utf-8"), "utf-8"
    )

    with pytest.raises(ProblemError, match="no-host-path"):
        load(tmp_path / "rule.yaml")


@pytest.mark.parametrize(
    "expression", ["object.", "variables.nothing", "object.?spec", "foo(object)"]
)
def test_expression_outside_the_common_cel_is_refused(expression):
    rule = BY_ID["no-host-path"].model_copy(update={"expression": expression})

    with pytest.raises(ProblemError, match="no-host-path"):
        Judge([rule])


def test_variables_in_a_circle_are_refused():
    rule = BY_ID["no-host-path"].model_copy(
        update={"variables": {"a": "variables.b", "b": "variables.a"}, "expression": "variables.a"}
    )

    with pytest.raises(ProblemError, match="circle"):
        Judge([rule])


@pytest.mark.parametrize(
    "text", ["[]", "object: 1", "{object: {}, level: 9}", "{object: {}, x: 1}"]
)
def test_malformed_sample_is_refused(text, tmp_path):
    path = tmp_path / "pass-odd.yaml"
    path.write_text(text, "utf-8")

    with pytest.raises(ProblemError, match="pass-odd"):
        load_sample(path, date(2026, 1, 1))


def test_days_in_samples_count_from_today():
    today = date(2026, 1, 1)
    shifted = samples_of("end-date-in-bounds", today)
    labels = {each.name: each.thing["metadata"].get("labels", {}) for each in shifted}

    assert labels["pass-three-years"]["sen.gov.vn/ends"] == str(today + timedelta(MAX_TERM_DAYS))


def test_every_kind_that_holds_a_pod_template_is_judged():
    assert set(kinds().families["pod-spec"].kinds) == {
        "v1/Pod",
        "v1/PodTemplate",
        "v1/ReplicationController",
        "apps/v1/DaemonSet",
        "apps/v1/Deployment",
        "apps/v1/ReplicaSet",
        "apps/v1/StatefulSet",
        "argoproj.io/v1alpha1/Rollout",
        "batch/v1/CronJob",
        "batch/v1/Job",
        "serving.knative.dev/v1/Service",
    }


def test_messages_never_quote_the_object():
    secret = "hunter2-hunter2"  # noqa: S105 - bait
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "annotations": {"a": secret}},
        "spec": {"hostNetwork": secret, "containers": [{"name": "c", "image": secret}]},
    }

    found = judge().findings(Subject(pod, 5, (QUOTA,)), Gate.PLAN)

    assert any(each.verdict is Verdict.UNDETERMINED for each in found)
    assert secret not in " ".join(each.line() + str(each.record()) for each in found)
