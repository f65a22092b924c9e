"""What the chart makes of each file of values; generated parts are held to their source."""

import functools
import os

import pytest
import yaml

from sen.charts import roles
from sen.charts.roles import FILE as ROLES
from sen.charts.roles import text
from sen.paths import PROJECT
from stacks.models.objects.admission import policies
from tests.charts.rendering import CASES, USUAL, by_key, case_id, key, rendered, run_helm

GOLDEN = PROJECT / "tests" / "charts" / "golden"
WRITE = "SEN_WRITE_GOLDEN"
pytestmark = pytest.mark.toolchain


@functools.cache
def generated():
    known = [one for one in yaml.load_all(ROLES.read_text(), Loader=yaml.CSafeLoader) if one]
    return {key(one) for one in (*policies(), *known)}


def own(case):
    """Give what is made from values; of other cases than the usual one, what differs from that."""
    found = {name: one for name, one in by_key(rendered(case)).items() if name not in generated()}
    if case == USUAL:
        return found
    usual = own(USUAL)
    gone = dict.fromkeys(set(usual) - set(found))
    return gone | {name: one for name, one in found.items() if one != usual.get(name)}


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_values_lead_to_their_manifests(case):
    """Show a change with `git diff` after SEN_WRITE_GOLDEN=1 pytest tests/charts."""
    made = own(case)
    file = GOLDEN / f"{case_id(case)}.yaml"
    if os.environ.get(WRITE) == "1":
        file.write_text(yaml.safe_dump(made, allow_unicode=True, width=100))

    expected = yaml.load(file.read_text(), Loader=yaml.CSafeLoader)

    assert set(made) == set(expected)
    for name, one in made.items():
        assert one == expected[name], f"{name}; {WRITE}=1 writes the file anew"


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_helm_finds_nothing_to_complain_of(case):
    done = run_helm("lint", "--strict", case=case)

    assert done.returncode == 0, done.stdout


def test_roles_of_people_and_portal_are_those_of_the_code():
    """Write it with: python -m sen.charts.roles."""
    assert ROLES.read_text("utf-8") == text()


def test_roles_are_written_as_the_test_compares_them(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(roles, "FILE", tmp_path / "roles.yaml")

    roles.main()

    assert (tmp_path / "roles.yaml").read_text("utf-8") == text()
    assert capsys.readouterr().out == f"roles.yaml: {len(list(roles.cluster_roles()))} roles\n"


def test_policies_of_approvals_come_whole():
    found = by_key(rendered())

    for policy in policies():
        assert found[key(policy)] == policy


def test_no_role_of_the_chart_holds_a_wildcard():
    found = [one for one in rendered() if one["kind"] in {"ClusterRole", "Role"}]

    assert len(found) > 8
    for role in found:
        for rule in role["rules"]:
            words = [word for values in rule.values() for word in values]
            assert "*" not in words, key(role)


def test_job_of_a_run_is_the_file_with_the_release_in_it():
    found = by_key(rendered())
    job = yaml.safe_load(found["ConfigMap/sen-run-job"]["data"]["job.yaml"])
    pod = job["spec"]["template"]["spec"]
    values = yaml.safe_load(USUAL.read_text())

    assert pod["containers"][0]["image"].endswith(f"@{values['image']['digest']}")
    assert pod["serviceAccountName"] == "sen-run"
    assert pod["priorityClassName"] == "sen-level-4"
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True


def test_nothing_that_is_rendered_is_a_secret():
    """Secrets are named, never written."""
    kinds = {one["kind"] for case in CASES for one in rendered(case)}

    assert "Secret" not in kinds
    assert {"Deployment", "NetworkPolicy", "ConfigMap"} <= kinds


def test_runs_rights_are_the_operators_own_only_without_jobs():
    def bound(case):
        binding = by_key(rendered(case))["ClusterRoleBinding/sen-run"]
        return [each["name"] for each in binding["subjects"]]

    assert bound(USUAL) == ["sen-run"]
    assert bound(USUAL.with_name("ingress-values.yaml")) == ["sen-run", "sen-operator"]
