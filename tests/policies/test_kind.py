"""A kind that holds pods is one line of data: where it keeps their spec."""

import copy

import pytest
from pydantic import ValidationError

from policies.finding import Gate, Verdict
from policies.judge import Judge
from policies.kind import Kinds, kinds, template
from policies.rule import RULES, load
from policies.sample import base
from policies.subject import Subject
from policies.yaml_file import HERE, read

SPEC = base("pod")["spec"]
PRIVILEGED = {**SPEC["containers"][0], "securityContext": {"privileged": True}}
BAD = {**SPEC, "containers": [PRIVILEGED]}


def at(path, spec):
    """Put a pod spec where a path says."""
    made = spec
    for step in reversed(path.replace("?", "").split(".")):
        made = {step: made}
    return made


def verdict(kind, body):
    version, _, name = kind.rpartition("/")
    judge = Judge([load(RULES / "no-privileged-container" / "rule.yaml")])
    subject = Subject({"apiVersion": version, "kind": name, **body}, 5)
    (found,) = judge.findings(subject, Gate.FILES)
    return found.verdict


@pytest.mark.parametrize("kind", kinds().families["pod-spec"].kinds)
def test_pod_is_found_in_every_kind_that_holds_one(kind):
    path = kinds().kinds[kind].pod

    assert verdict(kind, at(path, BAD)) is Verdict.FAIL
    assert verdict(kind, at(path, SPEC)) is Verdict.PASS


@pytest.mark.parametrize("kind", ["argoproj.io/v1alpha1/Rollout", "serving.knative.dev/v1/Service"])
def test_template_that_is_left_out_breaks_nothing(kind):
    assert verdict(kind, {"spec": {"workloadRef": {"kind": "Deployment", "name": "web"}}}) is (
        Verdict.PASS
    )


@pytest.fixture
def with_new_kind(monkeypatch):
    given = copy.deepcopy(read(HERE / "kinds.yaml"))
    given["kinds"]["example.gov.vn/v1/Worker"] = {"pod": "spec.worker.pod.spec"}
    known = Kinds.model_validate(given)
    for user in ("policies.rule.kinds", "policies.expression.kinds"):
        monkeypatch.setattr(user, lambda: known)
    return known


@pytest.mark.usefixtures("with_new_kind")
def test_new_kind_is_judged_after_one_line_of_data():
    kind, path = "example.gov.vn/v1/Worker", "spec.worker.pod.spec"

    assert verdict(kind, at(path, BAD)) is Verdict.FAIL
    assert verdict(kind, at(path, SPEC)) is Verdict.PASS
    assert verdict("apps/v1/Deployment", at("spec.template.spec", BAD)) is Verdict.FAIL


def test_where_the_template_is_stays_short_with_more_kinds_at_usual_places():
    usual = {f"a.vn/v1/Kind{number}": "spec.template.spec" for number in range(50)}

    assert template({"v1/Pod": "spec", **usual}) == (
        "object.kind in ['Pod'] ? object : object.spec.template"
    )


def test_two_kinds_of_one_name_at_one_place_are_one():
    assert template({"a/v1/Set": "spec.a.spec", "b/v1/Set": "spec.a.spec"}) == "object.spec.a"


def test_two_kinds_of_one_name_at_different_places_are_refused():
    with pytest.raises(ValueError, match="kinds named Set"):
        template({"a/v1/Set": "spec.a.spec", "b/v1/Set": "spec.b.spec"})


@pytest.mark.parametrize("path", ["", "spec.template", "spec..spec", "spec[0].spec", "a-b.spec"])
def test_malformed_path_is_refused(path):
    with pytest.raises(ValidationError):
        Kinds.model_validate({"kinds": {"v1/Pod": {"pod": path}}, "families": {}})
