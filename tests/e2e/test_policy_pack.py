"""The policy pack in a real `pulumi preview`: what breaks a rule stops it, in both languages."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest
import yaml

from sen.errors import RefusedError
from sen.local.platform import Platform
from sen.runs.recover import known
from sen.runs.settings import config_file
from sen.runs.stack import Stack
from tests.e2e.conftest import Shard

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]

PRIVILEGED = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "spy", "namespace": "sen-system"},
    "spec": {
        "containers": [
            {
                "name": "spy",
                "image": "docker.io/library/busybox:latest",
                "securityContext": {"privileged": True},
                "env": [{"name": "PASSWORD", "value": "correct horse battery staple"}],
            }
        ]
    },
}


def test_a_good_stack_passes_and_says_what_it_looked_at(baseline: Stack, tmp_path: Path) -> None:
    results = tmp_path / "findings.jsonl"
    told = dataclasses.replace(
        baseline, variables={**baseline.variables, "SEN_POLICY_RESULTS": str(results)}
    )

    said = told.preview("--expect-no-changes")

    findings = [json.loads(line) for line in results.read_text().splitlines()]
    assert {each["verdict"] for each in findings} == {"pass"}
    assert len(findings) >= 10
    seen = re.search("([0-9]+) objects seen, ([0-9]+) of them judged", said)
    assert seen is not None
    assert int(seen[1]) >= int(seen[2]) >= 47


def test_an_ended_tenant_is_refused_before_anything_is_made(shard: Shard) -> None:
    hanoi = shard("H26")
    hanoi.ask("portal", starts="2023-01-01", ends="2024-01-01")
    judged = dataclasses.replace(hanoi.stack, policies=True)

    with pytest.raises(RefusedError, match="end-date-in-bounds") as refused:
        judged.preview()

    assert refused.value.problems[0].key == "run-policy"
    assert "h26-portal-staging" in str(refused.value)
    assert known(hanoi.stack) == frozenset()


def test_a_privileged_pod_in_a_plan_is_refused_with_object_rule_and_remedy(
    platform: Platform, baseline: Stack, tmp_path: Path
) -> None:
    with_spy = tmp_path / "admission.yaml"
    own = Path("policies/admission.yaml").read_text()
    with_spy.write_text(f"{own}---\n{yaml.safe_dump(PRIVILEGED)}")
    settings = config_file(baseline.name)
    before = settings.read_text()
    content = yaml.safe_load(before)
    content["config"]["sen:stack"]["admission"] = str(with_spy)
    settings.write_text(yaml.safe_dump(content))
    try:
        with pytest.raises(RefusedError) as refused:
            baseline.preview()
    finally:
        settings.write_text(before)

    said = str(refused.value)
    for rule in ("no-privileged-container", "image-by-digest", "run-as-non-root"):
        assert rule in said
    assert "sen-system/spy" in said
    assert "Khắc phục" in said
    assert "Remedy" in said
    assert "correct horse" not in said, "a finding never quotes a value"
