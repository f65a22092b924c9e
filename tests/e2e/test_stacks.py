"""Stacks on the real platform: built once, unchanged the second time, gone when asked."""

from __future__ import annotations

import dataclasses
import json
import subprocess

import pytest
import yaml

from sen.errors import RefusedError
from sen.local.platform import Platform
from sen.runs.cluster import connect, labelled
from sen.runs.environment import Backend, environment
from sen.runs.recover import known
from sen.runs.stack import Stack
from stacks.components.manifest import STACK_LABEL
from stacks.problem import ProblemError
from tests.e2e.conftest import Shard
from tests.request_of import request_of

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]


def versions(platform: Platform, namespace: str) -> dict[str, str]:
    """Give the resource version of each network policy of a tenant, and of its namespace."""
    dynamic = connect(platform.kubeconfig, platform.context)
    policies = dynamic.resources.get(api_version="networking.k8s.io/v1", kind="NetworkPolicy")
    found = dynamic.get(policies, namespace=namespace).items
    return {one.metadata.name: one.metadata.resourceVersion for one in found}


def test_second_up_of_the_baseline_changes_nothing(baseline: Stack) -> None:
    baseline.up("--expect-no-changes")


def test_tenants_are_built_once_and_the_second_up_changes_nothing(
    platform: Platform, shard: Shard
) -> None:
    hanoi = shard("H26")
    name = hanoi.ask("portal", level=4, stage="production", size="M")

    hanoi.stack.up()

    found = labelled(platform.kubeconfig, platform.context, f"{STACK_LABEL}={hanoi.stack.name}")
    assert {(one.kind, one.namespace or one.name) for one in found} == {
        (kind, name)
        for kind in (
            "Namespace",
            "ResourceQuota",
            "LimitRange",
            "ServiceAccount",
            "NetworkPolicy",
            "RoleBinding",
            "PodDisruptionBudget",
        )
    }
    hanoi.stack.up("--expect-no-changes")
    hanoi.stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")


def test_a_tenant_that_goes_touches_no_other(platform: Platform, shard: Shard) -> None:
    hanoi = shard("H26")
    stays, goes = hanoi.ask("portal"), hanoi.ask("archive")
    hanoi.stack.up()
    before = versions(platform, stays)

    hanoi.forget("archive")
    hanoi.stack.up()

    assert versions(platform, stays) == before
    assert before, "the tenant that stays has policies to compare"
    assert versions(platform, goes) == {}


def test_outputs_name_the_tenants(shard: Shard) -> None:
    hanoi = shard("H26")
    name = hanoi.ask("portal")
    hanoi.stack.up()

    said = hanoi.stack.pulumi("stack", "output", "--json", "--stack", hanoi.stack.name)

    assert json.loads(said) == {
        "count": 1,
        "files": {"h26/portal.yaml": name},
        "tenants": [name],
    }


def test_state_may_lie_in_files_by_choice(platform: Platform, shard: Shard) -> None:
    hanoi = shard("H26")
    hanoi.ask("portal")
    variables = environment(platform, Backend.FILE, checkpoints=True)
    in_files = dataclasses.replace(hanoi.stack, variables=variables)
    in_files.ensure()

    in_files.up()

    in_files.up("--expect-no-changes")
    assert known(in_files), "the state in files knows the tenant"
    assert known(hanoi.stack) == frozenset(), "the one on S3 does not"
    assert list((platform.state / "pulumi-state").rglob(f"{hanoi.stack.name}.json"))
    in_files.pulumi("destroy", "--yes", "--skip-preview")


def test_an_object_that_was_there_is_imported(platform: Platform, shard: Shard) -> None:
    hanoi = shard("H26")
    hanoi.ask("portal")
    hanoi.stack.up()
    subprocess.run(
        ["kubectl", "--kubeconfig", platform.kubeconfig, "create", "configmap", "old"], check=True
    )

    said = hanoi.stack.pulumi(
        "import",
        "kubernetes:core/v1:ConfigMap",
        "old",
        "default/old",
        "--yes",
        "--skip-preview",
        "--protect=false",
        "--generate-code=false",
    )

    assert "1 imported" in said


def test_a_request_of_another_agency_is_refused(shard: Shard) -> None:
    hanoi = shard("H26")
    hanoi.ask("portal", agency="G18")

    with pytest.raises(ProblemError, match="G18") as refused:
        hanoi.stack.preview()

    assert "H26" in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_a_run_on_a_locked_stack_is_refused(shard: Shard) -> None:
    hanoi = shard("H26")
    hanoi.ask("portal")
    first = hanoi.stack

    with pytest.raises(RefusedError) as refused:
        _two_at_once(first)

    assert refused.value.problems[0].key == "run-locked"


def _two_at_once(stack: Stack) -> None:
    begun = False

    def line(_: str) -> None:
        nonlocal begun
        if not begun:
            begun = True
            stack.up()

    stack.up(line=line)


def test_a_tenant_cannot_be_renamed_in_its_file(platform: Platform, shard: Shard) -> None:
    hanoi = shard("H26")
    name = hanoi.ask("portal")
    hanoi.stack.up()
    before = versions(platform, name)

    renamed = request_of(agency="H26", slug="gateway")
    (hanoi.folder / "portal.yaml").write_text(yaml.safe_dump(renamed))
    with pytest.raises(ProblemError, match="its identity") as refused:
        hanoi.stack.up()

    assert name in str(refused.value)
    assert "Traceback" not in str(refused.value)
    assert refused.value.exit_code == 2
    assert versions(platform, name) == before
