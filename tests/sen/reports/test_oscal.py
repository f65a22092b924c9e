"""OSCAL documents are valid, the same each time, and say no more than what was seen."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from trestle.oscal.assessment_results import AssessmentResults

from policies.finding import Verdict
from sen.assessment.oscal import assessment_results
from sen.assessment.weight import Status
from sen.reports.action_plan import plan_of_action
from sen.reports.gather import Asked, material
from sen.reports.material import Waived
from sen.reports.oscal import write_all
from tests.sen.assessment.finding_of import NOON, finding, run

TRESTLE = Path(sys.executable).with_name("trestle")
POD_2 = replace(finding().target, name="other")


def states_of(document) -> dict[str, str]:
    (result,) = document["assessment-results"]["results"]
    return {each["title"]: each["target"]["status"]["state"] for each in result["findings"]}


def test_trestle_finds_all_documents_of_a_system_valid(made, tmp_path):
    written = [path.relative_to(tmp_path).parts[0] for path in write_all(made, tmp_path)]

    ended = subprocess.run(
        [TRESTLE, "validate", "-a"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said
    for kind in (
        "component-definitions",
        "system-security-plans",
        "assessment-results",
        "plan-of-action-and-milestones",
    ):
        assert kind in written
        assert f"/{kind}/" in said


def test_documents_of_a_system_without_results_are_valid_too(ours, empty, tmp_path):
    list(write_all(material(Asked(ours, 3, NOON), empty), tmp_path))

    assert not (tmp_path / "assessment-results").exists()
    plans = tmp_path / "plan-of-action-and-milestones" / "h26-operations-centre"
    (plan,) = plans.iterdir()
    items = json.loads(plan.read_text("utf-8"))["plan-of-action-and-milestones"]["poam-items"]
    assert [each["title"] for each in items] == ["153 controls to assess"]


def test_the_same_material_writes_the_same_bytes(made, tmp_path):
    first, second = (
        [path.read_bytes() for path in write_all(made, tmp_path / name)] for name in "ab"
    )

    assert first == second


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        ([Verdict.PASS], "satisfied"),
        ([Verdict.PASS, Verdict.WAIVED], "satisfied"),
        ([Verdict.PASS, Verdict.FAIL], "not-satisfied"),
        ([Verdict.PASS, Verdict.UNDETERMINED], "not-satisfied"),
        ([Verdict.NOT_ASSESSED], "not-satisfied"),
    ],
)
def test_a_control_is_satisfied_only_when_all_that_was_seen_is_green(verdicts, state):
    every = [
        finding(verdict, target=replace(POD_2, name=f"pod-{place}"))
        for place, verdict in enumerate(verdicts)
    ]

    document = assessment_results(run(), every)

    AssessmentResults.model_validate(document["assessment-results"])
    assert states_of(document) == {"TCVN14423/SW-04": state}


def test_a_run_that_saw_nothing_is_told_as_such():
    document = assessment_results(run(), [finding(Verdict.NOT_APPLICABLE)])

    AssessmentResults.model_validate(document["assessment-results"])
    assert "findings" not in document["assessment-results"]["results"][0]


def test_passes_are_one_observation_and_failures_one_each():
    every = [finding(target=replace(POD_2, name=f"pod-{n}")) for n in range(40)]
    every += [finding(Verdict.FAIL, target=replace(POD_2, name=f"bad-{n}")) for n in range(3)]

    (result,) = assessment_results(run(), every)["assessment-results"]["results"]

    told = [each["description"] for each in result["observations"]]
    assert len(told) == 4
    assert "40 objects pass" in told
    known = {each["uuid"] for each in result["observations"]}
    for each in result["findings"]:
        assert {o["observation-uuid"] for o in each["related-observations"]} == known


def test_the_plan_of_action_has_failures_and_waivers_with_their_end(ours, empty):
    waived = finding(Verdict.WAIVED, waiver="W-1", target=POD_2)
    empty.save(run(), [finding(Verdict.FAIL), waived])
    whole = material(Asked(ours, 3, NOON), empty)
    ends = Waived("W-1", "a", "b", "c", "d", "e", date(2027, 1, 31))
    # The register of the tree does not know W-1: as a report reads it, the waiver has ended.
    open_ = replace(whole, waivers=(ends,))

    plan = plan_of_action(open_)

    assert {each["status"] for each in plan["risks"]} == {"open"}
    (dated,) = [each for each in plan["risks"] if "deadline" in each]
    assert dated["deadline"] == "2027-01-31T23:59:59+00:00"
    assert len(plan["poam-items"]) == 3


def test_what_is_waived_is_a_deviation_that_was_approved(ours, empty):
    empty.save(run(), [finding(Verdict.WAIVED, waiver="W-1")])
    whole = material(Asked(ours, 3, NOON), empty)
    states = tuple(
        replace(each, seen=tuple((Status.WAIVED, seen) for _, seen in each.seen))
        for each in whole.states
    )

    plan = plan_of_action(replace(whole, states=states))

    assert {each["status"] for each in plan["risks"]} == {"deviation-approved"}
