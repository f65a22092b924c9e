"""The entry point builds the layer of the settings; what is wrong is said, without a trace."""

from __future__ import annotations

import runpy
import traceback
from pathlib import Path

import pulumi
import pytest
import yaml

from stacks.components.manifest import STACK_LABEL
from stacks.models.platform import PLATFORM_NAMESPACES
from stacks.settings import PROJECT
from tests.cloud import Cloud, Plan
from tests.request_of import request_of

BASELINE = {"layer": "baseline", "cluster": {"name": "north"}}


@pytest.fixture(autouse=True)
def _debug_log_is_put_back(monkeypatch):
    monkeypatch.setattr(pulumi.log, "debug", pulumi.log.debug)


@pytest.fixture
def requests(tmp_path) -> Path:
    for agency in ("H26", "H26.00070"):
        file = tmp_path / f"{agency}.yaml"
        file.write_text(yaml.safe_dump(request_of(agency), allow_unicode=True), "utf-8")
    return tmp_path


def tenants(requests: Path, **changed: object) -> dict[str, object]:
    settings = {"layer": "tenants", "cluster": {"name": "north"}, "agency": "H26"}
    return {**settings, "requests": [str(requests)], **changed}


def run(
    given: object, stack: str = "tenants-h26-staging", before: dict[str, object] | None = None
) -> Plan:
    config = {} if given is None else {"sen:stack": given}
    entry = str(PROJECT / "stacks" / "__main__.py")
    return Cloud().plan(
        lambda: runpy.run_path(entry, run_name="__main__"),
        stack=stack,
        config=config,
        before=before,
    )


def refused(given: object) -> pulumi.RunError:
    with pytest.raises(pulumi.RunError) as caught:
        run(given)
    return caught.value


def of_kind(plan: Plan, kind: str) -> dict[str, object]:
    return {
        each.inputs["metadata"]["name"]: each
        for each in plan.values()
        if each.inputs.get("kind") == kind
    }


def test_a_baseline_is_built():
    plan = run(BASELINE, "baseline-north-staging")

    assert set(of_kind(plan, "Namespace")) == {*PLATFORM_NAMESPACES, "kube-system"}
    assert plan.exports == {"namespaces": list(PLATFORM_NAMESPACES)}


def test_an_agencys_tenants_are_built(requests):
    plan = run(tenants(requests))

    names = {"h26-portal-staging", "h26-00070-portal-staging"}
    assert set(of_kind(plan, "Namespace")) == names
    assert set(plan.exports["tenants"]) == names
    assert plan.exports["count"] == 2


def test_objects_carry_the_stack_that_runs(requests):
    plan = run(tenants(requests), "tenants-h26-production")

    labels = [
        each.inputs["metadata"]["labels"][STACK_LABEL]
        for each in plan.values()
        if "metadata" in each.inputs
    ]
    assert set(labels) == {"tenants-h26-production"}


@pytest.mark.parametrize(("given", "protected"), [({}, True), ({"protect": False}, False)])
def test_a_namespace_is_protected_unless_the_settings_say_no(requests, given, protected):
    plan = run(tenants(requests, **given))

    assert {each.protected for each in of_kind(plan, "Namespace").values()} == {protected}
    assert {each.protected for each in of_kind(plan, "ResourceQuota").values()} == {False}


def test_the_cluster_of_the_settings_is_the_only_one(requests):
    cluster = {"name": "north", "kubeconfig": "/etc/north", "context": "admin"}

    plan = run(tenants(requests, cluster=cluster))

    (provider,) = {each.provider for each in plan.values() if "kind" in each.inputs}
    assert provider == "pulumi:providers:kubernetes::north"
    assert (
        plan[provider].inputs.items()
        >= {
            "clusterIdentifier": "north",
            "kubeconfig": "/etc/north",
            "context": "admin",
        }.items()
    )


def test_a_stack_without_settings_is_refused():
    assert "stacks/config/Pulumi.tenants-h26-staging.yaml" in str(refused(None))


def test_a_foreign_request_is_refused_and_its_owner_named(requests):
    words = str(refused(tenants(requests, agency="H29")))

    assert words.count("H29") == 2
    assert "h26-portal-staging" in words
    assert "h26-00070-portal-staging" in words
    assert "H26" in words


def test_a_wrong_request_is_refused_by_file_and_line(requests):
    (requests / "broken.yaml").write_text("agency: H26\nsytem: {}\n")

    assert "broken.yaml:2" in str(refused(tenants(requests)))


@pytest.mark.parametrize("content", [None, "", "---\n"])
def test_a_baseline_without_admission_policies_is_refused(tmp_path, content):
    file = tmp_path / "admission.yaml"
    if content is not None:
        file.write_text(content)

    words = str(refused({**BASELINE, "admission": str(file)}))

    assert "admission.yaml" in words
    assert "make generate" in words


def test_a_refusal_shows_no_inner_error(requests):
    error = refused(tenants(requests, agency="H29"))

    shown = "".join(traceback.format_exception(error))
    assert "ProblemError" not in shown
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_tenant_that_has_ended_stays_as_it_is_and_is_told(requests, caplog):
    plan = run(tenants(requests, on="2099-01-01"))

    assert "h26-00070-portal-staging: its last day was" in caplog.text
    assert set(of_kind(plan, "Namespace")) == {"h26-portal-staging", "h26-00070-portal-staging"}


def test_files_that_keep_their_tenants_are_built_again(requests):
    first = run(tenants(requests))

    again = run(tenants(requests), before=first.exports)

    assert again.exports == first.exports
    assert set(first.exports["files"].values()) == set(first.exports["tenants"])


def test_a_tenant_renamed_in_its_file_is_refused_before_anything_is_built(requests):
    before = run(tenants(requests)).exports
    renamed = yaml.safe_dump(request_of("H26", "gateway"), allow_unicode=True)
    (requests / "H26.yaml").write_text(renamed)
    built: list[Plan] = []

    with pytest.raises(pulumi.RunError) as refused:
        built.append(run(tenants(requests), before=before))

    words = str(refused.value)
    assert built == []
    assert "H26.yaml" in words
    assert "h26-portal-staging" in words
    assert "h26-gateway-staging" in words


def test_a_request_that_moves_to_another_file_or_goes_is_no_rename(requests):
    before = run(tenants(requests)).exports
    (requests / "H26.yaml").rename(requests / "portal.yaml")
    (requests / "H26.00070.yaml").unlink()

    plan = run(tenants(requests), before=before)

    assert set(of_kind(plan, "Namespace")) == {"h26-portal-staging"}
