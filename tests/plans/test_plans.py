"""Each folder here is one request, or one layer's settings, and the resources it must lead to.

Names are exact; of a resource's inputs the named ones are held, each exactly, but for metadata: of
labels and annotations the named ones.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from stacks.components.manifest import FIELD_MANAGER, STACK_LABEL
from tests.cloud import Plan
from tests.plan_case import LAYERS, PLANS, STACK, TENANTS, plan_of

CASES = TENANTS + LAYERS
LEAST_CASES = 7


@pytest.fixture(scope="module")
def plans() -> dict[Path, Plan]:
    return {case: plan_of(case) for case in CASES}


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request) -> Path:
    return request.param


@pytest.fixture
def plan(plans, case) -> Plan:
    return plans[case]


def advice(case: Path) -> str:
    """Say what to do when the change was meant."""
    return f"see it with `python -m tests.plan_case {case.name}`; trim it into expected.yaml"


def named(inputs: dict, expected: dict) -> dict:
    """Give the part of the inputs that the expectation names."""
    part = {field: inputs[field] for field in expected if field in inputs}
    if isinstance(expected.get("metadata"), dict):
        part["metadata"] = {
            field: {one: value[one] for one in expected["metadata"][field] if one in value}
            if isinstance(value, dict)
            else value
            for field, value in inputs["metadata"].items()
            if field in expected["metadata"]
        }
    return part


def objects(plan: Plan) -> dict:
    return {key: each for key, each in plan.items() if "kind" in each.inputs}


def test_there_are_cases():
    assert len(CASES) >= LEAST_CASES
    assert {each for each in PLANS.iterdir() if each.is_dir() and any(each.glob("*.yaml"))} == set(
        CASES
    )


def test_it_leads_to_its_plan(case, plan):
    expected = yaml.safe_load((case / "expected.yaml").read_text("utf-8"))

    assert set(plan) == set(expected), advice(case)
    for key, inputs in expected.items():
        assert named(plan[key].inputs, inputs) == inputs, f"{key}: {advice(case)}"


def test_every_object_carries_its_stack_and_one_field_manager(plan):
    labels = {key: each.inputs["metadata"]["labels"] for key, each in objects(plan).items()}
    notes = {key: each.inputs["metadata"]["annotations"] for key, each in objects(plan).items()}

    assert {each.get(STACK_LABEL) for each in labels.values()} == {STACK}
    assert {each.get(FIELD_MANAGER) for each in notes.values()} == {"sen"}


def test_what_lies_in_a_namespace_comes_after_it_and_goes_with_it(plan):
    homes = {
        each.inputs["metadata"]["name"]: key
        for key, each in objects(plan).items()
        if each.inputs["kind"] == "Namespace"
    }
    inside = [each for each in objects(plan).values() if "namespace" in each.inputs["metadata"]]

    assert inside
    for each in inside:
        home = homes[each.inputs["metadata"]["namespace"]]
        assert home in each.after, each.inputs
        assert each.gone_with == home, each.inputs


@pytest.mark.parametrize("case", TENANTS, ids=lambda case: case.name)
def test_every_object_of_a_tenant_carries_its_labels(plans, case):
    tenant = objects(plans[case])
    (home,) = (each for each in tenant.values() if each.inputs["kind"] == "Namespace")
    ours = {
        name: value
        for name, value in home.inputs["metadata"]["labels"].items()
        if name.startswith(("sen.gov.vn/", "app.kubernetes.io/"))
    }

    assert {"sen.gov.vn/agency", "sen.gov.vn/level", "sen.gov.vn/ends"} <= set(ours)
    for key, each in tenant.items():
        assert ours.items() <= each.inputs["metadata"]["labels"].items(), key


@pytest.mark.parametrize("case", LAYERS, ids=lambda case: case.name)
def test_a_binding_is_installed_after_all_policies(plans, case):
    admission = [
        (key, each)
        for key, each in objects(plans[case]).items()
        if each.inputs["kind"].startswith("ValidatingAdmissionPolicy")
    ]
    policies = {key for key, each in admission if not each.inputs["kind"].endswith("Binding")}
    bindings = [each for _, each in admission if each.inputs["kind"].endswith("Binding")]

    assert policies
    assert bindings
    for each in bindings:
        assert policies <= each.waited_for


def test_every_object_is_made_by_the_clusters_provider(plan):
    provider = "pulumi:providers:kubernetes::north"

    assert {each.provider for each in objects(plan).values()} == {provider}
    inputs = dict(plan[provider].inputs)
    assert json.loads(inputs.pop("kubeClientSettings")) == {"qps": 50, "burst": 100}
    assert inputs == {"clusterIdentifier": "north", "context": "north-admin"}


def test_a_plan_is_printed_for_people_to_trim():
    ran = subprocess.run(
        [sys.executable, "-m", "tests.plan_case", "training"],
        cwd=PLANS.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )

    printed = yaml.safe_load(ran.stdout)
    expected = yaml.safe_load((PLANS / "training" / "expected.yaml").read_text("utf-8"))
    assert set(printed) == set(expected)
    assert "port: 443\n" in ran.stdout


def test_a_case_that_is_not_there_is_refused_with_the_cases():
    ran = subprocess.run(
        [sys.executable, "-m", "tests.plan_case", "trainin"],
        cwd=PLANS.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert "training" in ran.stderr
    assert "Traceback" not in ran.stderr
