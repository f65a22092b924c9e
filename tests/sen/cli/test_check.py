"""`sen check`: what is judged, what is written where, and how it ends."""

from __future__ import annotations

import io
import json
import sys

import pytest
import yaml

from policies.finding import Finding, Gate, Target, Verdict
from policies.gates import host
from policies.gates.cloud.account import Unread
from policies.gates.cloud.gate import Description
from policies.host_rule import load_host_rules
from policies.rule import Action, load_rules
from policies.sample import base
from sen.assessment.store import default_store
from sen.checks import clouds
from sen.checks.profile import Profile

GOOD = dict(base("pod"))
BAD = {**GOOD, "metadata": {"name": "bad"}, "spec": {**GOOD["spec"], "hostNetwork": True}}
ONE = ("--rule", "no-host-namespace")


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("policies.waiver.REGISTER", tmp_path / "waivers.yaml")


@pytest.fixture
def manifest(tmp_path):
    def write(*things, name="web.yaml"):
        (tmp_path / name).write_text(yaml.safe_dump_all(things))
        return tmp_path / name

    return write


def answer(said):
    return json.loads(said.out)


def test_good_manifests_end_with_0_and_bad_ones_with_1(sen, manifest):
    assert sen("check", "files", manifest(GOOD), *ONE).code == 0
    said = sen("check", "files", manifest(BAD), *ONE)

    assert said.code == 1
    assert "no-host-namespace" in said.out
    assert "1 objects looked at, 1 of them judged by 1 rules" in said.out


def test_bad_input_ends_with_2_and_the_findings_are_still_written(sen, manifest, tmp_path):
    manifest(BAD)
    (tmp_path / "z.yaml").write_text("a: [")

    said = sen("check", "files", tmp_path, *ONE, "-o", "json")

    assert said.code == 2
    assert [each["rule"] for each in answer(said)["findings"]] == ["no-host-namespace"]
    assert "z.yaml:2" in said.err


def test_a_check_that_looks_at_nothing_is_refused(sen, manifest, tmp_path):
    (tmp_path / "empty").mkdir()

    said = sen("check", "files", tmp_path / "empty")

    assert said.code == 1
    assert "a check that looks at nothing is none" in said.err


def test_objects_that_no_rule_is_about_were_looked_at(sen, manifest):
    thing = {"apiVersion": "acme/v1", "kind": "Thing", "metadata": {"name": "x"}}

    said = sen("check", "files", manifest(thing), "-o", "json")

    assert said.code == 0
    assert answer(said)["without_rule"] == {"acme/Thing": 1}


@pytest.mark.parametrize(("threshold", "code"), [("critical", 1), ("low", 1)])
def test_the_threshold_is_a_severity(sen, manifest, threshold, code):
    low = {**BAD, "metadata": {"name": "b", "namespace": "near"}}

    assert sen("check", "files", manifest(low), *ONE, "--fail-on", threshold).code == code


def test_a_threshold_counts_warnings_and_leaves_out_what_is_less_severe(sen, manifest):
    rule = next(each for each in load_rules() if each.id == "run-as-non-root")
    bare = {**GOOD, "spec": {"containers": [{"name": "c", "image": "x"}]}}
    only = ("check", "files", manifest(bare), "--rule", rule.id, "--level", "1")

    assert rule.severity == "high"
    assert sen(*only).code == 0
    assert sen(*only, "--fail-on", "high").code == 1
    assert sen(*only, "--fail-on", "critical").code == 0


def test_a_pipe_is_read(sen, monkeypatch):
    text = yaml.safe_dump(BAD).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))

    assert sen("check", "files", "-", *ONE).code == 1


@pytest.mark.parametrize("form", ["table", "json", "yaml", "sarif", "junit", "oscal", "html"])
def test_every_form_can_be_written_to_a_file(sen, manifest, tmp_path, form):
    out = tmp_path / "report"

    said = sen("check", "files", manifest(BAD), *ONE, "-o", form, "--out", out)

    assert (said.code, said.out) == (1, "")
    assert "no-host-namespace" in out.read_text("utf-8")


def test_a_report_that_cannot_be_written_is_bad_input(sen, manifest, tmp_path):
    said = sen("check", "files", manifest(BAD), *ONE, "--out", tmp_path / "none" / "x")

    assert said.code == 2
    assert "cannot be written" in said.err


def test_the_report_is_in_the_language_that_was_asked_for(sen, manifest):
    said = sen("check", "files", manifest(BAD), *ONE, "--lang", "vi")

    assert "cấp độ" in said.out
    assert "đã xem 1 đối tượng" in said.out


def test_passes_are_listed_when_asked(sen, manifest):
    file = manifest(GOOD)

    assert answer(sen("check", "files", file, *ONE, "-o", "json"))["findings"] == []
    (found,) = answer(sen("check", "files", file, *ONE, "-o", "json", "--passes"))["findings"]
    assert found["verdict"] == "pass"


def test_a_rule_that_nobody_knows_is_told_with_close_ones(sen, manifest):
    said = sen("check", "files", manifest(GOOD), "--rule", "no-host-namespaces")

    assert said.code == 2
    assert "no-host-namespace" in said.err.replace("no-host-namespaces", "")


def test_a_rule_outside_the_profile_leaves_nothing_to_judge_by(sen, manifest):
    said = sen(
        "check", "files", manifest(GOOD), "--rule", "namespace-labels", "--profile", "pss-baseline"
    )

    assert said.code == 2
    assert "no rule is left" in said.err


@pytest.mark.parametrize("profile", Profile)
def test_every_profile_has_rules(sen, manifest, profile):
    said = sen("check", "files", manifest(GOOD), "--profile", profile, "-o", "json", "--passes")

    found = answer(said)
    assert found["rules"] > 5
    levels = {each["level"] for each in found["findings"]}
    assert levels == {profile.level or 5}


def test_pod_security_refuses_at_every_level_and_restricted_asks_more(sen, manifest):
    bare = {**GOOD, "spec": {"containers": [{"name": "c", "image": "x"}]}}
    home = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "near", "labels": {"sen.gov.vn/level": "1"}},
    }
    file = manifest({**bare, "metadata": {"name": "p", "namespace": "near"}}, home)

    assert sen("check", "files", file, "--profile", "pss-baseline").code == 0
    said = sen("check", "files", file, "--profile", "pss-restricted", "-o", "json")
    assert said.code == 1
    assert {each["action"] for each in answer(said)["findings"]} == {"deny"}
    assert {each["level"] for each in answer(said)["findings"]} == {1}


def test_a_waived_finding_is_shown_and_does_not_fail_until_its_end(sen, manifest, tmp_path):
    (tmp_path / "waivers.yaml").write_text(
        yaml.safe_dump(
            [
                {
                    "id": "w-2026-1",
                    "rule": "no-host-namespace",
                    "object": {"kind": "/Pod", "namespace": "near", "name": "bad"},
                    "reason": "needed until the agent is replaced",
                    "owner": "an@h26.gov.vn",
                    "approver": "binh@h26.gov.vn",
                    "start": "2026-11-01",
                    "end": "2026-12-01",
                    "compensating": "the node is apart from others",
                    "level": 5,
                }
            ]
        )
    )
    file = manifest({**BAD, "metadata": {"name": "bad", "namespace": "near"}})

    held = sen("check", "files", file, *ONE, "--today", "2026-11-20")
    ended = sen("check", "files", file, *ONE, "--today", "2026-12-20")

    assert held.code == 0, held.err
    assert "waivers used: w-2026-1" in held.out
    assert ended.code == 1


def test_a_register_that_is_broken_is_told(sen, manifest, tmp_path):
    (tmp_path / "waivers.yaml").write_text("- id: [")

    assert sen("check", "files", manifest(GOOD), *ONE).code == 2


def test_a_day_that_is_none_is_bad_input(sen, manifest):
    assert sen("check", "files", manifest(GOOD), *ONE, "--today", "2026-02-30").code == 2


def test_a_run_is_kept_when_asked(sen, manifest):
    sen("check", "files", manifest(GOOD), *ONE)
    assert default_store().runs() == ()

    sen("check", "files", manifest(GOOD), *ONE, "--record")

    (run,) = default_store().runs()
    assert (run.gate, run.objects, run.rules) == (Gate.FILES, 1, 1)
    assert run.scope.endswith("web.yaml (no-host-namespace)")
    assert [each.verdict for each in default_store().findings(run.id)] == [Verdict.PASS]


def test_a_plan_is_judged(sen, tmp_path):
    urn = "urn:pulumi:dev::p::kubernetes:core/v1:Pod::bad"
    state = {"urn": urn, "type": "kubernetes:core/v1:Pod", "inputs": BAD}
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"steps": [{"op": "create", "newState": state}]}))

    said = sen("check", "plan", plan, *ONE, "-o", "json")

    assert said.code == 1
    assert answer(said)["findings"][0]["gate"] == "plan"
    assert sen("check", "plan", tmp_path / "none.json").code == 2


@pytest.mark.toolchain
def test_a_chart_is_judged(sen, tmp_path):
    (tmp_path / "web" / "templates").mkdir(parents=True)
    (tmp_path / "web" / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 0.1.0\n")
    (tmp_path / "web" / "templates" / "pod.yaml").write_text(yaml.safe_dump(BAD))

    said = sen("check", "chart", tmp_path / "web", *ONE, "-o", "json", "--namespace", "near")

    assert said.code == 1
    (found,) = answer(said)["findings"]
    assert found["place"]["file"] == f"{tmp_path}/web/templates/pod.yaml"
    assert found["target"]["namespace"] == "near"
    assert sen("check", "chart", tmp_path).code == 2


def about_host(rule, verdict):
    return Finding(
        rule=rule.id,
        controls=rule.controls,
        target=Target("host", "h1"),
        verdict=verdict,
        action=Action.DENY,
        message=rule.message,
        remedy=rule.remedy,
        gate=Gate.HOST,
        seen_at=default_time(),
        level=3,
    )


def default_time():
    from datetime import UTC, datetime  # noqa: PLC0415

    return datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("verdict", "unreachable", "code"),
    [(Verdict.PASS, (), 0), (Verdict.FAIL, (), 1), (Verdict.PASS, ("h2",), 3)],
)
def test_hosts_are_judged_and_kept(sen, monkeypatch, tmp_path, verdict, unreachable, code):
    asked = {}

    def check(inventory, **given):
        asked.update(given)
        found = (about_host(given["rules"][0], verdict),)
        return host.HostReport(found, 1 + len(unreachable), unreachable)

    monkeypatch.setattr(host, "check", check)

    said = sen("check", "hosts", tmp_path / "hosts.yml", "--profile", "tcvn14423-l3", "-o", "json")

    assert said.code == code
    assert asked["level"] == 3
    assert 0 < len(asked["rules"]) <= len(load_host_rules())
    assert answer(said)["verdicts"][verdict] == 1
    assert len(default_store().runs()) == 1


def test_an_inventory_that_is_not_there_is_bad_input(sen, tmp_path):
    assert sen("check", "hosts", tmp_path / "none.yml").code == 2


def test_a_cloud_is_judged_and_what_could_not_be_read_is_said(sen, monkeypatch):
    bucket = {
        "apiVersion": "cloud.sen.gov.vn/v1",
        "kind": "Bucket",
        "metadata": {"name": "b"},
        "spec": {},
    }
    seen = Description((bucket,), (Unread("s3:GetBucketPolicy b", "AccessDenied"),))
    monkeypatch.setattr(clouds, "look", lambda *_, **__: seen)

    said = sen("check", "cloud", "--region", "vn-1", "-o", "json", "--level", "2", "--no-record")

    found = answer(said)
    assert found["gate"] == "cloud"
    assert found["verdicts"]["not-assessed"] == 1
    assert {each["level"] for each in found["findings"]} == {2}
    assert default_store().runs() == ()


def test_a_cloud_that_does_not_answer_is_a_missing_part(sen, monkeypatch):
    seen = Description((), (Unread("s3:ListBuckets", "EndpointConnectionError"),))
    monkeypatch.setattr(clouds, "look", lambda *_, **__: seen)

    said = sen("check", "cloud", "--region", "vn-1")

    assert said.code == 3
    assert "EndpointConnectionError" in said.err
    assert sen("check", "cloud", "--region", "vn-1", "--account", "nobody").code == 3


def test_a_cluster_that_is_not_there_is_a_missing_part(sen, tmp_path):
    assert sen("check", "cluster").code == 3
    assert sen("check", "cluster", "--kubeconfig", tmp_path / "none").code == 3


def test_rules_can_be_checked_by_name(sen):
    said = sen("check", "rules", "no-host-namespace", "quota-present", "-o", "json")

    assert said.code == 0
    assert [each["state"] for each in answer(said)] == ["ok", "ok"]
    assert "2 rules" in said.err
    assert sen("check", "rules", "no-such-rule").code == 2
