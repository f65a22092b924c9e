"""A real API server judges a copy of a tenant's namespace, and forgets it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from playbooks.migration.order import SystemOrder
from sen.budget import reading
from sen.migration import likeness
from sen.migration.applying import REFUSED, LiveApplying
from sen.migration.likeness import NAMESPACE
from sen.migration.throwaway import TenantSide
from sen.tenancy import listing
from stacks.components.tenant import objects_for
from stacks.models.tenant import TenantRequest
from stacks.problem import ProblemError
from tests.request_of import request_of
from tests.sen.migration.moved import system
from tests.stacks.apply import Person

pytestmark = pytest.mark.platform


@pytest.fixture(scope="module")
def person(platform):
    return Person(platform.kubeconfig, platform.context)


@pytest.fixture
def tenant(person):
    """A tenant of level 3."""
    asked = TenantRequest.model_validate(request_of(slug=f"rehearse-{uuid.uuid4().hex[:8]}"))
    for one in objects_for(asked):
        answer = person.apply(one)
        assert answer.status in {200, 201}, answer.message
    yield asked.namespace
    person.ask("DELETE", f"/api/v1/namespaces/{asked.namespace}")


def narrow(person, tenant):
    """Let no container of the tenant have more than a tenth of a processor."""
    path = f"/api/v1/namespaces/{tenant}/limitranges/limits"
    change = {"spec": {"limits": [{"type": "Container", "max": {"cpu": "100m"}}]}}
    assert person.ask("PATCH", path, change, "application/merge-patch+json").status == 200


def test_a_real_api_server_judges_the_copy_and_forgets_it(platform, person, tenant):
    objects = LiveApplying(platform.kubeconfig, platform.context)
    order = SystemOrder.model_validate(system("portal") | {"tenant": tenant})
    now = dt.datetime.now(dt.UTC)
    (step,) = TenantSide(objects, order, tenant, lambda: now).rehearsal()
    own = objects.get(NAMESPACE, tenant)
    killed = likeness.namespace_like(own, "trykilled", tenant, "portal", now)
    objects.apply(killed)

    there = (platform.kubeconfig, platform.context)
    listed = {row["namespace"] for row in listing.tenants(*there)}
    charged = {each["metadata"]["name"] for each in reading.read(*there).namespaces}
    assert [tenant in names for names in (listed, charged)] == [True, True]
    assert killed["metadata"]["name"] not in listed | charged

    facts = step.do(None)

    assert (facts["swept"], facts["left_out"]) == (1, [])
    assert facts["copied"] >= len({"quota", "limits", "deny-all", "allow-dns", "allow-within"}) + 2
    assert gone(objects, killed["metadata"]["name"])
    assert gone(objects, facts["namespace"])
    narrow(person, tenant)
    with pytest.raises(ProblemError, match="maximum cpu usage per Container is 100m") as caught:
        step.do(None)
    (problem,) = caught.value.problems
    assert (problem.key, problem.thing) == (REFUSED, "Pod/sen-rehearsal")
    assert gone(objects, problem.values["namespace"])


def gone(objects, name):
    """Say whether a namespace is not there, or about to be."""
    found = objects.get(NAMESPACE, name)
    return found is None or "deletionTimestamp" in found["metadata"]
