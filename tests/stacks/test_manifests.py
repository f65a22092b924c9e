"""Every object that stacks build is one that a real API server takes, each field known to it."""

from __future__ import annotations

from datetime import date

import pytest

from sen.paths import PROJECT
from stacks.components.baseline import admission_objects, cluster_objects, namespace_objects
from stacks.components.data import read
from stacks.components.tenant import objects_for
from stacks.models.load import load_requests
from stacks.models.platform import PLATFORM_NAMESPACES
from tests.plan_case import TENANTS, TODAY

REQUESTS = (
    *load_requests([PROJECT / "stacks" / "agencies"], date(2026, 12, 1)),
    *(request for case in TENANTS for request in load_requests([case / "request.yaml"], TODAY)),
)


def inside(one, namespace):
    """Put an object into a namespace that is there: a dry run makes none."""
    if "namespace" not in one["metadata"]:
        return one
    return {**one, "metadata": {**one["metadata"], "namespace": namespace}}


@pytest.fixture
def refused(administrator, namespace):
    """Give those that the API server does not take, and how many it was asked about."""

    def ask(objects):
        answers = {
            f"{one['kind']}/{one['metadata']['name']}": administrator.apply(
                inside(one, namespace), dry=True
            )
            for one in objects
        }
        wrong = {name: each.message for name, each in answers.items() if each.status > 201}
        return wrong, len(answers)

    return ask


@pytest.mark.platform
@pytest.mark.xdist_group("manifests")
@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: each.name)
def test_every_object_of_a_request_is_taken(refused, request_):
    wrong, count = refused(objects_for(request_))

    assert wrong == {}
    assert count >= 8


@pytest.mark.platform
@pytest.mark.xdist_group("manifests")
def test_every_object_of_the_baseline_is_taken(refused, baseline):
    admission = admission_objects((PROJECT / baseline.admission).read_text("utf-8"))
    homes = [one for name in PLATFORM_NAMESPACES for one in namespace_objects(name, baseline.level)]

    wrong, count = refused([*cluster_objects(baseline), *admission])
    wrong_homes = {name: refused(namespace_objects(name, 4))[0] for name in PLATFORM_NAMESPACES}

    assert wrong == {}
    assert set(map(str, wrong_homes.values())) == {"{}"}
    assert count >= 25
    assert len(homes) == 4 * len(PLATFORM_NAMESPACES)


@pytest.mark.platform
@pytest.mark.xdist_group("manifests")
def test_a_misspelled_field_is_refused_by_this_very_check(refused, baseline):
    home = next(iter(objects_for(REQUESTS[0])))
    wrong, _ = refused([{**home, "metadta": {}}])

    assert "metadta" in "".join(wrong.values())


@pytest.mark.parametrize(("role", "rules"), read("roles.yaml").items())
def test_a_role_has_no_wildcard(role, rules):
    words = [(field, word) for rule in rules for field, given in rule.items() for word in given]

    assert words
    assert [each for each in words if "*" in each[1]] == []


@pytest.mark.parametrize("role", ["tenant-deployer", "tenant-viewer", "security-officer"])
def test_only_an_administrator_of_a_tenant_reads_secrets(role):
    """The inspector's own test asks the API server about every namespace."""
    assert [rule for rule in read("roles.yaml")[role] if "secrets" in rule["resources"]] == []


@pytest.mark.parametrize("role", ["tenant-viewer", "security-officer", "inspector"])
def test_a_role_that_reads_only_reads(role):
    verbs = {verb for rule in read("roles.yaml")[role] for verb in rule["verbs"]}

    assert verbs == {"get", "list", "watch"}
